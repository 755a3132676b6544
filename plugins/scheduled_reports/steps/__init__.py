"""A run, step by step: gate, extract, check, render, approve, deliver, failover, close, escalate.

None of them knows Airflow.
"""

import datetime as dt


class RunSkipped(Exception):  # noqa: N818 - an outcome, not an error
    """The run is not to happen; the text is the reason, for the analyst who reads the run's history."""


class RunDropped(Exception):  # noqa: N818 - an outcome, not an error
    """Somebody, or nobody in time, decided that the report is not sent; the text is the reason."""


class StepSkipped(Exception):  # noqa: N818 - an outcome, not an error
    """This step has nothing to do, and the run goes on; the text is the reason."""


class RunWaits(Exception):  # noqa: N818 - an outcome, not an error
    """The run waits for its conditions, and takes no worker's slot meanwhile.

    Args:
        reason: What it waits for, and how long.
        until: When they are to be asked again, aware.
    """

    def __init__(self, reason: str, until: dt.datetime) -> None:
        super().__init__(reason)
        self.until = until


class StepWaits(Exception):  # noqa: N818 - an outcome, not an error
    """This step waits, and takes no worker's slot meanwhile; the run is under way.

    Args:
        reason: What it waits for.
        until: When it is to be done again, aware.
    """

    def __init__(self, reason: str, until: dt.datetime) -> None:
        super().__init__(reason)
        self.until = until
