"""The editor of a policy: a row for every field of the config, with what stands in code, what is typed, what is wrong.

Ranges, units and help are the engine's own; a row that is left empty stays as in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from recovery.actions.desired import reason_checked
from recovery.actions.policies import LOCKED
from recovery.actions.problems import Invalid
from recovery.engine.enums import RetryReason
from recovery.engine.fields import Field
from recovery.engine.rehearsal import STRATEGIES
from recovery.queries.policies.one import Present, revision
from recovery.queries.policies.preview import DrawnAs
from recovery.queries.policies.values import CONFIGS, in_words, whole
from recovery.queries.policies.which import Target

from .policy import NO, NONE, OFF, YES, as_typed, draft_of, said

PRESETS = ("development", "production", "testing")
DIGITS = 15


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a row."""

    value: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a map."""

    key: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the config."""

    name: str
    shape: str  # number, choice or map: the template's name
    help: str
    range: str
    unit: str
    code: str  # what stands in code, in words
    placeholder: str
    text: str
    off: bool
    nullable: bool
    whole: bool  # a whole number
    options: tuple[Option, ...]
    entries: tuple[Entry, ...]
    problem: str

    @property
    def set(self) -> int:
        """How many entries of a map are typed."""
        return sum(bool(entry.text) for entry in self.entries) + any(option.chosen for option in self.options)


@dataclass(frozen=True)
class Draft:
    """What somebody has typed over a target, built on a revision."""

    target: Target
    data: Mapping[str, Any]  # by the names of ``recovery.forms.policy``
    base: int
    fields: dict[str, Any] | None
    problems: dict[str, str]
    reason: str = ""
    drawn_as: DrawnAs = field(default_factory=DrawnAs)

    @property
    def rows(self) -> list[Row]:
        """One for each field that the console may set."""
        code = whole(self.target.kind, self.target.code, None)
        fields = CONFIGS[self.target.kind].FIELDS
        return [
            _row(each, self.data, code[name], self.problems.get(name, ""))
            for name, each in fields.items()
            if name != LOCKED
        ]

    @property
    def problem(self) -> str:
        """What is wrong with the whole."""
        return self.problems.get("", "")

    @property
    def legal(self) -> bool:
        """Whether its fields could be in force."""
        return not self.problems.keys() - {"reason"}

    @property
    def presets(self) -> list[tuple[str, dict[str, str]]]:
        """By name, what each would have typed: what it has otherwise than the code."""
        return [(name, preset(self.target, name)) for name in PRESETS]

    @property
    def reasons(self) -> list[str]:
        """Why attempts may fail, for the drawing."""
        return [reason.value for reason in RetryReason]

    @property
    def strategies(self) -> tuple[str, ...]:
        """How it may wait, for the drawing."""
        return STRATEGIES

    def refused(self, problems: Mapping[str, str]) -> Draft:
        """The same with what the action said."""
        return replace(self, problems={**self.problems, **problems})


def posted(target: Target, data: Mapping[str, Any]) -> Draft:
    """What came with a form or an address."""
    fields, problems = draft_of(data, target.row)
    base = data.get("base", "")
    return Draft(
        target=target,
        data=data,
        base=int(base) if base.isascii() and base.isdigit() and len(base) <= DIGITS else 0,
        fields=fields,
        problems=problems,
        reason=data.get("reason", ""),
        drawn_as=drawn_as(data),
    )


def with_reason(draft: Draft) -> Draft:
    """The same on its way to be published: without a reason that is one more problem."""
    try:
        reason_checked(draft.reason, required=True)
    except Invalid as problem:
        return draft.refused(problem.problems)
    return draft


def filled(target: Target, typed: Mapping[str, str], base: int, reason: str = "") -> Draft:
    """A form that is filled with these texts."""
    fields, problems = draft_of(typed, target.row)
    return Draft(target, typed, base, fields, problems, reason)


def first(target: Target, present: Present, asked: Mapping[str, Any]) -> Draft:
    """What the form holds before anybody typed: what is in force, a preset, or the fields of a revision."""
    chosen, older = asked.get("preset", ""), asked.get("from", "")
    if chosen in PRESETS:
        return filled(target, preset(target, chosen), present.revision)
    known = older.isascii() and older.isdigit() and len(older) <= DIGITS
    kept = revision(target, int(older)) if known else None
    if kept is not None:
        return filled(target, as_typed(kept.fields or {}), present.revision)
    return filled(target, as_typed(present.fields or {}), present.revision)


def preset(target: Target, name: str) -> dict[str, str]:
    """What is to be typed so that exactly this preset is in force; the rest stays as in code, where it is the same."""
    wanted = getattr(CONFIGS[target.kind], name)().as_dict()
    code = whole(target.kind, target.code, None)
    return as_typed({key: value for key, value in wanted.items() if key != LOCKED and code.get(key) != value})


def drawn_as(data: Mapping[str, Any]) -> DrawnAs:
    """What the schedule is to be drawn for; nonsense counts as nothing."""
    reason, strategy = data.get("failing", ""), data.get("strategy", "")
    usual = DrawnAs()
    return DrawnAs(
        reason=reason if reason in set(RetryReason) else usual.reason,
        strategy=strategy if strategy in STRATEGIES else usual.strategy,
    )


def _row(each: Field, data: Mapping[str, Any], code: Any, problem: str) -> Row:
    texts = said(data, each.name)
    text = next((text for text in texts if text.lower() != OFF), "")
    return Row(
        name=each.name,
        shape=_shape(each),
        help=each.help,
        range=each.range_text,
        unit=each.unit,
        code=in_words(code, each.unit),
        placeholder=_placeholder(code),
        text=text,
        off=any(text.lower() == OFF for text in texts),
        nullable=each.nullable,
        whole=each.kind == "int",
        options=_options(each, text),
        entries=_entries(each, data),
        problem=problem,
    )


def _shape(each: Field) -> str:
    return "map" if each.kind == "map" else "choice" if each.kind in ("bool", "choice") else "number"


def _placeholder(code: Any) -> str:
    return next(iter(as_typed({"": code}).values())) if not isinstance(code, Mapping) else ""


def _options(each: Field, text: str) -> tuple[Option, ...]:
    """The legal words; what else was typed stays in sight beside them."""
    words = (YES, NO) if each.kind == "bool" else ()
    legal = [*words, *map(str, each.choices)]
    if _shape(each) == "number":
        return ()
    if _shape(each) == "map":
        return (Option(NONE, NONE, text == NONE),)
    return tuple(Option(word, word, word == text) for word in [*legal, *([text] if text and text not in legal else [])])


def _entries(each: Field, data: Mapping[str, Any]) -> tuple[Entry, ...]:
    if each.kind != "map":
        return ()
    names = ((str(key), f"{each.name}.{key}") for key in each.keys)
    return tuple(Entry(key, name, next(iter(said(data, name)), "")) for key, name in names)
