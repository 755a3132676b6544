"""Files as they were at another ref of a real git repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.repository import commit, git
from scheduled_reports.errors import ReportError
from scheduled_reports.git import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with two commits: a/b.txt says one, and then two."""
    (tmp_path / "a").mkdir()
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "a" / "b.txt").write_text("one")
    commit(tmp_path)
    (tmp_path / "a" / "b.txt").write_text("two")
    commit(tmp_path)
    return tmp_path


def test_a_folder_is_as_it_was_at_the_ref(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    found, target = Repository(repository / "a"), tmp_path_factory.mktemp("x") / "a"

    assert found.extract(found.commit("HEAD~1"), repository / "a", target)

    assert (target / "b.txt").read_text() == "one"
    assert (repository / "a" / "b.txt").read_text() == "two"


def test_a_folder_that_was_not_there_is_none(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    found, target = Repository(repository), tmp_path_factory.mktemp("x") / "new"
    (repository / "new").mkdir()

    assert not found.extract(found.commit("main"), repository / "new", target)
    assert not target.exists()


def test_links_that_lead_out_of_the_folder_are_left_out(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (repository / "a" / "absolute.txt").symlink_to("/etc/hostname")
    (repository / "a" / "above.txt").symlink_to("../../x.txt")
    (repository / "a" / "same.txt").symlink_to("b.txt")
    commit(repository)
    found, target = Repository(repository), tmp_path_factory.mktemp("x") / "a"

    assert found.extract(found.commit("main"), repository / "a", target)

    assert sorted(path.name for path in target.iterdir()) == ["b.txt", "same.txt"]
    assert (target / "same.txt").read_text() == "two"


def test_the_whole_working_tree_is_a_folder_too(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    found, target = Repository(repository), tmp_path_factory.mktemp("x")

    assert found.extract(found.commit("main"), repository, target)
    assert (target / "a" / "b.txt").read_text() == "two"


@pytest.mark.parametrize("ref", ["nowhere", "--help", "HEAD:a", ""])
def test_a_ref_that_there_is_not_is_told_and_never_taken_for_an_option(repository: Path, ref: str) -> None:
    with pytest.raises(ReportError, match="git knows no ref") as told:
        Repository(repository).commit(ref)

    assert "git fetch" in told.value.fix


def test_in_a_hook_of_git_the_folder_counts_and_not_the_hooks_own(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")

    assert Repository(repository / "a").root == repository


def test_a_folder_outside_of_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(ReportError, match="is not in a git repository"):
        Repository(tmp_path)


def test_a_machine_without_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ReportError, match="git is not installed"):
        Repository(tmp_path)


def test_the_state_is_the_commit_and_whether_a_file_was_changed_since(repository: Path) -> None:
    found, path = Repository(repository), repository / "a" / "b.txt"
    head = found.commit("HEAD")

    assert found.state(path) == head[:12]
    path.write_text("three")
    assert found.state(path) == f"{head[:12]}+"
    assert found.state(repository / "other") == head[:12]


def test_a_repository_without_a_commit_has_no_state(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    assert Repository(tmp_path).state(tmp_path) == ""
