"""The audit: who did what, why, where, from where, and what became of it."""
