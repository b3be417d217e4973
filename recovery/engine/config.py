"""What both configs share: frozen, checked at construction with every problem named at once, JSON in and out."""

from __future__ import annotations

from .fields import Field
from .record import Record, RecordType, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from inspect import Signature
    from typing import Any, ClassVar, Self, dataclass_transform

    def field(**_kwargs: Any) -> Any:
        """Declare one configuration field (see :class:`Field`)."""
else:
    from .record import dataclass_transform

    field = Field


@dataclass_transform(frozen_default=True, eq_default=True, field_specifiers=(field,))
class ConfigType(RecordType):
    """Metaclass of configs: collects the ``field(...)`` declarations and shows an honest signature."""

    FIELDS: dict[str, Field]

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> ConfigType:
        """Name every declared field and keep it in ``FIELDS``."""
        declared = {n: v for n, v in namespace.items() if isinstance(v, Field)}
        cls: ConfigType = super().__new__(mcls, name, bases, namespace)  # type: ignore[assignment]  # mcls makes itself
        for field_name, declaration in declared.items():
            declaration.name = field_name
        cls.FIELDS = declared  # type: ignore[misc]  # a class is not as frozen as its instances
        cls._defaults = {n: f.default for n, f in declared.items()}
        return cls

    @property
    def __signature__(self) -> Signature:
        """The constructor's signature, from the fields (``inspect`` is imported only when somebody asks)."""
        from inspect import Parameter, Signature

        kinds = {True: Parameter.KEYWORD_ONLY, False: Parameter.POSITIONAL_OR_KEYWORD}
        return Signature([Parameter(f.name, kinds[f.kw_only], default=f.default) for f in self.FIELDS.values()])


class _DataclassView:
    """Lets ``dataclasses.replace`` and ``fields`` work on a config, without importing them before."""

    def __get__(self, _obj: object, owner: ConfigType) -> dict[str, Any]:
        import dataclasses

        defaults = {f.name: f.default if f.kind != "map" else None for f in owner.FIELDS.values()}
        specs = [(name, object, dataclasses.field(default=default)) for name, default in defaults.items()]
        view = dataclasses.make_dataclass(owner.__name__, specs, frozen=True)
        return {each.name: each for each in dataclasses.fields(view)}


class Config(Record, metaclass=ConfigType):
    """A frozen, validated set of fields. ``replace()``, ``diff()``, ``as_dict()``, ``to_json()`` and back."""

    __dataclass_fields__: ClassVar[Any] = _DataclassView()
    _ALIASES: ClassVar[Mapping[str, str]] = {}  # other names of fields
    if TYPE_CHECKING:
        FIELDS: ClassVar[dict[str, Field]]

    if not TYPE_CHECKING:

        def __init__(self, *args: Any, **values: Any) -> None:
            """Take fields by position or name; raises ValueError with *every* bad field and its legal range."""
            values = self._bound(args, values)
            problems = {name: p for name, f in self.FIELDS.items() if (p := f.problem(values[name]))}
            problems |= self._across({name: value for name, value in values.items() if name not in problems})
            if problems:
                raise ValueError(f"{type(self).__name__}: {'; '.join(problems.values())}")
            for name, f in self.FIELDS.items():
                object.__setattr__(self, name, f.clean(values[name]))

    @classmethod
    def _bound(cls, args: tuple[Any, ...], values: dict[str, Any]) -> dict[str, Any]:
        names = [f.name for f in cls.FIELDS.values() if not f.kw_only]
        if len(args) > len(names):
            raise TypeError(f"{cls.__name__} takes at most {len(names)} positional values, got {len(args)}")
        given = dict(zip(names, args, strict=False))
        values = cls._by_field(values)
        if twice := given.keys() & values.keys():
            raise TypeError(f"{cls.__name__} got {', '.join(sorted(twice))} twice")
        given.update(values)
        if unknown := given.keys() - cls.FIELDS.keys():
            raise TypeError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}; it has {', '.join(cls.FIELDS)}")
        return cls._defaults | given

    @classmethod
    def _by_field(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same values under the names of their fields; a field given by two names is a TypeError."""
        for other, name in cls._ALIASES.items():
            if other in values and name in values:
                raise TypeError(f"{name} and {other} are one thing: give one of them")
        return {cls._ALIASES.get(name, name): value for name, value in values.items()}

    @classmethod
    def _across(cls, values: dict[str, Any]) -> dict[str, str]:
        """Problems that concern more than one field, by field; ``values`` are those that are right by themselves."""
        return {}

    def replace(self, **changes: Any) -> Self:
        """A copy with these fields changed, checked like any other."""
        return type(self)(**(dict(self._values()) | self._by_field(changes)))

    __replace__ = replace

    def diff(self, other: Self) -> dict[str, tuple[Any, Any]]:
        """Field by field: name -> (here, there) where the two differ."""
        if type(other) is not type(self):
            raise TypeError(f"cannot compare {type(self).__name__} with {type(other).__name__}")
        there = dict(other._values())
        return {name: (value, there[name]) for name, value in self._values() if value != there[name]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From plain data as ``as_dict()`` gives it; an unknown field is a ValueError that names it."""
        if unknown := data.keys() - cls.FIELDS.keys() - cls._ALIASES.keys():
            raise ValueError(f"{cls.__name__} has no field {', '.join(sorted(map(str, unknown)))}")
        return cls(**data)

    def to_json(self) -> str:
        """One JSON object."""
        from json import dumps

        return dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From one JSON object; anything else is a ValueError."""
        from json import loads

        data = loads(text)
        if not isinstance(data, dict):
            raise ValueError(f"{cls.__name__} is read from a JSON object, got {type(data).__name__}")
        return cls.from_dict(data)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as plain data, which is checked again when it is read."""
        return (type(self).from_dict, (plain(dict(self._values())),))
