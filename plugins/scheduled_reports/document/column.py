"""What an author says of one column of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from scheduled_reports.language import ValueFormat
from scheduled_reports.model import Model, OneOrMany

LINKED = re.compile(r"\{([^{}]+)\}")
"""A column within a link."""

SCHEMES = ("https://", "http://", "mailto:")
"""What a link may begin with; anything else (javascript:, file:) a reader's program could run."""

Tone = Literal["good", "bad", "warning", "accent", "muted"]
"""A colour by what it means; the brand says which it is."""


class Ratio(Model):
    """A total that is a quotient of two sums: the conversion of all is all sales by all contacts, and no mean."""

    sum: str = Field(description="The column whose sum is divided.")
    per: str = Field(description="The column by whose sum it is divided.")


Total = Literal["sum", "mean", "min", "max", "count"] | Ratio


class Rule(Model):
    """Colours a cell whose value lies within bounds, or is one of some."""

    tone: Tone = Field(description="What it means: `good`, `bad`, `warning`, `accent`, `muted`; the brand colours it.")
    above: float | None = Field(None, description="Of numbers above this.")
    at_least: float | None = Field(None, description="Of numbers from this on.")
    below: float | None = Field(None, description="Of numbers below this.")
    at_most: float | None = Field(None, description="Of numbers up to this.")
    equals: OneOrMany[str | float | bool] = Field((), description="Of one of these values.")

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if not self.equals and self.bounds == (None, None, None, None):
            raise ValueError("a rule needs 'above', 'at_least', 'below', 'at_most' or 'equals'")
        if self.equals and self.bounds != (None, None, None, None):
            raise ValueError("write 'equals' and bounds as two rules")
        return self

    @property
    def bounds(self) -> tuple[float | None, ...]:
        """The bounds: above, at least, below, at most."""
        return self.above, self.at_least, self.below, self.at_most


class Range(Model):
    """From which number to which a scale or a bar goes."""

    low: float | None = Field(None, description="Where it begins; the least value unless given, zero for bars.")
    high: float | None = Field(None, description="Where it ends; the greatest value unless given.")

    @model_validator(mode="after")
    def _goes_up(self) -> Self:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"'low' is {self.low:g} and 'high' {self.high:g}; 'low' must be less")
        return self


def _range(given: Any) -> Any:
    return {} if given is True else None if given is False else given


OptionalRange = Annotated[Range | None, BeforeValidator(_range, json_schema_input_type=Range | bool | None)]


def _link(text: str) -> str:
    if not text.startswith((*SCHEMES, "{")):
        raise ValueError(f"a link begins with {', '.join(SCHEMES)} or a column in braces; this is {text!r}")
    if not LINKED.search(text):
        raise ValueError("a link that is the same for every row belongs into a text; name a column: {order_id}")
    return text


class TableColumn(Model):
    """One column of a table."""

    name: str = Field(description="The column's name in the dataset.")
    label: str | None = Field(None, max_length=200, description="Its heading; the name in words unless given.")
    format: ValueFormat | None = Field(
        None,
        description="How its values are written: a pattern (`#,##0`, `0.0%`, `#,##0.00 €`, `yyyy-MM-dd`), or a format "
        "by name (`currency EUR`, `percent 1`, `compact`, `long`).",
    )
    align: Literal["left", "right", "center"] | None = Field(
        None, description="How it stands; numbers to the right, all else to the left unless given."
    )
    width: float | None = Field(
        None, gt=0, le=200, description="About how many characters wide; as its content needs unless given."
    )
    total: Total | None = Field(
        None, description="What stands below it, in subtotals and in `others`: `sum`, `mean`, `min`, `max`, `count` "
        "or `{sum: sales, per: contacts}` for a quotient.",
    )  # fmt: skip
    highlight: tuple[Rule, ...] = Field(
        (), description="Colours by the value; the first rule that fits wins: `[{below: 0, tone: bad}]`."
    )
    scale: OptionalRange = Field(None, description="Shades each cell by how large its number is; `true` or a range.")
    bar: OptionalRange = Field(None, description="Draws each number as a bar in its cell; `true` or a range.")
    link: Annotated[str, AfterValidator(_link)] | None = Field(
        None,
        description="Where a cell leads to, with columns of its row in braces: `https://crm.example/o/{order_id}`.",
    )

    @model_validator(mode="after")
    def _one_background(self) -> Self:
        if self.scale and self.bar:
            raise ValueError("a cell has a 'scale' or a 'bar', not both")
        return self

    def used(self) -> Iterator[str]:
        """Yield the columns of the dataset that it shows something of."""
        yield self.name
        yield from LINKED.findall(self.link or "")
        if isinstance(self.total, Ratio):
            yield from (self.total.sum, self.total.per)
