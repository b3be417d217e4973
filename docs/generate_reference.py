"""Write docs/reference/*.md, and the tables between `generated` marks in the other pages, from the code itself.

Signatures, docstrings and the fields' own range, unit, default and help are said once, in the code; this reads them.
`make docs` runs it; `--check` writes nothing and says which pages are out of date.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))

import recovery  # noqa: E402 - the tree's own, not an installed one
from recovery import engine  # noqa: E402
from recovery.engine.config import Config  # noqa: E402
from recovery.engine.fields import Field  # noqa: E402
from recovery.engine.handlers import HttpErrorHandler  # noqa: E402
from recovery.engine.record import Record  # noqa: E402
from recovery.engine.strategies import StockStrategy  # noqa: E402
from recovery.engine.transitions import TABLE  # noqa: E402

HEAD = "<!-- written by docs/generate_reference.py (`make docs`): change the code, not this page -->\n"
CONFIGURATION_INTRO = """\
Every field, from the field's own declaration: the checks, the error texts and this page read the same facts. A wrong
value is a `ValueError` at construction that names *every* bad field with its legal range. What the fields do together:
[Configuration](../concepts/configuration.md).
"""
ENGINE_INTRO = """\
Every public name of `recovery.engine`, from its signature and docstring. The fields of the configurations are in
[Configuration](configuration.md).
"""
MARK = re.compile(r"(<!-- generated: (?P<what>[^>]*?) -->\n).*?(<!-- end -->)", re.DOTALL)

# What the engine's modules show beside the names of recovery.engine.
MODULES = {
    "recovery.engine.registry": ("breakers", "operations", "override", "measure", "measuring"),
    "recovery.engine.replay": ("Replay",),
    "recovery.engine.scrub": ("add_secret_words", "add_pattern", "is_secret_name"),
    "recovery.testing": ("FakeClock", "no_delays", "force", "drain"),
}

# Described once, where many classes share it.
SHARED: dict[str, tuple[type, str]] = {
    "Configurations": (Config, "`BreakerConfig` and `RetryConfig`"),
    "Records": (Record, "snapshots, events, reports, rules and configurations"),
    "Strategies": (StockStrategy, "the strategies that come with Recovery"),
    "Handlers": (HttpErrorHandler.__mro__[1], "the ready-made handlers"),
}

# Made by the engine, not by hand: what people do with one, without its constructor.
HANDED_OUT = {
    "Operation": {"snapshot"},
    "Permit": {"success", "failure", "release", "alive"},
    "Retrier": {"call", "acall"},
}

# Methods that are public to other parts of the engine only.
INSIDE = {
    *("apply_override", "budget_for", "by_text", "by_type_alone", "check_override", "failed", "find", "fits", "guard"),
    *("holds", "rule_for", "verdict"),
}


def pages() -> dict[Path, str]:
    """Every page that is generated, whole or in part, with the text it should have."""
    made = {
        DOCS / "reference" / "engine.md": engine_page(),
        DOCS / "reference" / "configuration.md": configuration_page(),
    }
    for path in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]:
        if path in made or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        if MARK.search(text):
            made[path] = MARK.sub(_filled, text)
    return made


def _filled(mark: re.Match[str]) -> str:
    what, *arguments = mark["what"].split()
    return f"{mark[1]}{BLOCKS[what](*arguments)}{mark[3]}"


# --- tables ---


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def fields_table(config: str, *names: str) -> str:
    """The fields of a config: default, unit, legal range, help."""
    fields: dict[str, Field] = getattr(engine, config).FIELDS
    chosen = [fields[name] for name in names] if names else list(fields.values())
    return table(("field", "default", "unit", "legal", "what it means"), [_field_row(field) for field in chosen])


def _field_row(field: Field) -> tuple[str, ...]:
    default = "`{}`" if field.kind == "map" else f"`{field.default!r}`"
    return f"`{field.name}`", default, field.unit, field.range_text, field.help


def presets_table(config: str) -> str:
    """What the presets set, where they differ from the defaults."""
    cls = getattr(engine, config)
    made = {name: getattr(cls, name)() for name in ("development", "production", "testing")}
    changed = [
        name for name in cls.FIELDS if any(getattr(each, name) != getattr(cls(), name) for each in made.values())
    ]
    rows = [(f"`{field}`", *(f"`{getattr(each, field)!r}`" for each in (cls(), *made.values()))) for field in changed]
    return table(("field", "default", *(f"`{name}()`" for name in made)), rows)


def transitions_table() -> str:
    """The legal transitions."""
    rows = []
    for verb, ways in TABLE.items():
        for after in dict.fromkeys(ways.values()):
            sources = [before.value for before in ways if ways[before] is after]
            everywhere = len(sources) == len(engine.BreakerState)
            rows.append((f"`{verb}`", "any" if everywhere else ", ".join(sources), after.value))
    return table(("verb", "from", "to"), rows)


def rules_table() -> str:
    """The shared table of rules, in the order it is asked."""
    from recovery.engine.rule_table import GENERAL

    rows = [
        (f"`{rule.name}`", rule.category.name, rule.reason.name, rule.severity.name, _conditions(rule))
        for rule in GENERAL
    ]
    return table(("rule", "category", "reason", "severity", "goes by"), rows)


def _conditions(rule: engine.Rule) -> str:
    names = {"types": "type", "codes": "code", "statuses": "status", "errnos": "errno", "sqlstates": "SQLSTATE"}
    found = [word for name, word in names.items() if getattr(rule, name)] + ["words"] * bool(rule.words)
    return " and ".join(found)


def loggers_table() -> str:
    """The loggers that the engine's own code asks for, with the modules that do."""
    users: dict[str, list[str]] = {}
    for path in sorted((ROOT / "recovery" / "engine").glob("*.py")):
        for name in dict.fromkeys(re.findall(r'getLogger\("([\w.]+)"\)', path.read_text(encoding="utf-8"))):
            users.setdefault(name, []).append(f"`{path.stem}`")
    return table(("logger", "written to by"), [(f"`{name}`", ", ".join(users[name])) for name in sorted(users)])


