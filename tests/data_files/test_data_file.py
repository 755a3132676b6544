"""What all formats of data do alike."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import os
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import TypeAdapter, ValidationError

from sample_document import document, write
from scheduled_reports.errors import RenderError, SourceError
from scheduled_reports.formats import AnyFormat, Format
from scheduled_reports.shown import Shown

KINDS = ["csv", "tsv", "json", "jsonl", "parquet"]
TEXTS = KINDS[:-1]
ENTRY: TypeAdapter[Any] = TypeAdapter(AnyFormat)


def entry(kind: str, **options: Any) -> Format:
    found: Format = ENTRY.validate_python({"type": kind, "dataset": "sample", **options})
    return found


def rendered(folder: Path, kind: str, **options: Any) -> Path:
    target = folder / f"out.{kind}"
    entry(kind, **options).render(document(folder), target)
    return target


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of any kind, as it writes them."""
    if path.suffix == ".parquet":
        found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return found
    content = path.read_bytes().decode()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in content.splitlines()]
    if path.suffix == ".json":
        return list(json.loads(content)["rows"])
    delimiter = "," if path.suffix == ".csv" else "\t"
    return list(csv.DictReader(io.StringIO(content, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_chosen_ordered_and_called_as_asked(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "sample", {"a": ["1"], "b.c": ["2"], "b": ["3"], "secret": ["4"]})
    path = rendered(tmp_path, kind, columns=["b", {"name": "a", "label": "First, of all"}, "b.c"])
    assert [list(row.items()) for row in rows(path)] == [[("b", "3"), ("First, of all", "1"), ("b.c", "2")]]
    assert b"secret" not in path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_shows_are_the_columns_that_are_in_it(kind: str) -> None:
    assert list(entry(kind).shows()) == [Shown("sample")]
    chosen = entry(kind, columns=["b", {"name": "a", "label": "First"}])
    assert list(chosen.shows()) == [Shown("sample", ("b", "a"))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_that_is_missing_is_named_with_the_nearest(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "sample", {"amount": [1], "Name": ["x"]})
    with pytest.raises(RenderError, match="no column 'ammount': did you mean 'amount'"):
        rendered(tmp_path, kind, columns=["ammount"])
    with pytest.raises(RenderError, match="no column 'name'"):
        rendered(tmp_path, kind, columns=["name"])


@pytest.mark.parametrize("kind", KINDS)
def test_two_columns_cannot_have_one_name_in_a_file(kind: str) -> None:
    with pytest.raises(ValidationError, match="two columns are called 'a'"):
        entry(kind, columns=["a", {"name": "b", "label": "a"}])
    with pytest.raises(ValidationError, match="at least 1 item"):
        entry(kind, columns=[])
    with pytest.raises(ValidationError, match="unicode"):
        entry(kind, columns=[{"name": "a", "label": "x\ud83d"}])


@pytest.mark.parametrize(
    ("kind", "options"),
    [*((kind, {}) for kind in KINDS), *((kind, {"compression": name}) for kind in TEXTS for name in ("gzip", "zstd"))],
)
def test_the_same_document_becomes_the_same_bytes(tmp_path: Path, kind: str, options: dict[str, str]) -> None:
    write(tmp_path, "sample", {"n": list(range(30_000)), "t": [f"text {number % 977}" for number in range(30_000)]})
    first = rendered(tmp_path, kind, **options).read_bytes()
    os.utime(tmp_path / "sample.parquet", (0, 0))
    assert rendered(tmp_path, kind, **options).read_bytes() == first


@pytest.mark.parametrize("kind", TEXTS)
def test_a_compressed_file_holds_the_same_bytes(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "sample", {"n": list(range(30_000)), "t": ["=x"] * 30_000})
    plain = rendered(tmp_path, kind).read_bytes()
    packed = rendered(tmp_path, kind, compression="gzip").read_bytes()
    assert gzip.decompress(packed) == plain
    assert packed[3:10] == bytes(5) + packed[8:10]  # no flags, so no name, and no time (RFC 1952, 2.3)
    zstd = rendered(tmp_path, kind, compression="zstd")
    with pa.CompressedInputStream(pa.OSFile(str(zstd)), "zstd") as stream:
        assert stream.read() == plain
    assert len(packed) < len(plain) / 4


def test_its_extension_and_media_type_tell_the_compression() -> None:
    assert (entry("csv").file_extension, entry("csv").file_media_type) == ("csv", "text/csv")
    packed = {kind: entry("jsonl", compression=kind) for kind in ("gzip", "zstd")}
    assert [(found.file_extension, found.file_media_type) for found in packed.values()] == [
        ("jsonl.gz", "application/gzip"), ("jsonl.zst", "application/zstd"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_columns_and_words_of_5000_letters_are_whole(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "sample", {f"c{number:03d}": ["w" * 5000, "x"] for number in range(200)})
    found = rows(rendered(tmp_path, kind))
    assert [list(row.values()) for row in found] == [["w" * 5000] * 200, ["x"] * 200]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_very_long_texts_keep_their_order(tmp_path: Path, kind: str) -> None:
    texts = [f"{number}:" + "é" * 60_000 for number in range(300)]
    write(tmp_path, "sample", {"t": texts, "n": list(range(300))})
    assert [row["t"] for row in rows(rendered(tmp_path, kind))] == texts


@pytest.mark.parametrize("kind", TEXTS)
def test_moments_beyond_arrows_calendar_are_right(tmp_path: Path, kind: str) -> None:
    year = 146_097 * 86_400_000_000  # microseconds of 400 years
    moment = pa.array([200 * year, 0], pa.timestamp("us", "UTC"))
    write(tmp_path, "sample", {"at": moment, "day": pa.array([146_097 * 200, 0], pa.date32())})
    separator = "T" if kind.startswith("json") else " "
    assert [tuple(row.values()) for row in rows(rendered(tmp_path, kind))] == [
        (f"81970-01-01{separator}01:00:00+01:00", "81970-01-01"),
        (f"1970-01-01{separator}01:00:00+01:00", "1970-01-01"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_table_is_told_and_names_itself(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "sample", {"n": list(range(50_000))})
    content = bytearray((tmp_path / "sample.parquet").read_bytes())
    content[200:2_000] = bytes(1_800)
    (tmp_path / "sample.parquet").write_bytes(content)
    with pytest.raises(SourceError, match="table 'sample' cannot be read"):
        rendered(tmp_path, kind)


@pytest.mark.parametrize("options", [{}, {"compression": "gzip"}, {"compression": "zstd"}])
@pytest.mark.parametrize("kind", TEXTS)
def test_a_full_disk_is_told_and_leaves_no_thread(tmp_path: Path, kind: str, options: dict[str, str]) -> None:
    write(tmp_path, "sample", {"n": list(range(400_000)), "t": [str(hash(number)) for number in range(400_000)]})
    with pytest.raises(OSError, match="No space left"):
        entry(kind, **options).render(document(tmp_path), Path("/dev/full"))
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("data-file")]


@pytest.mark.parametrize("kind", KINDS)
def test_text_that_is_not_utf_8_is_told(tmp_path: Path, kind: str) -> None:
    half = pa.py_buffer(b"a\xed\xa0\x80")  # a lone surrogate, as some databases hold it
    offsets = pa.py_buffer(b"\0\0\0\0\1\0\0\0\4\0\0\0")
    write(tmp_path, "sample", {"n": [1, 2], "t": pa.Array.from_buffers(pa.string(), 2, [None, offsets, half])})
    with pytest.raises(SourceError, match="table 'sample' cannot be read"):
        rendered(tmp_path, kind)
    assert rows(rendered(tmp_path, kind, columns=["n"]))[1] in ({"n": 2}, {"n": "2"})


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_column_that_is_shown_makes_a_file_show_something(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "sample", {"a": [None, " "], "b": ["x", None], "d": [dt.date(2026, 1, 1)] * 2})
    path, made = rendered(tmp_path, kind), document(tmp_path)
    assert not entry(kind).is_blank(path, made)
    assert entry(kind, columns=["a"]).is_blank(path, made)
    assert not entry(kind, columns=["b"]).is_blank(path, made)
