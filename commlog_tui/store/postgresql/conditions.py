"""Parts of statements: conditions with the values that belong to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

Value = str | int | list[str] | list[int]


@dataclass(slots=True)
class Conditions:
    """Conditions that must all hold, with their values in order."""

    texts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: Value) -> Self:
        """Add a condition."""
        self.texts.append(text)
        self.values += values
        return self

    def also(self, other: "Conditions") -> "Conditions":
        """Return these conditions and others."""
        return Conditions([*self.texts, *other.texts], [*self.values, *other.values])

    @property
    def sql(self) -> str:
        """The conditions as one."""
        return " AND ".join(self.texts) or "true"


def any_of(parts: Iterable[Conditions]) -> Conditions:
    """Return the condition that one of some holds."""
    known = list(parts)
    if not known:
        return Conditions(["false"])
    return Conditions([f"({' OR '.join(f'({one.sql})' for one in known)})"], [v for one in known for v in one.values])
