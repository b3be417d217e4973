"""What ``recovery.testing`` is made of."""
