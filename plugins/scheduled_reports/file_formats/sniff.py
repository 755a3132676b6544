"""Find the types of columns by looking at all of their values, so that no later one contradicts the first.

A type is taken only where nothing is lost by it: `00123`, `+5` and digits beyond 64 bits stay text, as do `NA`, dates
that are not ISO 8601, and numbers of more digits than a float keeps. A column without any value is text.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scheduled_reports.file_formats.convert import Dialect, converted
from scheduled_reports.file_formats.values import EXACT_DIGITS, LONG

if TYPE_CHECKING:
    import pyarrow as pa

    from scheduled_reports.file_formats.base import Rows

TYPES = ("boolean", "integer", "number", "date", "timestamp", "timestamptz")
"""In the order in which they are preferred."""

MOST_DIGITS = 17
"""As many as a float of 64 bits can need (IEEE 754)."""

_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-]?[0-9]+)?$|^-?[0-9]\.[0-9]+E-?[0-9]+$"
"""As programs write floats: `1.5`, `1e-05`, Java's `1.0E-5`; a name such as `12E5` is none."""


class Sniffer:
    """Looks at rows, and then knows their columns' types.

    Args:
        dialect: How values are written.
        declared: Columns not to look at.
    """

    def __init__(self, dialect: Dialect, declared: set[str]) -> None:
        self._dialect, self._declared = dialect, declared
        self._alive: dict[str, tuple[str, ...]] = {}
        self._kinds: dict[str, set[str]] = {}

    def see(self, rows: Rows) -> None:
        """Look at more rows."""
        for name, column in zip(rows.names, rows.columns, strict=True):
            if name in self._declared:
                continue
            if rows.kinds is not None:
                self._kinds.setdefault(name, set()).update(rows.kinds[name])
            elif column.null_count < len(column):
                alive = self._alive.get(name, TYPES)
                self._alive[name] = _that_fit(column.drop_null(), alive, self._dialect)

    def type_of(self, name: str) -> str:
        """Return the type of a column, as far as it was seen."""
        if name not in self._kinds:
            return next(iter(self._alive.get(name, ())), "text")
        kinds = self._kinds[name]
        if len(kinds) < 2 and LONG not in kinds:
            return next(iter(kinds), "text")
        return next((wide for wide, narrow in _WIDER.items() if kinds <= narrow), "text")


_WIDER = {"integer": {"integer", LONG}, "number": {"integer", "number"}, "timestamp": {"date", "timestamp"}}
"""What a column is that mixes types of its file."""


def _that_fit(values: pa.Array, alive: tuple[str, ...], dialect: Dialect) -> tuple[str, ...]:
    """Return which of the types can hold all values; integers are numbers too, as long as floats hold them exactly."""
    fitting: list[str] = []
    for kind in alive:
        if kind == "number" and "integer" in fitting:
            if _most(values) <= 2**53:
                fitting.append(kind)
        elif _FITS[kind](values, dialect):
            fitting.append(kind)
    return tuple(fitting)


def _most(values: pa.Array) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = pc.min_max(values.cast(pa.int64())).as_py()
    return int(max(abs(ends["min"]), abs(ends["max"])))


def _reads_back(kind: str) -> Callable[[Any, Dialect], bool]:
    """Return a test whether values are the text of what they are as this type; quicker than a pattern."""

    def test(values: pa.Array, dialect: Dialect) -> bool:
        import pyarrow as pa
        import pyarrow.compute as pc

        if kind == "date" and dialect.date_format:
            return not converted(values, kind, dialect)[1]
        try:
            read = values.cast(pa.int64() if kind == "integer" else pa.date32())
        except pa.ArrowInvalid:
            return False
        return bool(pc.all(pc.equal(read.cast(pa.string()), values)).as_py())

    return test


def _is_boolean(values: pa.Array, _: Dialect) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.array(["true", "false", "True", "False", "TRUE", "FALSE"])
    return bool(pc.all(pc.is_in(values, words)).as_py())


def _is_number(values: pa.Array, dialect: Dialect) -> bool:
    import pyarrow.compute as pc

    if converted(values[:1], "number", dialect)[1] or converted(values, "number", dialect)[1]:
        return False
    if dialect.thousands:
        values = pc.replace_substring(values, dialect.thousands, "")
    if dialect.decimal != ".":
        values = pc.replace_substring(values, dialect.decimal, ".")
    if not pc.all(pc.match_substring_regex(values, _NUMBER)).as_py():
        return False
    if pc.max(pc.binary_length(values)).as_py() <= EXACT_DIGITS:
        return True
    digits = pc.replace_substring_regex(values, r"^-?[0.]*|\.|[eE].*$", "")
    lengths = pc.binary_length(digits)
    if pc.max(lengths).as_py() > MOST_DIGITS:
        return False
    return all(
        Decimal(repr(float(text))) == Decimal(text)
        for text in values.filter(pc.greater(lengths, EXACT_DIGITS)).to_pylist()
    )


def _is_time_stamp(kind: str) -> Callable[[Any, Dialect], bool]:
    def test(values: pa.Array, dialect: Dialect) -> bool:
        import pyarrow as pa
        import pyarrow.compute as pc

        if dialect.timestamp_format:
            has_zone = "%z" in dialect.timestamp_format
            return has_zone == (kind == "timestamptz") and not converted(values, kind, dialect)[1]
        if pc.min(pc.binary_length(values)).as_py() < len("2026-10-01 06:30"):
            return False
        try:
            values.cast(pa.timestamp("us", "UTC" if kind == "timestamptz" else None))
        except pa.ArrowInvalid:
            return False
        return True

    return test


_FITS: dict[str, Callable[[Any, Dialect], bool]] = {
    "boolean": _is_boolean,
    "integer": _reads_back("integer"),
    "number": _is_number,
    "date": _reads_back("date"),
    "timestamp": _is_time_stamp("timestamp"),
    "timestamptz": _is_time_stamp("timestamptz"),
}
