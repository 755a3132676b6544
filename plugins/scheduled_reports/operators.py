"""Our own Airflow operators: for the steps that may wait without taking a worker's slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseOperator


class StepOperator(BaseOperator):
    """A step which Airflow calls again when it has waited.

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


class GateOperator(StepOperator):
    """The step `gate`, which waits for conditions."""


class FailoverOperator(StepOperator):
    """The step `failover`, which waits for the end of quiet hours."""


class EscalateOperator(StepOperator):
    """The step that waits whether a failure is mended."""


class DeliverOperator(BaseOperator):
    """The step `deliver` for one destination, which Airflow calls again when the next recipients are due.

    Args:
        destination: The destination's key, by which Airflow's grid names it.
        step: What to do, given the destination, and whether it goes on with what it began.
    """

    def __init__(self, *, destination: str, step: Callable[[str, bool], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.destination, self.step = destination, step

    def execute(self, context: Any) -> Any:
        """Deliver to those who are due."""
        return self.step(self.destination, False)

    def resume(self, context: Any, event: Any = None) -> Any:
        """Deliver to those who are due by now."""
        return self.step(self.destination, True)