def record_table(name: str) -> str:
    """The fields of a record with their types."""
    cls = getattr(engine, name)
    hints = _hints(cls)
    return table(
        ("field", "type", "default"), [(f"`{f}`", f"`{hints.get(f, '')}`", _default(cls, f)) for f in cls._fields]
    )


def _default(cls: Any, name: str) -> str:
    return f"`{_shown(cls._defaults[name])}`" if name in cls._defaults else ""


def _hints(cls: type) -> dict[str, str]:
    return {
        name: hint for base in reversed(cls.__mro__) for name, hint in vars(base).get("__annotations__", {}).items()
    }


BLOCKS: dict[str, Callable[..., str]] = {
    "fields": fields_table,
    "presets": presets_table,
    "record": record_table,
    "transitions": transitions_table,
    "rules": rules_table,
    "loggers": loggers_table,
}

# --- the page of the configuration ---


def configuration_page() -> str:
    """Every field of both configs, their presets, and the settings of other classes."""
    parts = [
        HEAD,
        "# Configuration\n",
        CONFIGURATION_INTRO,
    ]
    for name in ("BreakerConfig", "RetryConfig"):
        cls = getattr(engine, name)
        parts += [
            f"## {name}\n",
            markdown(cls),
            fields_table(name),
            *_read_only(cls),
            "Presets:\n",
            presets_table(name),
        ]
    parts += ["Across fields:\n", "".join(f"- {text}\n" for text in across()), "## Other settings\n", _settings()]
    return "\n".join(parts)


def _read_only(cls: type) -> Iterator[str]:
    named = {name: value for name, value in vars(cls).items() if isinstance(value, property)}
    if named:
        yield "Read from it:\n"
        yield "".join(f"- `{name}`: {_line(value)}\n" for name, value in named.items())


