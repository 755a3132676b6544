"""When a file was last changed, as file systems say it."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.io.store import attach
from fsspec.implementations.memory import MemoryFileSystem

from scheduled_reports.connections import airflow_connection
from scheduled_reports.storage import found, reach

MOMENT = dt.datetime(2026, 10, 1, 5, 30, tzinfo=dt.UTC)
BERLIN = dt.timezone(dt.timedelta(hours=2))


@pytest.mark.parametrize(
    ("entry", "modified"),
    [
        ({"mtime": MOMENT.timestamp()}, MOMENT),
        ({"mtime": int(MOMENT.timestamp())}, MOMENT),
        ({"LastModified": MOMENT.astimezone(BERLIN)}, MOMENT),
        ({"updated": "2026-10-01T05:30:00.000Z"}, MOMENT),
        ({"last_modified": MOMENT.replace(tzinfo=None)}, MOMENT),
        ({"created": MOMENT}, MOMENT),
        ({"mtime": MOMENT, "created": MOMENT - dt.timedelta(days=1)}, MOMENT),
        ({"mtime": None, "LastModified": MOMENT}, MOMENT),
        ({"mtime": 10**30, "updated": "yesterday", "modified": "2026-10-01 07:30+02:00"}, MOMENT),
        ({"ETag": "abc", "mtime": True}, None),
        ({}, None),
    ],
)
def test_a_file_systems_word_for_it_is_an_instant(entry: dict[str, Any], modified: dt.datetime | None) -> None:
    assert found("a", {"size": 1, **entry}).modified == modified


def test_a_file_that_only_says_another_time_is_the_same_file() -> None:
    assert found("a", {"size": 1, "created": 1.0}) == found("a", {"size": 1, "created": 2.0})
    assert found("a", {"size": 1, "mtime": 1.0}) != found("a", {"size": 1, "mtime": 2.0})


@pytest.mark.parametrize("kind", ["here", "memory"])
def test_a_file_that_was_just_written_was_changed_just_now(tmp_path: Path, kind: str) -> None:
    attach("memory", fs=MemoryFileSystem())
    path = tmp_path / "a.done" if kind == "here" else f"memory://storage/{tmp_path.name}.done"
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=5)
    with reach(str(path), airflow_connection) as place:
        place.files.pipe_file(place.pattern, b"")
        [file] = place.look()

    assert file.modified is not None
    assert before <= file.modified <= dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)


def test_the_time_of_a_file_here_is_the_one_that_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "a.done"
    path.touch()
    os.utime(path, (0, MOMENT.timestamp()))

    with reach(str(path), airflow_connection) as place:
        assert [file.modified for file in place.look()] == [MOMENT]
