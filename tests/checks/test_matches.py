"""The check `matches`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from judging import check_of, results_of, rows_in
from scheduled_reports.checks.base import Result
from scheduled_reports.errors import CheckError
from scheduled_reports.spec.load import BrokenReport, load
from specs import SALES, write


def judged(folder: Path, values: Any, pattern: str) -> Result:
    table = pa.table({"v": values if isinstance(values, pa.Array) else pa.array(values)})
    (result,) = results_of(check_of("matches", dataset="calls", column="v", pattern=pattern), folder, calls=table)
    return result


@pytest.mark.parametrize(
    ("pattern", "values", "failing"),
    [
        ("[A-Z]{2}-[0-9]+", ["AB-1", None, "AB-1 ", "xAB-1", "ab-1", ""], ["AB-1 ", "xAB-1", "ab-1", ""]),
        ("a|b", ["a", "b", "ab"], ["ab"]),
        ("(?i)ab", ["AB", "aB", "abc"], ["abc"]),
        ("a.b", ["a\nb", "axb"], ["a\nb"]),
        ("(?s)a.b", ["a\nb", "a\n\nb"], ["a\n\nb"]),
        ("a$", ["a", "a\n"], ["a\n"]),
        (r"\pL+", ["Größe", "名前", "a1"], ["a1"]),
        (r"it's :name \$1", ["it's :name $1", "x"], ["x"]),
        ("ß+", ["ß", "ss"], ["ss"]),
    ],
)
def test_text_that_does_not_match_as_a_whole_fails(tmp_path: Path, pattern: str, values: list, failing: list) -> None:
    result = judged(tmp_path, values, pattern)

    assert [row["v"] for row in rows_in(result.failing, tmp_path)] == failing
    assert result.reason == f"calls: v does not match {pattern} in {len(failing)} of {len(values)} rows, none allowed"


@pytest.mark.parametrize(
    ("values", "told"), [([1], "is a number"), ([True], "is true or false"), ([b"a"], "is of type BLOB")]
)
def test_what_is_no_text_cannot_be_judged(tmp_path: Path, values: list, told: str) -> None:
    with pytest.raises(CheckError, match=f"'v' of calls {told}: 'matches' judges text"):
        judged(tmp_path, values, "a")


def test_a_column_without_values_passes_whatever_its_type(tmp_path: Path) -> None:
    assert judged(tmp_path, pa.array([None, None], pa.int32()), "a").count == 0


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "missing \\)"),
        ("a)", "unexpected \\)"),
        ("[a", "missing \\]"),
        ("*a", "no argument for repetition operator"),
        ("a**", "bad repetition operator"),
        ("(?=a)", "invalid perl operator"),
        ("(?<!a)b", "invalid perl operator"),
        (r"(a)\1", "invalid escape sequence"),
        (r"a\Z", "invalid escape sequence"),
        ("a++", "bad repetition operator"),
        ("a{1001}", "invalid repetition size"),
        ("(a{99}){99}", "invalid repetition size"),
        ("a{2,1}", "invalid repetition size"),
        ("[z-a]", "invalid character class range"),
        ("\\", "trailing \\\\"),
    ],
)
def test_a_pattern_that_duckdb_cannot_use_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(ValidationError, match=f"is no regular expression: {why}"):
        check_of("matches", dataset="calls", column="v", pattern=pattern)


@pytest.mark.parametrize("pattern", [r"\pL+", r"\Qa.b\E", "[[:alpha:]]", "a(?i)b", r"\x{1F600}", "(?P<n>a)", "a\\z"])
def test_a_pattern_that_only_duckdb_can_use_is_taken(pattern: str) -> None:
    assert check_of("matches", dataset="calls", column="v", pattern=pattern)


@settings(deadline=None)
@given(pattern=st.text(st.sampled_from("ab1ß ()[]{},0123*+?|^$.\\dwbAZ-:_'"), min_size=1, max_size=12))
def test_no_pattern_is_taken_that_duckdb_refuses(pattern: str) -> None:
    try:
        check_of("matches", dataset="calls", column="v", pattern=pattern)
    except ValidationError:
        assume(False)
    with duckdb.connect() as connection:
        assert connection.execute("SELECT regexp_full_match(NULL, $1)", [pattern]).fetchall() == [(None,)]


@pytest.mark.parametrize(("pattern", "heavy"), [(r"^[A-Z]{2}-\d+(?:\.[a-z]*)?$", False), (r"\pL", True)])
def test_a_plain_pattern_is_judged_without_a_heavy_import(pattern: str, heavy: bool) -> None:
    script = (
        "import sys; from scheduled_reports.checks.matches import Matches; "
        f"Matches(type='matches', dataset='a', column='b', pattern={pattern!r}); print('duckdb' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == str(heavy)


def test_a_wrong_pattern_is_told_at_its_place_when_the_spec_is_loaded(tmp_path: Path) -> None:
    text = f"{SALES}checks:\n  - type: matches\n    dataset: orders\n    column: customer\n    pattern: '(?=a)'\n"

    broken = load(write(tmp_path, text), tmp_path / "include")

    assert isinstance(broken, BrokenReport)
    (problem,) = broken.problems
    assert (problem.line, problem.column) == (SALES.count("\n") + 5, 14)
    assert problem.message.startswith("checks[1].pattern: '(?=a)' is no regular expression: invalid perl operator: (?=")
