"""Bind values of a check's own SQL."""

from __future__ import annotations

from typing import Any


class Binds:
    """Values, by names that no parameter of a report has: theirs never begin with an underscore.

    Attributes:
        values: The values given so far, by name.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def __call__(self, value: Any) -> str:
        """Return what stands for a value in SQL."""
        name = f"_{len(self.values) + 1}"
        self.values[name] = value
        return f" :{name}"
