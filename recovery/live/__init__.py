"""Hints between console processes and live pages: that something changed, never what. Knows no models."""
