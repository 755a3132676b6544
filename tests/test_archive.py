"""A run's folder keeps files complete or not at all, in a folder or in object storage."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.io.store import attach
from fsspec.implementations.memory import MemoryFileSystem

from scheduled_reports.archive import RunFolder, folder_name
from scheduled_reports.errors import ArchiveError

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, as it loads its lineage code
SHARED_MEMORY = Path("/dev/shm")
"""Another file system than the tests' folder, so that moving a file there copies it."""


class BrokenLine(MemoryFileSystem):  # type: ignore[misc]
    """An object store whose connection breaks in the middle of each upload of more than 128 KiB."""

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        file = super()._open(path, mode, **options)
        if mode == "wb":
            whole = file.write

            def write(data: bytes) -> int:
                if file.tell() + len(data) > 2**17:
                    raise ConnectionResetError("the line broke")
                return int(whole(data))

            file.write = write
        return file


def run_folder(archive: str, run_id: str = "manual__1") -> RunFolder:
    attach("memory", fs=MemoryFileSystem())
    attach("memory", conn_id="broken", fs=BrokenLine(skip_instance_cache=True))
    return RunFolder.of(archive, "sales", "daily", "2026-10-01", run_id)


@pytest.fixture(params=["file", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> RunFolder:
    """Return a run's folder, on disk and in object storage."""
    return run_folder((tmp_path / "archive").as_uri().replace("file://", f"{request.param}://"))


def put(folder: RunFolder, name: str, data: bytes) -> str:
    with folder.scratch() as scratch:
        draft = scratch / "draft"
        draft.write_bytes(data)
        url = folder.put(draft, name)
        assert not draft.exists()
    return url


def test_what_is_put_can_be_fetched_alone_and_with_its_folder(folder: RunFolder) -> None:
    url = put(folder, "files/brief.pdf", b"one")
    put(folder, "files/brief.csv", b"two")

    assert url.endswith("/archive/sales/daily/2026-10-01/manual__1/files/brief.pdf")
    with folder.fetch("files/brief.pdf") as file:
        assert (file.name, file.read_bytes()) == ("brief.pdf", b"one")
    with folder.fetch("files") as files:
        assert {path.name: path.read_bytes() for path in files.iterdir()} == {"brief.pdf": b"one", "brief.csv": b"two"}


def test_a_second_file_of_a_name_replaces_the_first(folder: RunFolder) -> None:
    put(folder, "files/brief.pdf", b"a longer first one")
    put(folder, "files/brief.pdf", b"second")

    with folder.fetch("files/brief.pdf") as file:
        assert file.read_bytes() == b"second"


def test_a_file_of_several_megabytes_arrives_whole(folder: RunFolder) -> None:
    data = bytes(range(256)) * 20_000
    put(folder, "data/orders.parquet", data)

    with folder.fetch("data/orders.parquet") as file:
        assert file.read_bytes() == data


def test_what_is_not_there_is_told_with_its_place(folder: RunFolder) -> None:
    with pytest.raises(ArchiveError) as caught, folder.fetch("files/brief.pdf"):
        pass

    assert "manual__1/files/brief.pdf" in str(caught.value)
    assert "[scheduled_reports] archive" in caught.value.fix
    assert caught.value.retryable


def test_the_scratch_folder_is_gone_afterwards_also_after_an_error(folder: RunFolder) -> None:
    seen: list[Path] = []

    def fail() -> None:
        with folder.scratch() as scratch:
            seen.append(scratch)
            (scratch / "draft").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert [scratch.exists() for scratch in seen] == [False]


def test_the_manifest_is_empty_at_first_and_then_keeps_every_note(folder: RunFolder) -> None:
    assert folder.manifest() == {}
    folder.note(report={"title": "Übersicht 🎉"}, state="running")
    noted = folder.note(state="delivered", day=Path("x"))

    assert noted["report"] == {"title": "Übersicht 🎉"}
    assert folder.manifest() == {"report": {"title": "Übersicht 🎉"}, "state": "delivered", "day": "x"}


def test_a_manifest_that_is_damaged_is_told_and_not_taken_for_empty(folder: RunFolder) -> None:
    put(folder, "manifest.json", b"{")

    with pytest.raises(ArchiveError, match=r"cannot read .*manifest\.json"):
        folder.note(state="delivered")


def test_an_upload_that_breaks_leaves_what_was_there(tmp_path: Path) -> None:
    bucket = f"memory://broken@{tmp_path.name}/reports"
    folder = run_folder(bucket)
    put(folder, "files/brief.pdf", b"yesterday's")
    (tmp_path / "new").write_bytes(b"x" * 2**18)
    (tmp_path / "other").write_bytes(b"x" * 2**18)

    with pytest.raises(ArchiveError, match="the line broke"):
        folder.put(tmp_path / "new", "files/brief.pdf")
    with pytest.raises(ArchiveError, match="the line broke"):
        folder.put(tmp_path / "other", "files/other.pdf")

    with folder.fetch("files") as files:
        assert {path.name: path.read_bytes() for path in files.iterdir()} == {"brief.pdf": b"yesterday's"}
    assert (tmp_path / "new").stat().st_size == 2**18, "what was not stored is kept for the next attempt"


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="there is no second file system to copy from")
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    script = (
        "import resource, sys, tempfile; from pathlib import Path\n"
        "from scheduled_reports.archive import RunFolder\n"
        "folder = RunFolder.of(sys.argv[1], 'sales', 'daily', '2026-10-01', 'manual__1')\n"
        "with tempfile.NamedTemporaryFile(dir='/dev/shm', delete=False) as draft: draft.write(b'x' * 100_000)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: folder.put(Path(draft.name), 'files/brief.pdf')\n"
        "finally: Path(draft.name).unlink()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path.as_uri()], capture_output=True, text=True, check=False
    )

    assert "ArchiveError: cannot write" in done.stderr
    assert "File too large" in done.stderr
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("in the way")
    (tmp_path / "draft").write_text("x")
    folder = run_folder((tmp_path / "archive").as_uri())

    for attempt in (lambda: folder.put(tmp_path / "draft", "files/x"), lambda: folder.note(state="x")):
        with pytest.raises(ArchiveError, match="archive"):
            attempt()
    with pytest.raises(ArchiveError, match="cannot write"), folder.scratch():
        pass


def test_a_kind_of_storage_that_there_is_not_is_told_and_not_tried_again() -> None:
    with pytest.raises(ArchiveError, match=r"no archive s4://bucket/reports: Unsupported filesystem: 's4'") as caught:
        run_folder("s4://bucket/reports")

    assert not caught.value.retryable


def test_a_local_archive_may_have_any_name(tmp_path: Path) -> None:
    archive = tmp_path / "my reports #1 100%20 ä [prod]"
    run_folder(archive.as_uri()).note(state="x")

    [manifest] = tmp_path.rglob("manifest.json")
    assert manifest.relative_to(archive) == Path("sales/daily/2026-10-01/manual__1/manifest.json")
    assert json.loads(manifest.read_text()) == {"state": "x"}


@pytest.mark.parametrize(
    ("run_id", "name"),
    [
        ("scheduled__2026-10-02T04:30:00+00:00", "scheduled__2026-10-02T04_30_00_00_00"),
        ("manual/../../etc", "manual_.._.._etc"),
        ("a b\nc\\d", "a_b_c_d"),
        ("..", "_."),
        (".", "_"),
        ("~root", "_root"),
        ("größer=1", "größer=1"),
    ],
)
def test_a_run_id_becomes_the_name_of_one_folder(tmp_path: Path, run_id: str, name: str) -> None:
    assert folder_name(run_id) == name

    run_folder(tmp_path.as_uri(), run_id).note(state="x")

    assert [path.parent.name for path in (tmp_path / "sales/daily/2026-10-01").rglob("manifest.json")] == [name]


def test_a_folder_is_found_again_at_its_url_and_tells_what_it_holds(tmp_path: Path) -> None:
    folder = run_folder((tmp_path / "a b").as_uri())
    folder.note(state="x")

    again = RunFolder.at(folder.uri)

    assert again.manifest() == {"state": "x"}
    assert again.names(".") == ["manifest.json"]
    assert again.names("data") == []
