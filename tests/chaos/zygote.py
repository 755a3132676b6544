"""A process that has imported everything, and forks a worker for each connection: starting Python anew takes seconds.

`python zygote.py SOCKET FOLDER LEDGER DESTINATION…` rebuilds the run whose spec lies in FOLDER, delivers to the
destinations by itself, so that all is imported, accepts at the socket, and ends when its input does.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import select
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from runs import run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger import Ledger
from scheduled_reports.run import Run
from scheduled_reports.steps.deliver import deliver


def main(listener: socket.socket, folder: Path, ledger: str, warm: list[str]) -> None:
    run = run_of(folder, (folder / "report_specs" / "sales.yaml").read_text(encoding="utf-8"))
    opened = Ledger.open(ledger or None, airflow_connection, folder, actor="the first worker")
    for destination in warm:
        deliver(run, opened, destination)
    opened.close()
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        _bury()
        if os.fork() == 0:
            listener.close()
            _live(run, folder, ledger, connection)
        connection.close()


def _bury() -> None:
    """Let the numbers of those who died before be used again."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _live(run: Run, folder: Path, ledger: str, connection: socket.socket) -> None:
    """Do one job, and die."""
    try:
        with connection, connection.makefile("rw", encoding="utf-8") as talk:

            def say(**facts: Any) -> None:
                talk.write(json.dumps(facts) + "\n")
                talk.flush()

            say(pid=os.getpid())
            job = json.loads(talk.readline())
            opened = Ledger.open(ledger or None, airflow_connection, folder, actor=f"worker {os.getpid()}")
            for destination in job["destinations"]:
                say(begins=destination)
                say(left=destination, **_visit(run, opened, destination, job))
            opened.close()
            say(ends=True)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _visit(run: Run, ledger: Ledger, destination: str, job: dict[str, Any]) -> dict[str, Any]:
    """Deliver once; return after how many seconds Airflow would repeat that, None for never, and why it failed."""
    try:
        deliver(run, ledger, destination, again=job["again"], lease=dt.timedelta(seconds=job["lease"]))
    except ReportError as error:
        wait = getattr(error, "retry_after", None) or 0.0
        return {"again_after": wait if error.retryable else None, "error": str(error)}
    return {"again_after": None, "error": ""}


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
