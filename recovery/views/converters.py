"""Names in addresses: whatever a service calls its breakers, one name is one part of the path."""

from __future__ import annotations

from urllib.parse import quote, unquote


class NameConverter:
    """A slash, a per cent sign and the names that browsers fold away (. and ..) are escaped twice."""

    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        """The name. No name has a NUL, and PostgreSQL would not even look for one: such an address is nobody's."""
        name = unquote(value)
        if "\0" in name:
            raise ValueError("a name has no NUL")
        return name

    def to_url(self, value: str) -> str:
        """Its part of the path; Django escapes the rest."""
        if not value.strip("."):
            return value.replace(".", "%2E")
        return value.replace("%", "%25").replace("/", quote("/", safe=""))
