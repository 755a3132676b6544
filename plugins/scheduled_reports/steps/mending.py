"""The commands that mend a run, as people are told them."""

from __future__ import annotations

import shlex

from scheduled_reports.run import Run


def resend(run: Run, which: str = "--only-failed") -> str:
    """Return the command that sends again what did not arrive, or what nobody knows of."""
    return f"reports resend {run.report.id} {shlex.quote(run.run_id)} {which}"
