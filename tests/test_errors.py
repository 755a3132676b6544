"""Errors say what failed, why, and what to do next."""

from __future__ import annotations

import inspect
import pickle

import pytest

from scheduled_reports import errors
from scheduled_reports.errors import ReportError

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ReportError("it failed"), "it failed"),
        (ReportError("it failed", why="no rows"), "it failed: no rows"),
        (ReportError("it failed", fix="try again"), "it failed\n  → try again"),
        (ReportError("it failed", why="no rows", fix="try again"), "it failed: no rows\n  → try again"),
    ],
)
def test_an_error_reads_what_then_why_then_what_to_do(error: ReportError, text: str) -> None:
    assert str(error) == text
    assert error.args == (text,)


def test_every_error_stands_in_the_tree_of_the_module_below_its_parent() -> None:
    tree = [line for line in (errors.__doc__ or "").splitlines() if "Error" in line and not line.startswith("Every")]
    depth = {line.strip("│├└─ ").split()[0]: len(line) - len(line.lstrip(" │├└─")) for line in tree}

    assert set(depth) == {kind.__name__ for kind in CLASSES}
    for kind in CLASSES:
        if kind is not ReportError:
            assert depth[kind.__name__] > depth[kind.__base__.__name__], kind


def test_only_what_may_pass_by_itself_is_worth_a_retry() -> None:
    assert {kind.__name__ for kind in CLASSES if kind("x").retryable} == {"ArchiveError", "LedgerError"}
    assert ReportError("x", retryable=True).retryable
    assert not errors.ArchiveError("x", retryable=False).retryable


def test_an_error_survives_the_way_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(errors.SourceError("it failed", why="no rows", fix="wait", retryable=True)))

    assert (type(copy), str(copy), copy.retryable) == (errors.SourceError, "it failed: no rows\n  → wait", True)
