"""The table of rules at work: it finds the row for an exception, and remembers what it found.

The retry loop asks after each failed attempt, so the answer is remembered: per exception type where the type alone
decides, else per facts. Types are held weakly, texts by their hash; a change of the table forgets everything.
"""

from __future__ import annotations

from .enums import ErrorCategory
from .facts import Facts, declares, text_of
from .rule import LOOK_IN_THE_LOGS, UNKNOWN, Classification, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_DEEPEST = 8  # causes of causes, groups in groups
_MOST_MEMBERS = 100
_MOST_REMEMBERED = 512  # facts per exception type
_WORST_FIRST = (ErrorCategory.PERSISTENT, ErrorCategory.SYSTEM, ErrorCategory.UNKNOWN, ErrorCategory.TRANSIENT)


class _Plan:
    """What the table has for one exception type."""

    __slots__ = ("bare", "fixed", "group", "known", "pure", "ref", "rows", "texts")

    def __init__(self, rows: list[Rule], cls: type[BaseException], ref: object) -> None:
        self.rows = rows
        self.texts = [row for row in rows if row.by_text]  # all that is left to ask where no other fact is there
        self.ref = ref  # keeps the weak reference, and with it the callback, alive
        alone = rows[0] if rows[0].by_type_alone and not rows[0].vague else None
        self.group = alone is None and issubclass(cls, BaseExceptionGroup)
        self.fixed = alone
        self.pure = all(row.when is None for row in rows)
        self.bare = self.pure and not self.group and not declares(cls)
        self.known: dict[object, Rule] = {}


