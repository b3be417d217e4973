"""Errors: the list of groups, and one group with its last occurrences."""
