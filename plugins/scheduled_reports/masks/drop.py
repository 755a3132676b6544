"""A mask that takes the column away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from scheduled_reports.masks.base import Mask, Secrets

if TYPE_CHECKING:
    import pyarrow as pa


class Drop(Mask):
    """There is no such column."""

    type: Literal["drop"]

    def result(self, kind: pa.DataType) -> None:
        """Return that there is no column."""

    def apply(self, values: pa.Array, secrets: Secrets) -> pa.Array:
        """Return nothing of the values; nobody asks for what there is no column for."""
        return values.slice(0, 0)
