"""What is in the demo warehouse: the same every time, and plausible on the demo day."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from demo import warehouse
from demo.warehouse_calendar import easter, holidays

BERLIN = ZoneInfo("Europe/Berlin")
DEMO_DAY = date(2026, 10, 1)
CONTACT = "outcome IN ('sale', 'callback', 'refused')"


@pytest.fixture(scope="module")
def year_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("year") / "warehouse.sqlite"
    warehouse.build(path)
    return path


@pytest.fixture
def year(year_file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(year_file)) as connection:
        yield connection


def rows(connection: sqlite3.Connection, sql: str, *values: object) -> list[tuple]:
    return connection.execute(sql, values).fetchall()


def berlin_day(day: date) -> tuple[str, str]:
    """Return the half-open UTC span of a local day, as the warehouse writes times."""
    midnights = (datetime.combine(day + timedelta(days=more), datetime.min.time(), BERLIN) for more in (0, 1))
    first, second = (f"{midnight.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for midnight in midnights)
    return first, second


def everything_of(path: Path, day: date) -> list[list[tuple]]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            rows(connection, "SELECT * FROM calls WHERE date(started_at) = ? ORDER BY id", str(day)),
            rows(connection, "SELECT * FROM sales WHERE date(sold_at) = ? ORDER BY id", str(day)),
            rows(connection, "SELECT * FROM targets WHERE month = ?", str(day.replace(day=1))),
        ]


def test_a_year_has_as_many_rows_as_a_real_centre(year: sqlite3.Connection) -> None:
    counts = {table: rows(year, f"SELECT count(*) FROM {table}")[0][0] for table in warehouse.TABLES}

    assert 230_000 <= counts["calls"] <= 280_000
    assert 7_000 <= counts["sales"] <= 10_000
    assert counts["campaigns"] == 10
    assert counts["agents"] == 45


@pytest.mark.parametrize("day", [DEMO_DAY, date(2026, 9, 15), date(2026, 9, 26)])
def test_a_day_is_identical_whatever_window_is_built_around_it(year_file: Path, tmp_path: Path, day: date) -> None:
    short = tmp_path / "short.sqlite"
    warehouse.build(short, day - timedelta(days=1), day)

    assert everything_of(short, day)[0]
    assert everything_of(short, day) == everything_of(year_file, day)


def test_every_reference_points_at_a_row(year: sqlite3.Connection) -> None:
    assert rows(year, "PRAGMA foreign_key_check") == []
    assert rows(year, "PRAGMA integrity_check") == [("ok",)]


def test_every_sale_belongs_to_a_call_that_sold_and_to_its_campaign_and_agent(
    year: sqlite3.Connection,
) -> None:
    matching = rows(
        year,
        "SELECT count(*) FROM sales JOIN calls ON calls.id = call_id AND outcome = 'sale'"
        " AND calls.campaign_id = sales.campaign_id AND calls.agent_id = sales.agent_id"
        " AND sold_at > started_at",
    )

    assert matching == rows(year, "SELECT count(*) FROM sales")
    assert matching == rows(year, "SELECT count(*) FROM calls WHERE outcome = 'sale'")


def test_nobody_calls_on_sundays_or_public_holidays(year: sqlite3.Connection) -> None:
    worked = {date.fromisoformat(day) for (day,) in rows(year, "SELECT DISTINCT date(started_at) FROM calls")}

    assert not {day for day in worked if day.weekday() == 6}
    assert not worked & (holidays(2025) | holidays(2026))
    assert len(worked) == 365 - 52 - 9


def test_the_holidays_are_those_of_the_german_calendar() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25),
    ]  # fmt: skip
    assert sorted(f"{day:%m-%d}" for day in holidays(2026)) == [
        "01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26",
    ]  # fmt: skip


def test_calls_are_made_between_8_and_20_in_berlin_in_summer_and_winter(year: sqlite3.Connection) -> None:
    for day in (date(2026, 1, 15), date(2026, 7, 15)):
        times = rows(year, "SELECT started_at FROM calls WHERE date(started_at) = ? ORDER BY 1", str(day))
        local = [datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(BERLIN) for (text,) in times]

        assert local[0].hour == 8
        assert local[-1].hour == 19


def test_nothing_is_recorded_while_the_dialler_is_down(year: sqlite3.Connection) -> None:
    hole = rows(
        year,
        "SELECT max(CASE WHEN started_at < '2026-09-15 10:00' THEN started_at END),"
        " min(CASE WHEN started_at > '2026-09-15 10:00' THEN started_at END)"
        " FROM calls WHERE date(started_at) = '2026-09-15'",
    )[0]

    assert "2026-09-15 08:10:00" < hole[0] < "2026-09-15 08:20:00"
    assert "2026-09-15 13:40:00" <= hole[1] < "2026-09-15 13:50:00"


def test_mondays_are_strong_and_fridays_saturdays_christmas_and_summer_weak(year: sqlite3.Connection) -> None:
    weekday = dict(
        rows(
            year,
            "SELECT strftime('%w', started_at), count(*) / count(DISTINCT date(started_at)) FROM calls GROUP BY 1",
        )
    )
    day = dict(rows(year, "SELECT date(started_at), count(*) FROM calls GROUP BY 1"))

    assert weekday["1"] > weekday["3"] > weekday["5"] > 2 * weekday["6"]
    assert day["2025-12-29"] < 0.5 * day["2025-12-01"]
    assert day["2026-08-05"] < 0.9 * day["2026-06-24"]


def test_campaigns_and_agents_work_only_while_they_exist(year: sqlite3.Connection) -> None:
    outside = (
        "SELECT count(*) FROM calls JOIN {table} AS one ON one.id = {key}"
        " WHERE date(started_at) < one.{start}"
        " OR date(started_at) {after} one.{end}"
    )
    campaigns = outside.format(table="campaigns", key="campaign_id", start="started_on", after=">", end="ended_on")
    agents = outside.format(table="agents", key="agent_id", start="hired_on", after=">=", end="left_on")

    assert rows(year, campaigns) == rows(year, agents) == [(0,)]


@pytest.mark.parametrize(
    "name",
    [
        "Win-Back \"Sommer '26\"", "Energy, Gas & Water", "Solar ☀️ Upgrade", "=Premium+ Renewal",
        "Fiber <100 Mbit> & TV", "Jörg Müßig", "Zoë Çelik", "王小明",
    ],
)  # fmt: skip
def test_the_awkward_names_are_there_and_have_calls(year: sqlite3.Connection, name: str) -> None:
    found = rows(
        year,
        "SELECT count(*) FROM calls JOIN campaigns ON campaigns.id = campaign_id"
        " JOIN agents ON agents.id = agent_id WHERE ? IN (campaigns.name, agents.name)",
        name,
    )

    assert found[0][0] > 1_000


def test_one_campaign_has_a_name_that_no_column_is_wide_enough_for(year: sqlite3.Connection) -> None:
    assert rows(year, "SELECT max(length(name)) FROM campaigns")[0][0] >= 70


def test_some_outcomes_and_regions_are_missing_and_only_answered_calls_have_talk_time(
    year: sqlite3.Connection,
) -> None:
    outcomes, regions = rows(
        year, "SELECT avg(outcome IS NULL), avg(customer_region IS NULL) FROM calls"
    )[0]  # fmt: skip
    silent = rows(
        year,
        "SELECT outcome, count(talk_seconds), min(talk_seconds) FROM calls WHERE outcome IS NOT NULL GROUP BY 1",
    )

    assert 0.01 < outcomes < 0.02
    assert 0.02 < regions < 0.04
    assert {outcome for outcome, talked, _ in silent if not talked} == {"no_answer", "busy", "voicemail"}
    assert min(shortest for _, _, shortest in silent if shortest is not None) >= 6


def test_amounts_are_positive_cents_and_some_sales_are_cancelled_later(year: sqlite3.Connection) -> None:
    assert rows(year, "SELECT count(*) FROM sales WHERE amount_eur <= 0 OR amount_eur <> round(amount_eur, 2)") == [
        (0,)
    ]
    cancelled, early = rows(year, "SELECT avg(cancelled_at IS NOT NULL), sum(cancelled_at < sold_at) FROM sales")[0]
    assert 0.04 < cancelled < 0.08
    assert early == 0


def test_the_demo_day_is_a_good_and_plausible_thursday(year: sqlite3.Connection) -> None:
    calls, contacts, sales = rows(
        year,
        f"SELECT count(*), sum({CONTACT}), sum(outcome = 'sale') FROM calls WHERE started_at >= ? AND started_at < ?",
        *berlin_day(DEMO_DAY),
    )[0]
    revenue = rows(year, "SELECT sum(amount_eur) FROM sales WHERE sold_at >= ? AND sold_at < ?", *berlin_day(DEMO_DAY))[
        0
    ][0]

    assert 900 <= calls <= 1200
    assert 0.35 <= contacts / calls <= 0.45
    assert 0.07 <= sales / contacts <= 0.10
    assert 5_000 <= revenue <= 20_000


def test_every_campaign_that_is_active_on_the_demo_day_makes_calls_and_sells(
    year: sqlite3.Connection,
) -> None:
    active = rows(
        year,
        "SELECT id FROM campaigns WHERE started_on <= ? AND coalesce(ended_on, '9') >= ? ORDER BY id",
        str(DEMO_DAY),
        str(DEMO_DAY),
    )
    busy = rows(
        year,
        "SELECT campaign_id FROM calls WHERE date(started_at) = ? GROUP BY 1"
        " HAVING count(*) >= 50 AND sum(outcome = 'sale') >= 1 ORDER BY 1",
        str(DEMO_DAY),
    )

    assert len(active) == 8
    assert busy == active


def test_targets_are_near_what_happens(year: sqlite3.Connection) -> None:
    for column, actual in (("calls", "calls"), ("sales", "sales")):
        target = rows(year, f"SELECT sum({column}) FROM targets")[0][0]
        made = rows(year, f"SELECT count(*) FROM {actual}")[0][0]
        assert 0.85 < made / target < 1.1
