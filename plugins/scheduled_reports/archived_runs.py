"""The runs that the archive keeps of one schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scheduled_reports.archive import FIX, RunFolder
from scheduled_reports.errors import ArchiveError
from scheduled_reports.schedule.period import Period

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class ArchivedRun:
    """One run as its manifest tells it.

    Attributes:
        folder: Where it keeps its data and files.
        manifest: What its steps have noted.
    """

    folder: RunFolder
    manifest: dict[str, Any]

    @property
    def id(self) -> str:
        """Airflow's run id."""
        return str(self.manifest.get("run", {}).get("id", self.folder.root.name))

    @property
    def state(self) -> str:
        """What became of it; a run that nobody has settled is still going."""
        return str(self.manifest.get("state") or "running")

    @property
    def sent(self) -> bool:
        """Whether somebody got something of it: all, or in a run that failed some of its recipients."""
        deliveries = self.manifest.get("deliveries") or ()
        return self.state == "delivered" or any(entry.get("state") == "delivered" for entry in deliveries)

    @property
    def began(self) -> dt.datetime:
        """When it began for the first time, aware."""
        return dt.datetime.fromisoformat(self.manifest["run"]["started_at"])

    @property
    def start(self) -> dt.datetime:
        """The first instant of its period, aware."""
        return dt.datetime.fromisoformat(self.manifest["period"]["start"])

    @property
    def end(self) -> dt.datetime:
        """The first instant after its period, aware."""
        return dt.datetime.fromisoformat(self.manifest["period"]["end"])

    @property
    def label(self) -> str:
        """Its period in words."""
        return str(self.manifest["period"]["label"])

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """What is known of each of its tables: rows, bytes."""
        return dict(self.manifest.get("tables") or {})


@dataclass(frozen=True)
class ScheduleArchive:
    """What the archive keeps of one schedule.

    Attributes:
        archive: URL of the archive.
        report_id: The report.
        schedule_id: Its schedule.
    """

    archive: str
    report_id: str
    schedule_id: str

    @cached_property
    def root(self) -> ObjectStoragePath:
        """The folder that has one folder for each period."""
        return RunFolder.of(self.archive, self.report_id, self.schedule_id, "period", "run").root.parent.parent

    def of_period(self, period: Period) -> list[ArchivedRun]:
        """Return the runs of a period, the newest first.

        Raises:
            ArchiveError: The archive cannot be read.
        """
        return [run for run in self._runs(period.slug) if (run.start, run.end) == (period.start, period.end)]

    def until(self, moment: dt.datetime) -> Iterator[list[ArchivedRun]]:
        """Yield the runs of each period that ends at or before `moment` (aware), the newest period first.

        Raises:
            ArchiveError: The archive cannot be read.
        """
        latest = f"{moment + _ONE_DAY:%Y-%m-%d}"  # by whatever zone's days the folders are named
        for slug in self.slugs():
            runs = [run for run in self._runs(slug) if run.end <= moment] if slug[: len(latest)] <= latest else []
            if runs:
                yield runs

    def slugs(self) -> list[str]:
        """Return the periods that there are, as their folders are called, the newest first.

        Raises:
            ArchiveError: The archive cannot be read.
        """
        return sorted((path.name for path in _children(self.root)), reverse=True)

    def _runs(self, slug: str) -> list[ArchivedRun]:
        folders = [RunFolder(path) for path in _children(self.root / slug)]
        runs = [ArchivedRun(folder, manifest) for folder in folders if "period" in (manifest := folder.manifest())]
        return sorted(runs, key=lambda run: run.began, reverse=True)


def _children(folder: ObjectStoragePath) -> list[ObjectStoragePath]:
    """Return the folders in a folder; none where there is no such folder."""
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".") and path.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except Exception as error:
        raise ArchiveError(f"cannot read {folder}", why=str(error), fix=FIX) from error
