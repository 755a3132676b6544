"""What every trigger offers that waits for something, and may have a deadline."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.schedule.frequencies import AnyFrequency, Frequency
from scheduled_reports.schedule.triggers.base import Trigger
from scheduled_reports.schedule.triggers.expression import Expression, in_words, is_plural, names_in

if TYPE_CHECKING:
    from airflow.sdk import Asset
    from airflow.sdk.definitions.asset import BaseAsset
    from airflow.timetables.base import Timetable

Otherwise = Literal["alert", "stale", "skip", "run"]
"""What happens at the deadline where something has not come."""

_LATEST = {
    "alert": "the owner is told where that is not so by {}",
    "stale": "at the latest {}, then marked STALE",
    "skip": "not later than {}",
    "run": "at the latest {}",
}


class Awaiting(Trigger):
    """What starts a run when Airflow's assets are updated, or at a deadline."""

    deadline: AnyFrequency | None = Field(
        None, description="When to stop waiting, a frequency: `{type: weekdays, at: '07:30'}`."
    )
    fallback: Otherwise | None = Field(
        None, alias="otherwise",
        description="What happens at the deadline where something has not come: the owner is told by mail and the "
        "report goes out when it comes (`alert`, unless given); it runs with a STALE banner (`stale`); it does not run "
        "for that period (`skip`); it runs as if nothing were missing (`run`).",
    )  # fmt: skip

    @model_validator(mode="after")
    def _fallback_has_a_deadline(self) -> Self:
        if self.fallback is not None and self.deadline is None:
            raise ValueError("'otherwise' says what happens at a deadline, and there is none; write 'deadline' too")
        return self

    @property
    def latest(self) -> Frequency | None:
        """The deadline."""
        return self.deadline

    @property
    def otherwise(self) -> Otherwise:
        """What happens at the deadline where something has not come."""
        return self.fallback or "alert"

    @abstractmethod
    def awaited(self, of: str) -> Expression:
        """Return the assets that must be updated.

        Args:
            of: The report and the schedule that it belongs to, `sales:daily`.
        """

    @abstractmethod
    def label(self, asset: str) -> str:
        """Return what a reader knows an asset as."""

    @abstractmethod
    def airflow_asset(self, asset: str) -> Asset | BaseAsset:
        """Return an asset as Airflow knows it."""

    def airflow_schedule(self, timetable: Timetable | None, of: str) -> Any:
        """Return the assets; with a deadline, also its time.

        Without a deadline Airflow decides when they have all been updated, which it counts since the run before. With
        one, every update starts a run and the gate decides by the period: where only the last of several started one,
        an update left over from yesterday would use up today's.
        """
        from airflow.sdk import AssetAny, AssetOrTimeSchedule

        awaited = self.awaited(of)
        if timetable is None:
            return self._airflow_expression(awaited)
        assets = [self.airflow_asset(name) for name in dict.fromkeys(name for _, name in names_in(awaited))]
        return AssetOrTimeSchedule(
            timetable=timetable,  # type: ignore[arg-type]  # it takes core timetables, which plug-ins' are, as well
            assets=assets[0] if len(assets) == 1 else AssetAny(*assets),
        )

    def words(self) -> str:
        """Return it in plain words."""
        awaited = self.awaited("")
        words = f"when {in_words(awaited, self.label)} {'are' if is_plural(awaited) else 'is'} updated"
        if self.deadline is None:
            return words
        return f"{words}; {_LATEST[self.otherwise].format(self.deadline.words())}"

    def _airflow_expression(self, expression: Expression) -> Any:
        from airflow.sdk import AssetAll, AssetAny

        if isinstance(expression, str):
            return self.airflow_asset(expression)
        entries = [self._airflow_expression(entry) for entry in (*expression.all_of, *expression.any_of)]
        if len(entries) == 1:
            return entries[0]
        return AssetAll(*entries) if expression.all_of else AssetAny(*entries)
