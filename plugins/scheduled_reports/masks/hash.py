"""A mask by which values can be compared within one run, and no further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from scheduled_reports.masks.base import Secrets
from scheduled_reports.masks.digest import Digest, digests

if TYPE_CHECKING:
    import pyarrow as pa


class Hash(Digest):
    """64 hexadecimal digits, which change from run to run.

    Equal values are equal within one run, in all its sources: they join and count. The next run's are others, so that
    nobody can follow a person through the reports of a year. Repeating a step of the run gives the same.
    """

    type: Literal["hash"]

    def apply(self, values: pa.Array, secrets: Secrets) -> pa.Array:
        """Return the digests by the run's key."""
        import pyarrow as pa

        return pa.array(digests(values, secrets.of_run, 64), pa.string())
