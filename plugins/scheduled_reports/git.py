"""What git knows of specs: their commit, and how files were at another ref."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from scheduled_reports.errors import ReportError

_OF_HOOKS = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}
"""What git tells its hooks: paths that are right only where the hook was started."""


class Repository:
    """The git repository that a folder is in.

    Args:
        folder: Any folder of its working tree.

    Raises:
        ReportError: There is none, or git is not installed.
    """

    def __init__(self, folder: Path) -> None:
        program = shutil.which("git")
        if program is None:
            raise ReportError("git is not installed", fix="install it, or look at both versions without --diff")
        self._program, self._folder = program, folder
        found = self._run("rev-parse", "--show-toplevel")
        if found.returncode:
            why, fix = _said(found), "name a folder of specs that is under git with --specs"
            raise ReportError(f"{folder} is not in a git repository", why=why, fix=fix)
        self._folder = self.root = Path(found.stdout.decode().strip())

    def commit(self, ref: str) -> str:
        """Return the commit that a branch, tag or commit means.

        Raises:
            ReportError: It means none.
        """
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if found.returncode:
            fix = "name a branch, tag or commit that is here: git branch --all; git fetch gets what is missing"
            raise ReportError(f"git knows no ref {ref!r} in {self.root}", why=_said(found), fix=fix)
        return found.stdout.decode().strip()

    def extract(self, commit: str, folder: Path, target: Path) -> bool:
        """Copy a folder of the working tree, as it was at `commit`, to `target`; return whether it was there.

        Links that lead out of the folder are left out: what they lead to is not the commit's.

        Raises:
            ReportError: git refuses.
        """
        place = folder.resolve().relative_to(self.root.resolve()).as_posix()
        tree = commit if place == "." else f"{commit}:{place}"
        if self._run("cat-file", "-e", tree).returncode:
            return False
        archive = self._run("archive", "--format=tar", tree)
        if archive.returncode:
            raise ReportError(f"git cannot read {place} at {commit[:12]}", why=_said(archive), fix="try git fsck")
        target.mkdir(parents=True, exist_ok=True)
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(target, filter=_inside)  # noqa: S202 - which lets nothing out of it
        return True

    def state(self, path: Path) -> str:
        """Return the commit that is checked out, 12 hex digits, with `+` behind it where `path` was changed since.

        Returns:
            The commit; empty before the first.
        """
        head = self._run("rev-parse", "--verify", "--quiet", "--short=12", "HEAD")
        if head.returncode:
            return ""
        changed = self._run("status", "--porcelain", "--", str(path.resolve())).stdout.strip()
        return head.stdout.decode().strip() + ("+" if changed else "")

    def holds(self, folder: Path) -> bool:
        """Return whether a folder is in its working tree."""
        return folder.resolve().is_relative_to(self.root.resolve())

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        environment = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
        return subprocess.run(  # noqa: S603 - no shell
            [self._program, *arguments], cwd=self._folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, check=False,
        )  # fmt: skip


def _inside(member: tarfile.TarInfo, target: str) -> tarfile.TarInfo | None:
    try:
        return tarfile.data_filter(member, target)
    except tarfile.FilterError:
        return None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
