"""What came of one visit to a destination's recipients: counted, and told in its log as it goes."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter
from dataclasses import dataclass, field

from scheduled_reports.errors import DeliveryError, ReportError
from scheduled_reports.steps.causes import MOST_TOLD, Causes

log = logging.getLogger(__name__)

EVERY, SECONDS = 500, 5.0
"""How often a long visit says how far it is: after so many recipients, or so many seconds."""


@dataclass
class Tally:
    """Counts what became of the recipients.

    Attributes:
        total: How many there are.
        had: How many had their receipt before.
        now: How many got it now.
        failed: How many did not get it.
        waiting: How many get it later.
        next_due: When the next of those do, aware; None where nobody waits.
    """

    total: int
    had: int = 0
    now: int = 0
    failed: int = 0
    waiting: int = 0
    next_due: dt.datetime | None = None
    _causes: Causes = field(default_factory=Causes)
    _retryable: bool = False
    _retry_after: float | None = None
    _reasons: Counter[str] = field(default_factory=Counter)
    _began: float = field(default_factory=time.monotonic)
    _said: tuple[float, int] = (0.0, 0)

    def arrive(self, *, anew: bool) -> None:
        """Count somebody who has it: now, or because another worker was faster."""
        self.now, self.had = self.now + anew, self.had + (not anew)
        self._say()

    def fail(self, recipient: str, told: str, error: ReportError | None = None) -> None:
        """Count somebody who has not got it, now or in an earlier try."""
        self.failed += 1
        if error is not None:
            self._retryable |= error.retryable
            asked = error.retry_after if isinstance(error, DeliveryError) and error.retryable else None
            self._retry_after = max(filter(None, (asked, self._retry_after)), default=None)
        if self._causes.add(told, recipient):
            log.error("%s: %s", recipient, told)
        elif self.failed <= MOST_TOLD:
            log.error("%s: for the same reason as another before", recipient)
        self._say()

    def wait(self, recipient: str, told: str, moment: dt.datetime) -> None:
        """Count somebody who gets it later."""
        self.waiting += 1
        self._reasons[told] += 1
        if self.waiting <= MOST_TOLD:
            log.info("%s: %s", recipient, told)
        self.next_due = moment if self.next_due is None else min(self.next_due, moment)

    def failure(self, destination: str) -> DeliveryError | None:
        """Return the error that tells who did not get it; None where everybody did or waits.

        Where the other end asks for a pause, the longest that it asked of anybody counts: it is one server.
        """
        if not self.failed:
            return None
        what = f"{destination}: {self.failed:,} of {self.total:,} deliveries failed"
        error = DeliveryError(what, why="; ".join(self._causes.lines()), retryable=self._retryable)
        error.retry_after = self._retry_after
        return error

    def log_end(self) -> None:
        """Say how it ended, where there was more than can be read line by line."""
        for reason, count in self._reasons.most_common(MOST_TOLD):
            log.info("%s: %s", f"{count:,} of {self.total:,}", reason)
        if self.total > MOST_TOLD:
            log.info("%s", self._progress())

    def _say(self) -> None:
        done, at = self.had + self.now + self.failed, time.monotonic() - self._began
        if at - self._said[0] >= SECONDS or done - self._said[1] >= EVERY:
            self._said = (at, done)
            log.info("%s", self._progress())

    def _progress(self) -> str:
        spent = max(time.monotonic() - self._began, 0.001)
        parts = [f"{self.had + self.now:,} of {self.total:,} delivered", f"{self.failed:,} failed"]
        parts += [f"{self.waiting:,} wait"] if self.waiting else []
        return ", ".join((*parts, f"{(self.now + self.failed) / spent:,.0f}/s"))
