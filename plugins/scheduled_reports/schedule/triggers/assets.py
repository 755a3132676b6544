"""Runs when data is ready: when the Airflow DAGs that make it say that they have updated it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.facts.base import asset_reference
from scheduled_reports.schedule.triggers.awaiting import Awaiting
from scheduled_reports.schedule.triggers.expression import Expression, Group

if TYPE_CHECKING:
    from airflow.sdk.definitions.asset import BaseAsset


class Assets(Awaiting):
    """Runs when Airflow assets are updated; another report is the asset `report:<report>:<schedule>`."""

    type: Literal["assets"]
    all_of: tuple[Expression, ...] = Field(
        (), description="Assets that must all be updated: names, URIs (with `://`), or groups by all_of or any_of."
    )
    any_of: tuple[Expression, ...] = Field((), description="Assets of which one is enough, written likewise.")

    @model_validator(mode="after")
    def _names_assets(self) -> Self:
        self.awaited("")
        return self

    def awaited(self, of: str) -> Expression:
        """Return the assets that must be updated."""
        return Group(all_of=self.all_of, any_of=self.any_of)

    def label(self, asset: str) -> str:
        """Return the asset's name, which is what the reader of a spec knows."""
        return asset

    def airflow_asset(self, asset: str) -> BaseAsset:
        """Return a reference by name or URI: it meets whatever DAG declares the asset, with whatever else it says."""
        return asset_reference(asset)
