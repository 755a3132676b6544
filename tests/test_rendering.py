"""Many files are made beside each other, in processes of their own."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from sample_document import brief, document, write
from scheduled_reports.document import Document, TableBlock
from scheduled_reports.errors import DocumentError, RenderError, SourceError
from scheduled_reports.formats.base import Format
from scheduled_reports.formats.csv import Csv
from scheduled_reports.formats.text import PlainText
from scheduled_reports.rendering import ENOUGH, Job, make_all


class Dies(Format):
    """A format whose process the operating system kills."""

    media_type = "text/plain"
    extension = "txt"

    def render(self, document: Document, target: Path) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def report(tmp_path: Path) -> Document:
    write(tmp_path, "calls", {"agent": ["Ann", "Ben"], "calls": [3, 4]})
    return document(tmp_path, TableBlock.model_validate({"type": "table", "dataset": "calls"}))


@pytest.mark.parametrize("processes", [1, 2])
def test_files_come_in_their_order_with_their_digest(report: Document, tmp_path: Path, processes: int) -> None:
    formats = [PlainText(type="text"), Csv(type="csv", dataset="calls")] * (ENOUGH // 2)
    jobs = [Job(entry, report, tmp_path / f"{number}.out") for number, entry in enumerate(formats)]

    made = list(make_all(jobs, processes))

    assert [found.sha256 for found in made] == [hashlib.sha256(job.target.read_bytes()).hexdigest() for job in jobs]
    assert jobs[1].target.read_text() == "agent,calls\nAnn,3\nBen,4\n"
    assert [found.is_blank for found in made] == [False] * len(jobs)


@pytest.mark.parametrize("processes", [1, 2])
def test_documents_are_asked_for_as_files_are_made(report: Document, tmp_path: Path, processes: int) -> None:
    asked = []

    def jobs() -> Iterator[Job]:
        for number in range(2 * ENOUGH):
            asked.append(number)
            yield Job(PlainText(type="text"), report, tmp_path / f"{number}.txt")

    made = make_all(jobs(), processes)
    next(made)

    assert len(asked) <= ENOUGH + 1
    assert len(list(made)) == 2 * ENOUGH - 1


def test_processes_do_not_run_the_main_script_anew(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(SCRIPT)
    write(tmp_path, "calls", {"agent": ["Ann"]})

    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, script, tmp_path]
    done = subprocess.run(command, env=os.environ | path, capture_output=True, text=True, check=False)

    assert done.stdout == "begun\n", done.stderr
    assert len(list(tmp_path.glob("*.csv"))) == ENOUGH


SCRIPT = """
import sys
from pathlib import Path

print("begun", flush=True)

from sample_document import document
from scheduled_reports.formats.csv import Csv
from scheduled_reports.rendering import ENOUGH, Job, make_all

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    report, table = document(folder), Csv(type="csv", dataset="calls")
    list(make_all((Job(table, report, folder / f"{number}.csv") for number in range(ENOUGH)), 2))
"""


def test_a_daemon_makes_files_one_after_the_other_and_says_so(report: Document, tmp_path: Path) -> None:
    context = get_context("spawn")
    told = context.Queue()
    jobs = [Job(PlainText(type="text"), report, tmp_path / f"{number}.txt") for number in range(ENOUGH)]
    daemon = context.Process(target=_make_in_daemon, args=(jobs, told), daemon=True)

    daemon.start()
    words = told.get(timeout=120)
    daemon.join()

    assert words == [
        "Files are made one after the other: this worker runs tasks in daemons, which may begin no processes"
    ]
    assert sorted(tmp_path.glob("*.txt")) == sorted(job.target for job in jobs)


def _make_in_daemon(jobs: list[Job], told: Any) -> None:
    words = list[str]()
    handler = logging.Handler()
    handler.emit = lambda record: words.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("scheduled_reports.rendering").addHandler(handler)
    list(make_all(jobs, 2))
    told.put(words)


def test_an_error_in_a_process_is_the_one_that_it_was(report: Document, tmp_path: Path) -> None:
    gone = Csv(type="csv", dataset="gone")
    jobs = [Job(gone, report, tmp_path / f"{number}.csv") for number in range(ENOUGH)]

    with pytest.raises(SourceError, match="table 'gone' is not in this run") as caught:
        list(make_all(jobs, 2))

    assert caught.value.fix == "it has: calls"


def test_a_process_that_is_killed_is_told_and_worth_a_retry(report: Document, tmp_path: Path) -> None:
    jobs = [Job(Dies(), report, tmp_path / f"{number}.txt") for number in range(ENOUGH)]

    with pytest.raises(RenderError, match="a process that makes files was killed") as caught:
        list(make_all(jobs, 2))

    assert caught.value.retryable


def test_a_folder_that_is_gone_is_told(report: Document, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"format 'text' cannot be written to .*gone"):
        list(make_all([Job(PlainText(type="text"), report, tmp_path / "gone" / "a.txt")]))


def test_a_whole_report_goes_to_another_process_and_comes_back_the_same(tmp_path: Path) -> None:
    report = brief(tmp_path)
    again = pickle.loads(pickle.dumps(report))

    assert again == report
    assert pickle.loads(pickle.dumps(replace(report, blocks=()))) == replace(report, blocks=())


def test_errors_keep_their_facts_on_the_way() -> None:
    error = DocumentError("a", why="b", fix="c", retryable=True)
    again = pickle.loads(pickle.dumps(error))

    assert (type(again), again.what, again.why, again.fix, again.retryable) == (DocumentError, "a", "b", "c", True)
