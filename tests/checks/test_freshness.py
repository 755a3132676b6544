"""The check `freshness`. It is 6:30 in Berlin on 2 October 2026 in these tests, 4:30 in UTC."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from judging import Columns, results_of
from runs import run_of
from scheduled_reports.checks import Outcome
from scheduled_reports.checks.freshness import Freshness
from scheduled_reports.errors import CheckError
from specs import SALES

BERLIN = SALES.replace("    connection: shop\n", "    connection: shop\n    timezone: Europe/Berlin\n")


def freshness(**given: Any) -> Freshness:
    return Freshness.model_validate(
        {"type": "freshness", "dataset": "calls", "column": "seen_at", "within": "2h", **given}
    )


def at(*texts: str | None) -> pa.Table:
    """Return calls that were seen at wall times."""
    moments = [dt.datetime.fromisoformat(text) if text else None for text in texts]
    return pa.table({"seen_at": pa.array(moments, pa.timestamp("us")), "channel": ["phone"] * len(texts)})


def judged(folder: Path, calls: Columns | pa.Table, **given: Any) -> tuple[Outcome, str]:
    [result] = results_of(freshness(**given), folder, calls=calls)
    return result.outcome, result.reason


@pytest.mark.parametrize(
    ("newest", "outcome", "words"),
    [
        ("2026-10-02T04:29:59", "passed", "calls: newest seen_at is 2026-10-02 06:29, 1s old"),
        ("2026-10-02T02:30:00", "passed", "calls: newest seen_at is 2026-10-02 04:30, 2h old"),
        ("2026-10-02T02:29:59", "failed", "calls: newest seen_at is 2026-10-02 04:29, 2h old, at most 2h allowed"),
        ("2026-10-02T01:20:00", "failed", "calls: newest seen_at is 2026-10-02 03:20, 3h 10m old, at most 2h allowed"),
        ("2026-09-01T00:00:00", "failed", "calls: newest seen_at is 2026-09-01 02:00, 31d 4h old, at most 2h allowed"),
    ],
)
def test_the_newest_may_be_as_old_as_allowed(tmp_path: Path, newest: str, outcome: str, words: str) -> None:
    assert judged(tmp_path, at("2020-01-01", None, newest)) == (outcome, words)


def test_its_age_is_kept_in_seconds(tmp_path: Path) -> None:
    [result] = results_of(freshness(), tmp_path, calls=at("2026-10-02T04:00:00"))

    assert result.value == 1800


def test_wall_times_are_those_of_the_zone_that_is_given(tmp_path: Path) -> None:
    calls = at("2026-10-02T05:00:00")

    assert judged(tmp_path, calls, timezone="Europe/Berlin")[1].endswith("is 2026-10-02 05:00, 1h 30m old")
    assert judged(tmp_path, calls, timezone="America/New_York")[1].endswith(
        "is 2026-10-02 11:00, 0s old, which is in the future: a clock is wrong, or a time zone"
    )


def test_wall_times_of_a_source_are_those_of_its_zone(tmp_path: Path) -> None:
    run = run_of(tmp_path, BERLIN)

    [result] = results_of(freshness(dataset="orders"), tmp_path, run=run, orders=at("2026-10-02T05:00:00"))

    assert result.reason == "orders: newest seen_at is 2026-10-02 05:00, 1h 30m old"


def test_instants_are_what_they_are_whatever_zone_is_given(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 10, 2, 4, 0, tzinfo=dt.UTC)
    calls = pa.table({"seen_at": pa.array([moment], pa.timestamp("us", "UTC"))})

    for zone in (None, "Europe/Berlin", "Asia/Tokyo"):
        assert judged(tmp_path, calls, timezone=zone)[1] == "calls: newest seen_at is 2026-10-02 06:00, 30m old"


@pytest.mark.parametrize(("wall", "age"), [("2026-10-25T01:59", "2h 1m"), ("2026-10-25T03:00", "0s")])
def test_the_night_in_which_clocks_go_back_is_an_hour_longer(tmp_path: Path, wall: str, age: str) -> None:
    now = dt.datetime(2026, 10, 25, 2, 0, tzinfo=dt.UTC)

    [result] = results_of(freshness(timezone="Europe/Berlin", within="3h"), tmp_path, now=now, calls=at(wall))

    assert f", {age} old" in result.reason


def test_a_date_stands_for_its_whole_day(tmp_path: Path) -> None:
    def days(*given: dt.date) -> pa.Table:
        return pa.table({"seen_at": pa.array(given, pa.date32())})

    yesterday, today = dt.date(2026, 10, 1), dt.date(2026, 10, 2)

    assert judged(tmp_path, days(yesterday), timezone="Europe/Berlin", within="7h")[0] is Outcome.PASSED
    assert judged(tmp_path, days(yesterday), timezone="Europe/Berlin", within="6h")[0] is Outcome.FAILED
    assert judged(tmp_path, days(yesterday), timezone="Europe/Berlin", of="period_end", within="1s")[0] == "passed"
    outcome, words = judged(tmp_path, days(yesterday, today), timezone="Europe/Berlin")
    assert (outcome, "future" in words) == (Outcome.PASSED, False)


@pytest.mark.parametrize(
    ("newest", "outcome", "words"),
    [
        ("2026-10-01T22:10:00", "passed", "0s before the end of the period"),
        ("2026-10-01T21:30:00", "passed", "30m before the end of the period"),
        ("2026-10-01T20:00:00", "passed", "2h before the end of the period"),
        ("2026-10-01T19:00:00", "failed", "3h before the end of the period, at most 2h allowed"),
    ],
)
def test_it_may_be_counted_back_from_the_end_of_the_period(
    tmp_path: Path, newest: str, outcome: str, words: str
) -> None:
    found, reason = judged(tmp_path, at(newest), of="period_end")

    assert (found, reason.partition(", ")[2]) == (outcome, words)


def test_each_part_has_its_own_limit_and_fails_where_it_has_no_row_or_no_timestamp(tmp_path: Path) -> None:
    now = dt.datetime(2026, 10, 2, 4, 30)  # noqa: DTZ001 - a wall time
    calls = pa.table({
        "channel": ["phone", "chat", "mail", None],
        "seen_at": pa.array([now - dt.timedelta(minutes=40), now - dt.timedelta(minutes=50), None, now]),
    })  # fmt: skip

    check = freshness(by="channel", limits={"phone": {"within": "30m"}, "fax": {"within": "1d"}})
    results = {result.part: result for result in results_of(check, tmp_path, calls=calls)}

    assert {part: result.outcome for part, result in results.items()} == {
        "": "passed", "chat": "passed", "fax": "failed", "mail": "failed", "phone": "failed",
    }  # fmt: skip
    assert results["phone"].reason == "calls (phone): newest seen_at is 2026-10-02 05:50, 40m old, at most 30m allowed"
    assert results["mail"].reason == "calls (mail) has no seen_at in 1 rows"
    assert results["fax"].reason == "calls (fax) has no row"


@pytest.mark.parametrize("given", [{}, {"by": "channel"}])
def test_no_row_and_no_timestamp_fail(tmp_path: Path, given: dict[str, str]) -> None:
    assert judged(tmp_path, at(), **given) == ("failed", "calls has no row")
    assert judged(tmp_path, at(None, None), **given)[0] == "failed"


def test_only_the_rows_that_are_meant_are_looked_at(tmp_path: Path) -> None:
    calls = pa.table({"seen_at": at("2026-10-02T04:30", "2026-10-01T04:30")["seen_at"], "test": [True, False]})

    assert judged(tmp_path, calls)[0] is Outcome.PASSED
    assert judged(tmp_path, calls, where="NOT test")[0] is Outcome.FAILED


@pytest.mark.parametrize(
    ("values", "kind"),
    [(["2026-10-02 04:30"], "text"), ([1_790_000_000], "a number"), ([1.5], "a number"), ([True], "true or false")],
)
def test_what_is_no_timestamp_cannot_be_judged(tmp_path: Path, values: list[Any], kind: str) -> None:
    with pytest.raises(CheckError, match=f"check 'freshness_calls': 'seen_at' of calls is {kind}") as caught:
        judged(tmp_path, {"seen_at": values})

    assert "CAST" in caught.value.fix


def test_a_date_that_stands_for_never_cannot_be_judged(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"the newest 'seen_at' of calls is 2999-12-31 01:00.* fresh for ever"):
        judged(tmp_path, at("2999-12-31T00:00"))


def test_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="calls has no column 'seen': did you mean 'seen_at'"):
        judged(tmp_path, at("2026-10-02"), column="seen")


def test_a_column_with_quotes_in_its_name_is_a_column_like_any_other(tmp_path: Path) -> None:
    name = 'Zeit "neu")'
    calls = at("2026-10-02T04:00").rename_columns([name, "channel"])

    assert judged(tmp_path, calls, column=name)[0] is Outcome.PASSED


@pytest.mark.parametrize(
    "given",
    [{"within": None}, {"within": "0h"}, {"within": "soon"}, {"of": "noon"}, {"timezone": "Mars/Base"}, {"column": ""},
     {"limits": {"phone": {"within": "1h"}}}, {"by": "channel", "limits": {"phone": {}}}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        freshness(**given)


def test_the_columns_that_a_result_tells_of_are_told() -> None:
    shown = list(freshness(by="channel").shows())

    assert [(entry.table, entry.columns) for entry in shown] == [("calls", ("channel",)), ("calls", ("seen_at",))]
