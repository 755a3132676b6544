"""A mask that hides nothing: the spec's word that a role may see the column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from scheduled_reports.masks.base import Mask, Secrets

if TYPE_CHECKING:
    import pyarrow as pa


class Keep(Mask):
    """The values as they are. Given to a role by name, it is the permission to show it a sensitive column."""

    type: Literal["keep"]

    def result(self, kind: pa.DataType) -> pa.DataType:
        """Return the column's own type."""
        return kind

    def apply(self, values: pa.Array, secrets: Secrets) -> pa.Array:
        """Return the values."""
        return values
