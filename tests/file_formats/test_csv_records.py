"""CSV is cut into the same records however it is cut: by blocks, one by one, or at any byte."""

from __future__ import annotations

import csv
import io
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduled_reports.errors import SourceError
from scheduled_reports.file_formats import csv as csv_format
from scheduled_reports.file_formats import text as texts
from scheduled_reports.file_formats.base import InFile
from scheduled_reports.file_formats.csv import CsvFormat
from scheduled_reports.file_formats.csv_records import Marks, one_by_one, whole

LETTERS = st.text(st.sampled_from('ab,"\n\r\0é'), max_size=40)
FIELDS = st.lists(st.lists(st.text(st.sampled_from('ab,"\n\ré 5'), max_size=5), min_size=2, max_size=2), max_size=12)


def read(folder: Path, content: str) -> tuple[list[list[str]], list[int], list[Any]]:
    """Return the rows, their lines, and the bad ones."""
    path = folder / "x.csv"
    path.write_bytes(content.encode())
    form = CsvFormat.model_validate({"type": "csv", "delimiter": ",", "header": False, "encoding": "utf-8"})
    rows, lines, bad = [], [], []
    for part in form.read(InFile(path, "x.csv", "source 'x'"), {"a": None, "b": None}):
        rows += [[value or "" for value in row] for row in zip(*map(pa.Array.to_pylist, part.columns), strict=True)]
        lines += part.numbers.to_pylist()
        bad += part.bad
    return rows, lines, bad


def by_python(content: str) -> tuple[list[list[str]], list[int], list[int]] | None:
    """Return what Python's csv reads: good rows, their lines, and the lines of bad ones; None where the text is cut."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    good, lines, bad, row = [], [], [], ["", ""]
    while True:
        begin = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return None if len(row) == 1 and not content.endswith(("\n", "\r")) else (good, lines, bad)
        except csv.Error as error:
            if "unexpected end" in str(error):
                return None
            row = []
            bad.append(begin)
            continue
        if len(row) == 2 and "\0" not in "".join(row):
            good.append(row)
            lines.append(begin)
        elif row:
            bad.append(begin)


@pytest.fixture(params=[5, 1 << 20], ids=["five bytes at a time", "at once"])
def chunks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(texts, "CHUNK", request.param)
    monkeypatch.setattr(csv_format, "SAMPLE_BYTES", request.param)
    return int(request.param)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=LETTERS)
def test_any_text_is_read_as_pythons_strict_reader_reads_it(tmp_path: Path, chunks: int, content: str) -> None:
    expected = by_python("a,b\n" + content)

    with pytest.raises(SourceError) if expected is None else nullcontext():
        rows, numbers, bad = read(tmp_path, "a,b\n" + content)
        assert (rows, numbers, [row.number for row in bad]) == expected


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=FIELDS, ending=st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_written_is_read_again_whatever_is_in_it(
    tmp_path: Path, chunks: int, rows: list[list[str]], ending: str
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(rows)

    found, lines, bad = read(tmp_path, text.getvalue())

    assert found == rows
    assert not bad
    assert lines == sorted(set(lines))


@given(content=LETTERS)
def test_a_block_that_is_well_formed_is_what_its_records_are(content: str) -> None:
    text = content.encode()
    quick = whole(text, 1, Marks(), final=True)
    if quick is None:
        return

    slow = one_by_one(text, 1, Marks(), -1, final=True)

    assert slow.unclosed is None
    assert quick.numbers.tolist() == sorted([*slow.numbers.tolist(), *(row.number for row in slow.bad)])
    assert all("fields" in row.reason or "field " in row.reason for row in slow.bad), "nothing else is wrong with it"
