"""One look finds the files that a path means, on whatever storage, and tells what it cannot see from what is empty."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from airflow.sdk.io.store import attach
from fsspec.implementations.memory import MemoryFileSystem

from scheduled_reports.file_arrived import look, storage

NOBODY = 65534


def csv(folder: Path, name: str) -> None:
    (folder / name).write_text("1,2")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root's right to read every folder, where the tests have it."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_in_object_storage_a_folder_without_files_is_empty(tmp_path: Path) -> None:
    attach("memory", fs=MemoryFileSystem())
    assert look(f"memory://{tmp_path.name}/in/*.csv") == {}

    place = storage(f"memory://{tmp_path.name}/in/new.csv")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("1,2")

    [found] = look(f"memory://{tmp_path.name}/in/*.csv").values()
    assert (Path(found.path).name, found.size) == ("new.csv", 3)


def test_wildcards_go_through_folders_and_names_are_taken_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a b" / "deep").mkdir(parents=True)
    for name in ("a b/x%20.csv", "a b/deep/y#1.csv", "a b/deep/z?.csv"):
        csv(tmp_path, name)
    (tmp_path / "a b" / "folder.csv").mkdir()

    def names(pattern: str) -> list[str]:
        return sorted(Path(name).name for name in look(f"{tmp_path}/{pattern}"))

    assert names("a b/*.csv") == ["x%20.csv"]
    assert names("a b/**/*.csv") == ["x%20.csv", "y#1.csv", "z?.csv"]
    assert names("a b/deep/[yz]*.csv") == ["y#1.csv", "z?.csv"]
    assert names("a b/deep/y#1.csv") == ["y#1.csv"]
    assert names("a b/none.csv") == []


def test_a_folder_that_must_not_be_read_is_an_error_and_not_empty(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0)

    with as_nobody(), pytest.raises(PermissionError):
        look(f"{tmp_path}/locked/*.csv")


def test_a_url_leads_to_the_storage_it_names(tmp_path: Path) -> None:
    csv(tmp_path, "new.csv")

    assert list(look(f"file://{tmp_path}/*.csv")) == [f"{tmp_path}/new.csv"]
    with pytest.raises(ValueError, match="nope"):
        look("nope://bucket/*.csv")
