"""People: who they are, what they may, and the links that are open."""
