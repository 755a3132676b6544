"""A mask that empties the column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from scheduled_reports.masks.base import Mask, Secrets

if TYPE_CHECKING:
    import pyarrow as pa


class Null(Mask):
    """Every value is NULL; the column keeps its name, place and type."""

    type: Literal["null"]

    def result(self, kind: pa.DataType) -> pa.DataType:
        """Return the column's own type."""
        return kind

    def apply(self, values: pa.Array, secrets: Secrets) -> pa.Array:
        """Return as many NULLs."""
        import pyarrow as pa

        return pa.nulls(len(values), values.type)
