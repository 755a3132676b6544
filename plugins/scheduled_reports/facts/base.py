"""What conditions may ask Airflow, beside its connections: Variables, and when assets were updated."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol

from scheduled_reports.errors import ReportError

if TYPE_CHECKING:
    from airflow.sdk.definitions.asset import BaseAsset


class AirflowFacts(Protocol):
    """What Airflow knows."""

    def variable(self, key: str) -> str | None:
        """Return an Airflow Variable as text; None where there is none."""

    def updated(self, asset: str) -> dt.datetime | None:
        """Return when an asset, by its name or its URI, was last updated, aware; None for never."""


class NoAirflow:
    """Stands where Airflow is not there to be asked."""

    def variable(self, key: str) -> str | None:
        """Say that nobody can tell."""
        raise ReportError(f"the Airflow Variable {key!r} cannot be read here", why="Airflow is not there to be asked")

    def updated(self, asset: str) -> dt.datetime | None:
        """Say that nobody can tell."""
        raise ReportError(f"the asset {asset!r} cannot be asked for here", why="Airflow is not there to be asked")


def asset_reference(asset: str) -> BaseAsset:
    """Return a reference by name, or by URI where it has `://` in it: it meets whatever DAG declares the asset."""
    from airflow.sdk import Asset

    return Asset.ref(uri=Asset(uri=asset).uri) if "://" in asset else Asset.ref(name=asset)