class Rules:
    """An ordered table of rules; the first that matches wins, ``fallback`` where none does.

    ``Rules()`` starts from the general table, which is loaded at the first question: a process that never fails never
    pays for it. Services put rows of their own in front, or before a named one.
    """

    def __init__(self, rows: Iterable[Rule] | None = None, fallback: Rule = UNKNOWN) -> None:
        self.fallback = fallback
        self._rows: tuple[Rule, ...] | None = None
        self._verdicts: dict[str, Classification] = {}
        self._plans: dict[int, _Plan] = {}
        if rows is not None:
            self.restore(rows)

    @property
    def rows(self) -> tuple[Rule, ...]:
        """The table, without the fallback. Hand it to ``restore`` to undo what came later."""
        rows = self._rows
        if rows is None:
            from .rule_table import GENERAL

            self.restore(GENERAL)
            rows = GENERAL
        return rows

    def add(self, rule: Rule, before: str | None = None) -> None:
        """Put a row in front of all, or of the row named ``before``. ValueError: the name is taken, or unknown."""
        at = 0 if before is None else self._position(before)
        self.restore((*self.rows[:at], rule, *self.rows[at:]))

    def remove(self, name: str) -> Rule:
        """Take the row of that name out and return it; ValueError when there is none."""
        at = self._position(name)
        row = self.rows[at]
        self.restore((*self.rows[:at], *self.rows[at + 1 :]))
        return row

    def restore(self, rows: Iterable[Rule]) -> None:
        """Replace the whole table."""
        rows = tuple(rows)
        verdicts = {row.name: row.verdict for row in (*rows, self.fallback)}
        if len(verdicts) <= len(rows):
            names = [row.name for row in (*rows, self.fallback)]
            raise ValueError(f"two rules of one name: {', '.join(sorted({n for n in names if names.count(n) > 1}))}")
        self._rows = rows
        self._verdicts = verdicts
        self._plans = {}  # last: a plan made meanwhile lands in the old dictionary

    def _position(self, name: str) -> int:
        for at, row in enumerate(self.rows):
            if row.name == name:
                return at
        raise ValueError(f"no rule is named {name!r}")

    def classify(self, exception: BaseException) -> Classification:
        """What the exception means."""
        plan = self._plans.get(id(type(exception)))
        row = None if plan is None else plan.fixed or self._quick(exception, plan)
        if row is None:
            row = self.find(exception)
        return self._verdicts.get(row.name) or row.verdict

    def _quick(self, exception: BaseException, plan: _Plan) -> Rule | None:
        """The remembered row of an exception that brings nothing but a text."""
        if not plan.bare or exception.__dict__ or exception.__cause__ is not None:
            return None
        try:
            return plan.known.get(hash(str(exception)))
        except Exception:  # its __str__
            return None

    def find(self, exception: BaseException, _depth: int = 0) -> Rule:
        """The row for an exception. A group is judged by its worst member, a vague verdict by the cause."""
        plan = self._plans.get(id(type(exception))) or self._planned(type(exception))
        if plan.fixed is not None:
            return plan.fixed
        if _depth > _DEEPEST:
            return self.fallback
        if plan.group:
            return self._worst(exception, _depth)
        row = self._own(exception, plan)
        cause = exception.__cause__
        if row.vague and cause is not None:
            found = self.find(cause, _depth + 1)
            return row if found.vague and row is not self.fallback else found
        return row

    def _own(self, exception: BaseException, plan: _Plan) -> Rule:
        if plan.bare and not exception.__dict__:  # nothing but its text can say more
            key: Any = hash(text_of(exception))
            return plan.known.get(key) or self._remembered(plan, key, Facts(exception))
        facts = Facts(exception)
        if not plan.pure:
            return next(row for row in plan.rows if row.holds(facts) and _agrees(row, exception))
        key = facts.key
        return plan.known.get(key) or self._remembered(plan, key, facts)

    def _remembered(self, plan: _Plan, key: object, facts: Facts) -> Rule:
        row = next(row for row in (plan.rows if facts.any else plan.texts) if row.holds(facts))
        if len(plan.known) >= _MOST_REMEMBERED:
            plan.known.clear()
        plan.known[key] = row
        return row

    def _planned(self, cls: type[BaseException]) -> _Plan:
        from weakref import ref

        if not issubclass(cls, BaseException):
            raise TypeError(f"exceptions are classified, and {cls.__name__} is none (hand over the object itself)")
        self.rows  # noqa: B018 - loads the table, before the dictionary of plans is taken
        plans, key = self._plans, id(cls)
        rows = list(_reachable(self.rows, cls))
        if not rows or not rows[-1].by_type_alone:
            rows.append(self.fallback)
        plan = plans[key] = _Plan(rows, cls, ref(cls, lambda _: plans.pop(key, None)))
        return plan

    def _worst(self, group: Any, depth: int) -> Rule:
        found = [self.find(member, depth + 1) for member in group.exceptions[:_MOST_MEMBERS]]
        return min(found, key=lambda row: _WORST_FIRST.index(row.category), default=self.fallback)


def _reachable(rows: Iterable[Rule], cls: type[BaseException]) -> Iterator[Rule]:
    for row in rows:
        if row.fits(cls):
            yield row
            if row.by_type_alone:
                return


def _agrees(row: Rule, exception: BaseException) -> bool:
    try:
        return row.when is None or bool(row.when(exception))
    except Exception:
        from logging import getLogger

        getLogger("recovery.rules").warning("the predicate of rule %r raised: taken as no", row.name, exc_info=True)
        return False


RULES = Rules()
"""The table that ``classify``, the handlers and the suggestions share."""


def add_rule(rule: Rule, before: str | None = None) -> None:
    """Put a rule in front of the shared table, or before the rule named ``before``."""
    RULES.add(rule, before)


def remove_rule(name: str) -> Rule:
    """Take a rule out of the shared table and return it; ValueError when there is none of that name."""
    return RULES.remove(name)


def suggestions_for(exception: BaseException) -> list[str]:
    """What a person can do about it, most likely help first; never empty."""
    return list(RULES.find(exception).suggestions) or [LOOK_IN_THE_LOGS]
