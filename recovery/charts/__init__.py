"""Charts as numbers and path data: pure functions of what was counted. Templates draw them, beside a table twin."""
