"""Every error this package raises.

    ReportError
    ├── SpecError            a YAML file is not a valid report (carries its Problems)
    ├── SettingError         a setting in [scheduled_reports] cannot be used
    ├── UnknownConnectionError an Airflow connection is missing or of the wrong type
    ├── SourceError          a source or dataset could not be read
    ├── CheckError           a check cannot be judged, or stops the report
    ├── DocumentError        a block does not fit its data
    ├── RenderError          a format could not make its file
    ├── ArchiveError         the run's folder cannot be read or written
    ├── LedgerError          the ledger cannot be reached or refuses a change
    └── DeliveryError        a channel could not deliver
        └── UncertainDeliveryError    the other end may have it: nobody knows

Each says what failed, on what, why, and what to do next. `retryable` tells Airflow whether trying again can help.
"""

from __future__ import annotations

from typing import Any


class ReportError(Exception):
    """Something a user can mend.

    Args:
        what: What failed and on what, one clause, no full stop.
        why: The reason, as told by whoever refused.
        fix: What the reader can do next.
        retryable: Whether the same call may succeed later.
    """

    default_retryable = False

    def __init__(self, what: str, *, why: str = "", fix: str = "", retryable: bool | None = None) -> None:
        self.what, self.why, self.fix = what, why, fix
        self.retryable = self.default_retryable if retryable is None else retryable
        super().__init__(self.__str__())

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what a pickle makes it of: files are made in processes of their own, and so are their errors."""
        return _again, (type(self), self.what, self.why, self.fix, self.retryable)

    def __str__(self) -> str:
        text = self.what + (f": {self.why}" if self.why else "")
        return text + (f"\n  → {self.fix}" if self.fix else "")


def _again(kind: type[ReportError], what: str, why: str, fix: str, retryable: bool) -> ReportError:
    return kind(what, why=why, fix=fix, retryable=retryable)


class SpecError(ReportError):
    """A YAML file is not a valid report."""


class SettingError(ReportError):
    """A setting in [scheduled_reports] cannot be used."""


class UnknownConnectionError(ReportError):
    """An Airflow connection is missing, or is of a type that cannot do what is asked."""


class SourceError(ReportError):
    """A source or a dataset could not be read."""


class CheckError(ReportError):
    """A check cannot be judged, or stops the report."""


class DocumentError(ReportError):
    """A block does not fit its data."""


class RenderError(ReportError):
    """A format could not make its file."""


class ArchiveError(ReportError):
    """The run's folder cannot be read or written."""

    default_retryable = True


class LedgerError(ReportError):
    """The ledger cannot be reached, or refuses a change."""

    default_retryable = True


class DeliveryError(ReportError):
    """A channel could not deliver: the other end has nothing.

    Attributes:
        retry_after: Seconds for which the other end does not want to be asked again; None where it said nothing.
    """

    retry_after: float | None = None


class UncertainDeliveryError(DeliveryError):
    """The connection broke when the other end may have accepted already."""
