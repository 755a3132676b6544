"""What a task may ask Airflow, through the API server: a task of Airflow 3 does not see Airflow's database."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from scheduled_reports.errors import ReportError
from scheduled_reports.facts.base import asset_reference

if TYPE_CHECKING:
    from airflow.sdk.execution_time.comms import ErrorResponse


class TaskFacts:
    """What Airflow tells the task that runs."""

    def variable(self, key: str) -> str | None:
        """Return an Airflow Variable as text, from wherever this deployment keeps them; None where there is none."""
        from airflow.sdk import Variable
        from airflow.sdk.exceptions import AirflowRuntimeError

        try:
            found = Variable.get(key, default=None)
        except PermissionError as error:  # Airflow's own: the API server, or a secrets backend, says no
            raise ReportError(f"the Airflow Variable {key!r} may not be read here", why=str(error),
                              fix="have it permitted") from error  # fmt: skip
        except AirflowRuntimeError as error:
            raise _unanswered(f"the Airflow Variable {key!r} cannot be read", str(error)) from error
        if found is None and (fault := _fault(key)) is not None:
            raise _unanswered(f"the Airflow Variable {key!r} cannot be read", f"{fault.error.value}: {fault.detail}")
        return None if found is None else str(found)

    def updated(self, asset: str) -> dt.datetime | None:
        """Return when an asset, by its name or its URI, was last updated, aware; None for never."""
        from airflow.sdk.exceptions import AirflowRuntimeError

        from scheduled_reports.task import newest_update

        try:
            return newest_update(asset_reference(asset))
        except AirflowRuntimeError as error:
            raise _unanswered(f"the asset {asset!r} cannot be asked for", str(error)) from error


def _fault(key: str) -> ErrorResponse | None:
    """Return what kept the API server from an answer: `Variable.get` takes that for a Variable that there is not."""
    from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
    from airflow.sdk.execution_time.comms import ErrorResponse, GetVariable
    from airflow.sdk.execution_time.task_runner import SUPERVISOR_COMMS

    try:
        answer = SUPERVISOR_COMMS.send(GetVariable(key=key))
    except AirflowRuntimeError as error:
        answer = error.error
    if not isinstance(answer, ErrorResponse) or answer.error == ErrorType.VARIABLE_NOT_FOUND:
        return None
    return answer


def _unanswered(what: str, why: str) -> ReportError:
    fix = "look whether Airflow's API server is up; another attempt may succeed"
    return ReportError(what, why=why.partition("\n")[0], fix=fix, retryable=True)
