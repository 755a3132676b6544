"""When Airflow repeats a delivery that failed: by what kind of error it was, and as the other end asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy

from scheduled_reports.errors import DeliveryError, ReportError

LONGEST = dt.timedelta(hours=1)
"""How long a server that asks for more patience is left alone: the recipients of a report cannot wait for days."""


class DeliveryRetries(RetryPolicy):
    """A permanent error is not repeated; one whose server named a time is, then; others as the task says."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Any = None
    ) -> RetryDecision:  # fmt: skip
        """Decide whether a delivery is repeated, and when."""
        if not isinstance(exception, ReportError):
            return RetryDecision.default()
        if not exception.retryable:
            return RetryDecision.fail("trying again cannot help")
        if not isinstance(exception, DeliveryError) or exception.retry_after is None:
            return RetryDecision.default()
        delay = min(dt.timedelta(seconds=max(exception.retry_after, 1.0)), LONGEST)
        return RetryDecision.retry(delay, f"it is tried again in {delay.total_seconds():,.0f} s, as the error asks")