def across() -> list[str]:
    """What is refused although each field is legal by itself: the errors' own words."""
    said = []
    for attempt in (
        lambda: engine.RetryConfig(base_delay=2.0, max_delay=1.0),
        lambda: engine.BreakerConfig(slow_call_rate=50.0),
    ):
        try:
            attempt()
        except ValueError as error:
            said.append(f"`{error}`")
    return said


def _settings() -> str:
    """Fields that stand for arguments of other classes, found in the modules that check by them."""
    rows = []
    for path in sorted((ROOT / "recovery" / "engine").glob("*.py")):
        module = importlib.import_module(f"recovery.engine.{path.stem}")
        for value in vars(module).values():
            if isinstance(value, Field) and value.name:
                _, default, unit, legal, text = _field_row(value)
                rows.append((f"`{value.name}`", _taker(module, value.name), default, unit, legal, text))
    return table(("argument", "of", "default", "unit", "legal", "what it means"), rows)


def _taker(module: Any, argument: str) -> str:
    """Which of a module's own classes and functions takes an argument of this name."""
    for name, value in vars(module).items():
        own = name[0] != "_" and callable(value) and getattr(value, "__module__", "") == module.__name__
        if own and argument in inspect.signature(value).parameters:
            return f"`{name}`"
    return f"`{module.__name__}`"


# --- the page of the engine ---


def engine_page() -> str:
    """Every public name with its signature and docstring."""
    names = [name for name in engine.__all__ if name != "registry"]
    everyday = ", ".join(f"`{name}`" for name in recovery.__all__)
    parts = [
        HEAD,
        "# Engine\n",
        ENGINE_INTRO,
        f"`recovery` itself has the everyday ones: {everyday}.\n",
        "## Names of `recovery.engine`\n",
        *(entry(name, getattr(engine, name)) for name in names),
        "## What many of them share\n",
        *_shared(),
    ]
    for module, members in MODULES.items():
        loaded = importlib.import_module(module)
        parts += [f"## `{module}`\n", markdown(loaded), *(entry(name, getattr(loaded, name)) for name in members)]
    parts += ["## Transitions\n", transitions_table(), "## Loggers\n", loggers_table(), "## Rules\n", rules_table()]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part.strip())


def _shared() -> Iterator[str]:
    for title, (cls, whose) in SHARED.items():
        yield f"### {title}\n"
        yield f"What {whose} have in common.\n"
        yield markdown(cls)
        yield _members(cls, inherited=False)


def entry(name: str, thing: Any) -> str:
    """One public name."""
    if inspect.ismodule(thing):  # recovery.engine.retry: the module that can be called as the decorator
        thing = getattr(thing, name)
    parts = [f"### `{name}`\n"]
    if inspect.isclass(thing) and issubclass(thing, Enum):
        parts += [markdown(thing), table(("name", "value"), [(f"`{m.name}`", f"`{m.value}`") for m in thing])]
    elif inspect.isclass(thing) and issubclass(thing, Config):
        parts += [markdown(thing), "Its fields: [Configuration](configuration.md).\n", _members(thing)]
    elif inspect.isclass(thing) and issubclass(thing, Record):
        parts += [markdown(thing), record_table(name), _members(thing)]
    else:
        signed = _signed(name, thing)
        if name not in HANDED_OUT and not signed.endswith("(…)"):
            parts.append(f"```text\n{signed}\n```\n")
        parts += [_bases(thing), markdown(thing)]
        parts += [_members(thing)] if inspect.isclass(thing) else []
    return "\n".join(part for part in parts if part)


