"""YAML is read by the rules of version 1.2, with a place for every value."""

import time
from itertools import pairwise
from pathlib import Path

import pytest

from scheduled_reports.spec.problems import Place
from scheduled_reports.spec.yaml import read


def written(folder: Path, text: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16:30", "16:30"),
        ("06:30", "06:30"),
        ("on", "on"),
        ("no", "no"),
        ("true", True),
        ("False", False),
        ("010", 10),
        ("-7", -7),
        ("1_000", "1_000"),
        ("2026-10-01", "2026-10-01"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("~", None),
        ("", None),
        ("null", None),
        ("'12'", "12"),
        ("=1+1", "=1+1"),
    ],
)
def test_a_plain_value_means_what_yaml_1_2_says(tmp_path: Path, text: str, value: object) -> None:
    source, problems = read(written(tmp_path, f"key: {text}\n"))

    assert problems == []
    assert source.data == {"key": value}
    assert type(source.data["key"]) is type(value)


def test_a_value_knows_its_line_and_column(tmp_path: Path) -> None:
    source, _ = read(written(tmp_path, "title: x\ndeliver:\n  - to:\n      - a\n      - b\n"))

    assert source.place(("deliver", 0, "to", 1)) == Place(source.path, 5, 9)
    assert source.place(("deliver", 0, "email", "to"), key=True) == Place(source.path, 3, 5)


def test_a_duplicate_key_is_a_problem_with_the_place_of_both(tmp_path: Path) -> None:
    path = written(tmp_path, "title: one\nowner: me\ntitle: two\n")

    _, problems = read(path)

    assert [str(problem) for problem in problems] == [
        f"{path}:3:1: the key 'title' stands twice; it already stands in line 1"
    ]


@pytest.mark.parametrize("text", ["a: [1, 2", "a: 'x", "a:\n\t- b", "a: b: c", "{", "!!python/object:os.system x"])
def test_text_that_is_not_yaml_is_a_problem_with_a_place(tmp_path: Path, text: str) -> None:
    _, problems = read(written(tmp_path, text))

    assert len(problems) == 1
    assert "is not valid YAML" in problems[0].message


def test_a_file_that_is_not_utf_8_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: Müller".encode("latin-1"))

    _, problems = read(path)

    assert "cannot be read" in problems[0].message
    assert "UTF-8" in problems[0].hint


def test_nesting_without_end_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    _, problems = read(written(tmp_path, "[" * 5000))

    assert len(problems) == 1


def test_a_value_that_holds_itself_is_a_problem_with_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, "title: one\nx: &a [*a]\n")

    _, problems = read(path)

    what = "with its aliases (*name) written out, this holds more than 100,000 values, or itself"
    assert [str(problem) for problem in problems] == [f"{path}:2:4: {what}; write out what is needed of it"]


def test_aliases_of_aliases_that_mean_millions_of_values_are_refused_at_once(tmp_path: Path) -> None:
    levels = [f"{name}: &{name} [{', '.join(['*' + before] * 9)}]" for before, name in pairwise("abcdefghi")]
    began = time.perf_counter()

    source, problems = read(written(tmp_path, "\n".join(["a: &a [lol]", *levels])))

    assert time.perf_counter() - began < 0.5
    assert (source.data, len(problems), problems[0].line) == (None, 1, 6)


def test_a_value_may_be_written_once_and_used_often(tmp_path: Path) -> None:
    source, problems = read(written(tmp_path, "a: &a {x: 1}\nb: [*a, *a]\n"))

    assert (source.data, problems) == ({"a": {"x": 1}, "b": [{"x": 1}, {"x": 1}]}, [])


def test_a_duplicate_key_below_an_alias_is_told_once(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, "a: &a {x: 1, x: 2}\nb: [*a, *a]\n"))[1]) == 1


@pytest.mark.parametrize("key", ["1", "1.5", "true", "~"])
def test_a_key_that_is_not_text_is_a_problem_at_that_key(tmp_path: Path, key: str) -> None:
    path = written(tmp_path, f"title: one\nsources:\n  {key}: x\n")

    assert [str(problem) for problem in read(path)[1]] == [f"{path}:3:3: the key {key} is not text; put it in quotes"]
    assert read(written(tmp_path, f"title: one\nsources:\n  '{key}': x\n"))[1] == []


def test_deep_nesting_that_ends_is_a_problem_too(tmp_path: Path) -> None:
    _, problems = read(written(tmp_path, "[" * 900 + "]" * 900))

    assert len(problems) == 1
