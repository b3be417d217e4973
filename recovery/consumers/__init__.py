"""Sockets and channel jobs: parse, call one action or query, answer."""
