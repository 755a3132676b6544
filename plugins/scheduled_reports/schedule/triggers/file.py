"""Runs when a file arrives."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from pydantic import Field, JsonValue, field_validator

from scheduled_reports.schedule.clock import Duration, in_words
from scheduled_reports.schedule.triggers.awaiting import Awaiting
from scheduled_reports.schedule.triggers.expression import Expression
from scheduled_reports.storage import require_known_kind

if TYPE_CHECKING:
    from airflow.sdk import Asset


class FileArrives(Awaiting):
    """Runs when a file is new or changed, and no longer written to; files that are there already start nothing."""

    type: Literal["file"]
    path: str = Field(
        min_length=1, max_length=1000,
        description="Where it comes to: a path, `/data/in/orders_*.csv`, or a URL through an Airflow connection, "
        "`s3://conn_id@bucket/in/*.csv`. It may hold `*`, `?`, `[…]` and `**`.",
    )  # fmt: skip
    every: Duration = Field(
        dt.timedelta(minutes=1), ge=dt.timedelta(seconds=1), le=dt.timedelta(days=1),
        description="How often to look; a file that looks the same twice has arrived.",
    )  # fmt: skip

    @field_validator("path")
    @classmethod
    def _path_is_whole(cls, path: str) -> str:
        if not path.startswith("/") and "://" not in path:
            raise ValueError(f"{path!r} is not a whole path; write it from the root, '/data/in/*.csv', or as a URL")
        if path.endswith("/"):
            raise ValueError(f"{path!r} is a folder; write which files in it, for example '{path}*.csv'")
        require_known_kind(path)
        return path

    def awaited(self, of: str) -> Expression:
        """Return the asset that stands for the arrival of a file for this schedule."""
        return f"report-file:{of}"

    def label(self, asset: str) -> str:
        """Return the path, which is what the reader of a spec knows."""
        return f"the file {self.path}"

    def airflow_asset(self, asset: str) -> Asset:
        """Return the asset, with the watcher that updates it.

        Raises:
            ValueError: There is no storage of the URL's kind.
        """
        from airflow.sdk import Asset, AssetWatcher

        from scheduled_reports.file_arrived import FileArrived, storage

        storage(self.path)
        trigger = FileArrived(asset=asset, path=self.path, every=self.every.total_seconds())
        watched: dict[str, JsonValue] = {"path": self.path, "every": in_words(self.every)}
        return Asset(asset, group="reports", extra=watched, watchers=[AssetWatcher(name=asset, trigger=trigger)])
