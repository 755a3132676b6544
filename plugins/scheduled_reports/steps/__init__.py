"""A run, step by step: gate, extract, check, render, deliver, close. None of them knows Airflow."""


class RunSkipped(Exception):  # noqa: N818 - an outcome, not an error
    """The run is not to happen; the text is the reason, for the analyst who reads the run's history."""


class StepSkipped(Exception):  # noqa: N818 - an outcome, not an error
    """This step has nothing to do, and the run goes on; the text is the reason."""
