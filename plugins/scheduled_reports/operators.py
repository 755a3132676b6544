"""Our own Airflow operators: for the steps that may wait without taking a worker's slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseOperator


class GateOperator(BaseOperator):
    """The step `gate`, which Airflow calls again when it has waited.

    Args:
        step: What to do; it raises TaskDeferred to wait, and names `resume` as what is called then.
    """

    def __init__(self, *, step: Callable[[], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.step = step

    def execute(self, context: Any) -> Any:
        """Do the step."""
        return self.step()

    def resume(self, context: Any, event: Any = None) -> Any:
        """Do the step again: what it waits for may have come."""
        return self.step()
