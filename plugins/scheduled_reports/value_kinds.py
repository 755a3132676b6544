"""What kind of value a column holds, as formats and tables tell kinds apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "integer", "number", "boolean", "date", "time", "datetime", "bytes", "nested"]


def kind_of(column: pa.DataType) -> Kind:
    """Return the kind of an Arrow type; what has no kind of its own (an interval, say) is text."""
    from pyarrow import types

    if types.is_dictionary(column):
        return kind_of(column.value_type)
    if types.is_integer(column):
        return "integer"
    if types.is_decimal(column):
        return "integer" if column.scale == 0 else "number"
    tests: dict[Kind, Any] = {
        "number": types.is_floating, "boolean": types.is_boolean, "date": types.is_date, "time": types.is_time,
        "datetime": types.is_timestamp, "nested": types.is_nested,
    }  # fmt: skip
    if types.is_binary(column) or types.is_large_binary(column) or types.is_fixed_size_binary(column):
        return "bytes"
    return next((kind for kind, test in tests.items() if test(column)), "text")
