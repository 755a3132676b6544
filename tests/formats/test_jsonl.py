"""JSON lines, read back by Python's json module and by DuckDB."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sample_document import CAMPAIGNS, brief, document, write
from scheduled_reports.formats.jsonl import JsonLines


def lines(folder: Path, columns: dict[str, Any]) -> list[bytes]:
    write(folder, "sample", columns)
    JsonLines(type="jsonl", dataset="sample").render(document(folder), folder / "out.jsonl")
    return (folder / "out.jsonl").read_bytes().splitlines(keepends=True)


def test_every_row_is_an_object_on_a_line_and_nothing_else_is_there(tmp_path: Path) -> None:
    JsonLines(type="jsonl", dataset="campaigns").render(brief(tmp_path), tmp_path / "out.jsonl")
    content = (tmp_path / "out.jsonl").read_bytes()
    assert content.endswith(b"}\n")
    assert [tuple(json.loads(line).values()) for line in content.decode().split("\n")[:-1]] == CAMPAIGNS


def test_line_breaks_in_texts_do_not_break_lines(tmp_path: Path) -> None:
    texts = ["a\nb", "\r\n", "\x0b\x0c\x1c", 'q"\\', "🎉", None, ""]
    found = lines(tmp_path, {"text": texts, "n": [1] * 7})
    assert [json.loads(line)["text"] for line in found] == texts


def test_values_are_those_of_json(tmp_path: Path) -> None:
    columns = {"x": [float("nan"), 1.5], "d": [Decimal("1.10"), None], "b": [b"\xff", None], "l": [[1, None], None]}
    assert lines(tmp_path, columns) == [
        b'{"x":null,"d":1.10,"b":"/w==","l":[1,null]}\n', b'{"x":1.5,"d":null,"b":null,"l":null}\n',
    ]  # fmt: skip


def test_rows_keep_their_order_across_slices(tmp_path: Path) -> None:
    numbers = list(range(60_000))
    assert [json.loads(line)["n"] for line in lines(tmp_path, {"n": numbers})] == numbers
    found = duckdb.sql(f"SELECT n FROM read_json('{tmp_path}/out.jsonl', format='newline_delimited')").fetchall()
    assert [row[0] for row in found] == numbers


def test_no_rows_are_no_lines(tmp_path: Path) -> None:
    assert lines(tmp_path, {"a": pa.array([], pa.int64())}) == []
