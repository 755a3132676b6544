"""What a task is told where Airflow's API server does not answer well; where it does: tests/airflow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import AssetEventsResult, ErrorResponse, VariableResult

from scheduled_reports.errors import ReportError
from scheduled_reports.facts.task import TaskFacts

Answers = Callable[[Any], None]


class Supervisor:
    """Stands at the other end of the task's pipe, and gives every question the same answer."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def send(self, question: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    def give(answer: Any) -> None:
        monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", Supervisor(answer), raising=False)

    return give


def refusal(kind: ErrorType) -> ErrorResponse:
    return ErrorResponse(error=kind, detail={"status_code": 500, "message": "the database is locked"})


def test_a_variable_is_its_text_and_one_that_there_is_not_is_none(answers: Answers) -> None:
    answers(VariableResult(key="loaded", value="2026-10-01"))
    assert TaskFacts().variable("loaded") == "2026-10-01"

    answers(refusal(ErrorType.VARIABLE_NOT_FOUND))
    assert TaskFacts().variable("loaded") is None


@pytest.mark.parametrize("raised", [True, False])
@pytest.mark.parametrize("kind", [ErrorType.API_SERVER_ERROR, ErrorType.GENERIC_ERROR])
def test_a_server_that_fails_is_not_taken_for_a_missing_variable(
    answers: Answers, kind: ErrorType, raised: bool
) -> None:
    answers(AirflowRuntimeError(refusal(kind)) if raised else refusal(kind))

    with pytest.raises(ReportError, match=r"'loaded' cannot be read: .*the database is locked") as told:
        TaskFacts().variable("loaded")
    assert told.value.retryable


def test_a_variable_that_a_task_may_not_read_is_an_error_for_good(answers: Answers) -> None:
    answers(refusal(ErrorType.PERMISSION_DENIED))

    with pytest.raises(ReportError, match="'loaded' may not be read here: Access denied") as told:
        TaskFacts().variable("loaded")
    assert not told.value.retryable


def test_an_asset_without_events_was_never_updated_and_a_failing_server_is_an_error(answers: Answers) -> None:
    answers(AssetEventsResult(asset_events=[]))
    assert TaskFacts().updated("stock") is None

    for answer in (refusal(ErrorType.API_SERVER_ERROR), AirflowRuntimeError(refusal(ErrorType.API_SERVER_ERROR))):
        answers(answer)
        with pytest.raises(ReportError, match="the asset 'stock' cannot be asked for") as told:
            TaskFacts().updated("stock")
        assert told.value.retryable
