"""A mask that gives a value the same other name in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.masks.base import Secrets
from scheduled_reports.masks.digest import Digest, digests

if TYPE_CHECKING:
    import pyarrow as pa


class Pseudonym(Digest):
    """A text that stands for the value in every run of every report, as long as the deployment's key is the same.

    Who has the key can find out whose it is: the data stays personal data (GDPR, Art. 4(5) and recital 26).
    """

    type: Literal["pseudonym"]
    prefix: str = Field("", max_length=40, description="What stands before the digits: `Customer `.")
    digits: int = Field(
        16, ge=12, le=64,
        description="How many hexadecimal digits. With 16, two of a million different values share one with a "
        "probability of 1 in 37 million; with 12, 1 in 560.",
    )  # fmt: skip

    def apply(self, values: pa.Array, secrets: Secrets) -> pa.Array:
        """Return the digests by the deployment's key."""
        import pyarrow as pa

        return pa.array([self.prefix + text for text in digests(values, secrets.stable, self.digits)], pa.string())
