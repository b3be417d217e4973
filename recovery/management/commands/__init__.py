"""`recovery up`, `recovery admin link` and others."""
