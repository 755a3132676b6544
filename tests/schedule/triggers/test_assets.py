"""A schedule that waits for assets: what Airflow is told, and what the reader is."""

import datetime as dt
from typing import Any

import pytest
from airflow.sdk import AssetAll, AssetAny, AssetOrTimeSchedule
from airflow.sdk.definitions.asset import AssetNameRef, AssetUriRef
from airflow.serialization.decoders import decode_timetable
from airflow.serialization.encoders import encode_timetable
from pydantic import ValidationError

from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.timetable import ReportTimetable
from scheduled_reports.schedule.triggers.assets import Assets

HALF_PAST_SEVEN = {"type": "weekdays", "at": "07:30"}


def assets(**fields: Any) -> Assets:
    return Assets.model_validate({"type": "assets", **fields})


def timetable(trigger: Assets) -> ReportTimetable:
    return ReportTimetable(Recurrence.model_validate({"when": HALF_PAST_SEVEN}), dt.timedelta(hours=1))


def test_without_a_deadline_airflow_is_given_the_whole_expression() -> None:
    schedule = assets(all_of=["orders", {"any_of": ["fx_ecb", "S3://lake/fx/"]}]).airflow_schedule(None, "sales:daily")

    assert schedule == AssetAll(
        AssetNameRef("orders"), AssetAny(AssetNameRef("fx_ecb"), AssetUriRef("s3://lake/fx"))
    )  # as Airflow writes the URI of the asset itself


def test_a_single_asset_needs_no_group() -> None:
    assert assets(any_of=["orders"]).airflow_schedule(None, "sales:daily") == AssetNameRef("orders")
    nested = assets(all_of=[{"any_of": ["orders"]}]).airflow_schedule(None, "sales:daily")
    assert nested == AssetNameRef("orders")


def test_with_a_deadline_every_update_starts_a_run_that_the_gate_judges() -> None:
    trigger = assets(all_of=["orders", {"any_of": ["fx", "orders"]}], deadline=HALF_PAST_SEVEN)

    schedule = trigger.airflow_schedule(timetable(trigger), "sales:daily")

    assert isinstance(schedule, AssetOrTimeSchedule)
    assert schedule.asset_condition == AssetAny(AssetNameRef("orders"), AssetNameRef("fx"))


@pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, where it reads plugins/.airflowignore
def test_airflow_keeps_both_in_its_database_and_says_when_it_runs() -> None:
    trigger = assets(all_of=["orders", "fx"], deadline=HALF_PAST_SEVEN)
    schedule = trigger.airflow_schedule(timetable(trigger), "sales:daily")

    kept = decode_timetable(encode_timetable(schedule))

    assert kept.summary == "Asset or 07:30 on weekdays, UTC"
    assert kept.description == "Triggered by assets or 07:30 on weekdays, UTC; at most 1h late"
    assert encode_timetable(kept) == encode_timetable(schedule)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "when orders and fx are updated"),
        ({"deadline": HALF_PAST_SEVEN}, "when orders and fx are updated; the owner is told where that is not so by "),
        ({"deadline": HALF_PAST_SEVEN, "otherwise": "stale"}, "when orders and fx are updated; at the latest "),
        ({"deadline": HALF_PAST_SEVEN, "otherwise": "skip"}, "when orders and fx are updated; not later than "),
        ({"deadline": HALF_PAST_SEVEN, "otherwise": "run"}, "when orders and fx are updated; at the latest "),
    ],
)
def test_it_says_in_words_when_it_runs(fields: dict[str, Any], said: str) -> None:
    latest = {"stale": "07:30 on weekdays, then marked STALE"}.get(fields.get("otherwise", ""), "07:30 on weekdays")

    assert assets(all_of=["orders", "fx"], **fields).words() == said + (latest if fields else "")


def test_where_nobody_says_what_happens_at_the_deadline_the_owner_is_told() -> None:
    trigger = assets(all_of=["orders"], deadline=HALF_PAST_SEVEN)

    assert trigger.otherwise == "alert"
    assert trigger.latest is trigger.deadline


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "no asset is named; name at least one"),
        ({"all_of": ["a"], "any_of": ["b"]}, "both all_of and any_of are given"),
        ({"all_of": ["a"], "otherwise": "stale"}, "there is none; write 'deadline' too"),
        ({"all_of": ["a"], "deadline": HALF_PAST_SEVEN, "otherwise": "mail"}, "'alert', 'stale', 'skip' or 'run'"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        assets(**fields)
