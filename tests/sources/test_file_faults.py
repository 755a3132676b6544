"""What the source `file` reads is whole and of one moment, or it is nothing: full disks, killed processes, changes."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from file_runs import fault, file_run, rows_of, told
from scheduled_reports.errors import SourceError
from scheduled_reports.file_formats import csv as csv_format
from scheduled_reports.file_formats.csv import CsvFormat
from scheduled_reports.steps.extract import extract
from session import ROOT

EXTRACT = """
import resource, signal, sys
from pathlib import Path
import session
from file_runs import file_run
from scheduled_reports.steps.extract import extract
run = file_run(Path(sys.argv[1]), sys.argv[2])
"""


def big(folder: Path, rows: int = 200_000) -> Path:
    path = folder / "calls.csv"
    with path.open("w") as file:
        file.write("id,name\n")
        file.writelines(f"{number},{number * 7919 % 1_000_003} of a name\n" for number in range(rows))
    return path


def python(folder: Path, source: Path, script: str) -> subprocess.CompletedProcess[str]:
    paths = [str(ROOT / name) for name in ("plugins", "include", "tests")]
    return subprocess.run([sys.executable, "-c", EXTRACT + script, str(folder), str(source)], capture_output=True,
                          text=True, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)})  # fmt: skip


def left(folder: Path) -> list[str]:
    return [path.name for path in (folder / "archive").rglob("*.parquet") if ".scratch-" not in str(path)]


@pytest.mark.parametrize("limit", [1_000_000, 20_000])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, limit: int) -> None:
    path = big(tmp_path)

    done = python(tmp_path, path, f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\nextract(run)\n")

    assert "SourceError: source 'orders' cannot be written to" in done.stderr
    assert "File too large" in done.stderr
    assert "→ check the free space and the permissions" in done.stderr
    assert [entry.name for entry in (tmp_path / "archive").rglob("*") if entry.is_file()] == []


def test_a_killed_extract_leaves_nothing_under_its_name_and_the_next_gives_all(tmp_path: Path) -> None:
    path = big(tmp_path)
    script = (
        "import os\nfrom scheduled_reports import progress\n"
        "progress.Progress.add = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\nextract(run)\n"
    )

    done = python(tmp_path, path, script)

    assert done.returncode == -9
    assert left(tmp_path) == []
    assert extract(file_run(tmp_path, path))["orders"] == 200_000


def test_a_file_that_grows_while_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = big(tmp_path, 1_000)
    original = CsvFormat.read

    def growing(*arguments: object) -> object:
        yield from original(*arguments)  # type: ignore[arg-type]
        with path.open("a") as file:
            file.write("1,late\n")

    monkeypatch.setattr(CsvFormat, "read", growing)
    error = fault(tmp_path, path)

    assert told(error, tmp_path) == (
        "source 'orders' (sales.yaml:4): …/calls.csv: it changed while it was read\n"
        "  → let it be written under another name and renamed when it is whole"
    )
    assert error.retryable


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        folder = tmp_path / "calls.csv"
        folder.mkdir()
        assert "there is no file" in str(fault(tmp_path, folder))
        return
    path = big(tmp_path, 1)
    path.chmod(0)
    assert "cannot be read: Permission denied" in str(fault(tmp_path, path))


def test_a_compressed_file_that_is_cut_gives_no_rows_of_its_beginning(tmp_path: Path) -> None:
    packed = gzip.compress(big(tmp_path, 50_000).read_bytes())
    (tmp_path / "calls.csv.gz").write_bytes(packed[: len(packed) // 2])

    error = fault(tmp_path, tmp_path / "calls.csv.gz", on_bad_row="quarantine")

    assert "…/calls.csv.gz: the compressed file is damaged or cut after" in told(error, tmp_path)
    assert error.retryable


def test_rows_are_written_in_groups_worth_reading(tmp_path: Path) -> None:
    path = big(tmp_path)
    run = file_run(tmp_path, path)
    run.report.spec.sources["orders"].extract(run, "orders", tmp_path / "orders.parquet")

    assert pq.read_metadata(tmp_path / "orders.parquet").num_row_groups <= 4


def test_a_bad_row_far_down_is_told_with_its_line(tmp_path: Path) -> None:
    path = big(tmp_path)
    with path.open("a") as file:
        file.write("x\n")

    assert f"{path}:200002: it has 1 field instead of 2 ('x')" in str(fault(tmp_path, path))


def test_the_same_file_gives_the_same_rows_again(tmp_path: Path) -> None:
    path = big(tmp_path, 1_000)

    assert rows_of(tmp_path, path) == rows_of(tmp_path, path)


def test_reading_stops_at_the_first_bad_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = big(tmp_path)
    path.write_text("id,name\nx\n" + path.read_text())
    cuts = []
    original = csv_format.whole
    monkeypatch.setattr(csv_format, "whole", lambda *given, **more: cuts.append(1) or original(*given, **more))

    with pytest.raises(SourceError):
        extract(file_run(tmp_path, path))
    assert len(cuts) == 1