def _bases(thing: Any) -> str:
    if not inspect.isclass(thing):
        return ""
    shared = [f"[{title}](#{title.lower()})" for title, (cls, _) in SHARED.items() if issubclass(thing, cls)]
    public = [f"`{base.__name__}`" for base in thing.__mro__[1:] if base.__name__ in engine.__all__]
    errors = [
        f"`{b.__name__}`" for b in thing.__bases__ if issubclass(b, Exception) and b.__name__ not in engine.__all__
    ]
    kinds = [*shared, *public, *errors]
    return f"A kind of: {', '.join(kinds)}.\n" if kinds else ""


def _members(cls: type, *, inherited: bool = True) -> str:
    """A class's own methods and properties, and those of bases that have no entry of their own."""
    described = {shared for shared, _ in SHARED.values()} - {cls}
    sources = [
        base
        for base in (cls.__mro__ if inherited else [cls])
        if base.__module__.startswith("recovery")
        and base not in described
        and (base is cls or base.__name__ not in engine.__all__)
        and (base is cls or not any(issubclass(shared, base) for shared in described))
    ]
    found: dict[str, Any] = {}
    for base in sources:
        for name, value in vars(base).items():
            if name[0] != "_" and name in HANDED_OUT.get(cls.__name__, {name}) - INSIDE and _is_member(value):
                found.setdefault(name, value)
    lines = [f"- `{_signed(name, value)}`: {_line(value)}\n" for name, value in found.items()]
    return "".join(lines)


def _is_member(value: Any) -> bool:
    return inspect.isfunction(value) or isinstance(value, (property, classmethod, staticmethod))


def _signed(name: str, thing: Any) -> str:
    if isinstance(thing, property):
        returned = getattr(thing.fget, "__annotations__", {}).get("return", "")
        return f"{name} -> {returned}" if returned else name
    thing = getattr(thing, "__func__", thing)
    prefix = "async " if inspect.iscoroutinefunction(thing) else ""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return f"{prefix}{name}(…)"
    returned = signature.return_annotation
    tail = "" if returned is inspect.Signature.empty or inspect.isclass(thing) else f" -> {returned}"
    return f"{prefix}{name}({', '.join(_parameters(signature))}){tail}"


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    starred, positional = False, False
    for parameter in signature.parameters.values():
        if parameter.name in ("self", "cls") or parameter.name[0] == "_":
            continue
        if positional and parameter.kind is not parameter.POSITIONAL_ONLY:
            yield "/"
        positional = parameter.kind is parameter.POSITIONAL_ONLY
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        starred = starred or parameter.kind is parameter.VAR_POSITIONAL
        yield _parameter(parameter)
    if positional:
        yield "/"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    hint = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
    if parameter.default is parameter.empty:
        return f"{stars}{parameter.name}{hint}"
    return f"{stars}{parameter.name}{hint}{' = ' if hint else '='}{_shown(parameter.default)}"


def _shown(value: Any) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, Record):
        return f"{type(value).__name__}(…)"
    return str(getattr(value, "__name__", None) or repr(value))


# --- docstrings ---


def _line(thing: Any) -> str:
    """A docstring on one line."""
    return " ".join(_marked(inspect.getdoc(thing) or "").split())


def _marked(text: str) -> str:
    """Docstring mark-up as Markdown."""
    text = re.sub(r":\w+:`~?([^`]+)`", lambda role: f"`{role[1].rpartition('.')[2] or role[1]}`", text)
    return re.sub(r"``([^`]+)``", r"`\1`", text)


def markdown(thing: Any) -> str:
    """A docstring as Markdown; its examples become a session that runs."""
    text, prompt, example = _marked(inspect.getdoc(thing) or "").partition(">>> ")
    if not prompt:
        return f"{text.rstrip()}\n"
    name = getattr(thing, "__name__", "")
    return f"{text.rstrip()}\n\n```pycon\n>>> from recovery import {name}\n>>> {example.rstrip()}\n```\n"


def _written(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Write what changed; with `--check` only say so."""
    stale = {
        path: text for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    }
    for path, text in stale.items():
        print(path.relative_to(ROOT).as_posix())
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
