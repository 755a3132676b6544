"""TSV files, read back by splitting at tabs, by DuckDB and by pandas."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from sample_document import document, write
from scheduled_reports.formats.tsv import Tsv

HARD_TEXTS = [
    "plain", "", "tab\tinside", "line\nbreak", "both\r\nof them", "back\\slash", "\\n", "\\", 'quo"te', ", comma",
    "王小明", "\\N", "w" * 5000, "=1+1", "ends\\\t",
]  # fmt: skip
UNESCAPED = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def written(folder: Path, columns: dict[str, Any], **options: Any) -> bytes:
    write(folder, "sample", columns)
    target = folder / "out.tsv"
    Tsv.model_validate({"type": "tsv", "dataset": "sample", **options}).render(document(folder), target)
    return target.read_bytes()


def unescaped(text: str) -> str:
    """Undo the backslashes, from left to right."""
    found, rest = "", text
    while rest:
        taken = rest[:2] if rest[:2] in UNESCAPED else rest[0]
        found, rest = found + UNESCAPED.get(taken, taken), rest[len(taken) :]
    return found


def test_fields_stand_between_tabs_and_records_end_in_lf(tmp_path: Path) -> None:
    assert written(tmp_path, {"a": [1, None], "b": ["x", 'y"z']}) == b'a\tb\n1\tx\n\ty"z\n'


def test_no_text_adds_a_field_or_a_record(tmp_path: Path) -> None:
    content = written(tmp_path, {"text": HARD_TEXTS, "n": list(range(len(HARD_TEXTS)))}, formulas="keep")
    lines = content.decode().split("\n")
    assert (len(lines), lines[-1]) == (len(HARD_TEXTS) + 2, "")
    found = [line.split("\t") for line in lines[1:-1]]
    assert [unescaped(text) for text, _ in found] == HARD_TEXTS
    assert [int(number) for _, number in found] == list(range(len(HARD_TEXTS)))


def test_backslash_n_tells_missing_values_from_empty_texts(tmp_path: Path) -> None:
    content = written(tmp_path, {"a": ["", None, "\\N"], "x": [1.5, float("nan"), None]}, missing="\\N")
    assert content == b"a\tx\n\t1.5\n\\N\t\\N\n\\\\N\t\\N\n"


def test_formulas_are_escaped_unless_they_are_kept(tmp_path: Path) -> None:
    columns = {"a": ["=1", "\t=1"]}
    assert written(tmp_path, columns) == b"a\n'=1\n'\\t=1\n"
    assert written(tmp_path, columns, formulas="keep") == b"a\n=1\n\\t=1\n"


def test_pandas_reads_it_with_a_decimal_comma(tmp_path: Path) -> None:
    content = written(
        tmp_path, {"text": ["a,b", "c"], "x": [1.5, -2.25]}, decimal=",", encoding="utf-16", line_end="crlf"
    )
    table = pd.read_csv(io.BytesIO(content), sep="\t", decimal=",", encoding="utf-16")
    assert table.to_dict("list") == {"text": ["a,b", "c"], "x": [1.5, -2.25]}


def test_it_has_no_quotes_and_always_a_header() -> None:
    for option in ({"quote": "all"}, {"header": False}, {"delimiter": ","}):
        with pytest.raises(ValidationError, match="Extra inputs"):
            Tsv.model_validate({"type": "tsv", "dataset": "a", **option})
