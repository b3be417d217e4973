"""Settings as they are."""
