"""A mask that leaves a part of a text legible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.masks.base import Mask, Secrets

if TYPE_CHECKING:
    import pyarrow as pa

STARS = "***"
"""Always three, so that the text does not tell how long the value is."""

LAST = 4
"""What cards and phone numbers are recognised by (PCI DSS 4.0, 3.4.1 allows the last four of a card)."""

_EMAIL = re.compile(r"([^@\s])[^@\s]+@([^@\s]+\.[^@\s]+)")


class Partial(Mask):
    """The first or last characters of a text, and stars for the rest: `***4567`.

    An e-mail address keeps its first letter and its domain, `a***@northwind.example`, unless `keep_first` or
    `keep_last` is given. A value of which more than half would be legible is `***`.
    """

    type: Literal["partial"]
    keep_first: int | None = Field(None, ge=0, le=100, description="How many characters stay at the beginning.")
    keep_last: int | None = Field(
        None, ge=0, le=100, description="How many characters stay at the end; 4 where neither is given."
    )

    @model_validator(mode="after")
    def _keeps_something(self) -> Self:
        if self._asked and not sum(self._asked):
            raise ValueError("it keeps nothing; write `null`, or how many characters stay")
        return self

    @property
    def _asked(self) -> tuple[int, int] | None:
        """How many characters the spec says to keep at the beginning and at the end."""
        if self.keep_first is None and self.keep_last is None:
            return None
        return self.keep_first or 0, self.keep_last or 0

    def fault(self, kind: str) -> str:
        """Refuse what is not text."""
        return "" if kind == "text" else "it takes text"

    def result(self, kind: pa.DataType) -> pa.DataType:
        """Return text."""
        import pyarrow as pa

        return pa.string()

    def apply(self, values: pa.Array, secrets: Secrets) -> pa.Array:
        """Return the parts that stay, with stars for what does not."""
        import pyarrow as pa

        return pa.array([self._part(value) for value in values.to_pylist()], pa.string())

    def _part(self, value: str) -> str:
        if self._asked is None and (match := _EMAIL.fullmatch(value)):
            return f"{match[1]}{STARS}@{match[2]}"
        first, last = self._asked or (0, LAST)
        if 2 * (first + last) > len(value):
            return STARS
        return value[:first] + STARS + value[len(value) - last :]
