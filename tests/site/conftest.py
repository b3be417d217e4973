"""The product as a process, without a browser."""

from tests.e2e.conftest import new_console

__all__ = ["new_console"]
