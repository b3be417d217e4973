"""What the pages of policies read."""
