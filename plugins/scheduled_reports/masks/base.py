"""What every kind of mask offers."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from scheduled_reports.model import Model

if TYPE_CHECKING:
    import pyarrow as pa

TEMPORAL = frozenset(("date", "timestamp", "timestamptz"))
NUMERIC = frozenset(("integer", "number", "decimal"))


@dataclass(frozen=True)
class Secrets:
    """What masks of one run need beside the values.

    Attributes:
        stable: The deployment's key, for what stays the same from run to run; empty where no mask needs one.
        of_run: A key of this run, the same for each repetition of its steps; made from the deployment's.
        timezone: IANA time zone of the schedule, for the days of instants.
    """

    stable: bytes
    of_run: bytes
    timezone: str


class Mask(Model):
    """A way to hide the values of a column; NULL stays NULL."""

    keyed: ClassVar[bool] = False
    """Whether it needs the deployment's key."""

    @property
    def kind(self) -> str:
        """The mask's type."""
        return str(getattr(self, "type"))  # noqa: B009 - every kind declares its own Literal `type`

    def fault(self, kind: str) -> str:
        """Return why it does not fit columns of `kind`, or nothing where it does.

        Args:
            kind: text, integer, number, decimal, boolean, date, time, timestamp, timestamptz, bytes or nested.
        """
        return ""

    @abstractmethod
    def result(self, kind: pa.DataType) -> pa.DataType | None:
        """Return the type of the masked column; None where there is no such column any more."""

    @abstractmethod
    def apply(self, values: pa.Array, secrets: Secrets) -> pa.Array:
        """Return the masked values, of the type that `result` says.

        Args:
            values: Some of the column's values, in no order that means anything, each of them once; no NULL.
            secrets: The keys and the time zone of the run.
        """
