"""Airflow repeats a delivery by what kind of error it was, and when the other end asks for it."""

from __future__ import annotations

import datetime as dt

import pytest
from airflow.sdk import RetryAction

from scheduled_reports.errors import ArchiveError, DeliveryError
from scheduled_reports.retries import DeliveryRetries


def failed(retry_after: float | None = None, *, retryable: bool = True) -> DeliveryError:
    error = DeliveryError("it failed", retryable=retryable)
    error.retry_after = retry_after
    return error


@pytest.mark.parametrize(
    ("error", "action", "delay"),
    [
        (failed(retryable=False), RetryAction.FAIL, None),
        (failed(120, retryable=False), RetryAction.FAIL, None),
        (failed(), RetryAction.DEFAULT, None),
        (failed(120), RetryAction.RETRY, dt.timedelta(minutes=2)),
        (failed(0), RetryAction.RETRY, dt.timedelta(seconds=1)),
        (failed(86_400), RetryAction.RETRY, dt.timedelta(hours=1)),
        (ArchiveError("it cannot be read"), RetryAction.DEFAULT, None),
        (ValueError("a fault of our own"), RetryAction.DEFAULT, None),
    ],
)
def test_an_error_says_whether_and_when_it_is_worth_another_try(
    error: Exception, action: RetryAction, delay: dt.timedelta | None
) -> None:
    decision = DeliveryRetries().evaluate(error, 1, 3)

    assert (decision.action, decision.retry_delay) == (action, delay)
