"""The table of rules in the order it is asked: type, service code, status, errno, SQLSTATE, database, words, family.

A *family* is a base class that says where an error comes from but not what it is (``OSError``, urllib's ``URLError``):
it is asked last, so that anything more precise wins.
"""

from __future__ import annotations

from .rule_facts import DATABASES, ERRNOS, SQLSTATES, STATUSES
from .rule_types import CODES, TYPES
from .rule_words import DOMAINS, FAMILIES, WORDS

__all__ = ["DOMAINS", "GENERAL"]

GENERAL = (*TYPES, *CODES, *STATUSES, *ERRNOS, *SQLSTATES, *DATABASES, *WORDS, *FAMILIES)
