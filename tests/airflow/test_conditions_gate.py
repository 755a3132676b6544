"""The conditions `flag`, `freshness` and `event` in real Airflow: Variables and assets through its API server."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.mail_server import MailServer
from scheduled_reports.errors import ReportError
from scheduled_reports.facts.stored import StoredFacts
from specs import SALES, write

RunDag = Callable[..., tuple[str, dict[str, Any]]]

CONDITIONS = """on_empty: send
run_when:
  all:
    - {type: flag, variable: loaded_until, equals: "{{ period.last_day:%Y-%m-%d }}"}
    - not: {type: flag, variable: reports_frozen}
    - {type: freshness, connection: shop, sql: "SELECT max(ordered_at) FROM orders", within: 3d, of: period_end}
    - any:
        - {type: event, asset: never_made}
        - {type: event, asset: "x-shop://stock", since: last_delivery}
"""
SPEC = SALES.replace("run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n", CONDITIONS)
LATER = dt.timedelta(hours=1)


@pytest.fixture
def airflow(airflow_database: Path) -> Any:
    """Airflow's database, empty of Variables and assets, as a function that gives a session."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.models.variable import Variable
    from airflow.settings import get_session
    from sqlalchemy import delete

    def clear() -> None:
        with get_session()() as session:
            for table in (AssetEvent, AssetModel, Variable):
                session.execute(delete(table))
            session.commit()

    clear()
    yield get_session()
    clear()


def set_variable(airflow: Any, key: str, value: str) -> None:
    from airflow.models.variable import Variable

    with airflow() as session:
        session.add(Variable(key=key, val=value))
        session.commit()


def update_asset(airflow: Any, at: dt.datetime, name: str = "stock", **extra: object) -> None:
    """Note that an asset was updated, as Airflow does where a task with that outlet ends."""
    from airflow.models.asset import AssetActive, AssetEvent, AssetModel
    from sqlalchemy import select

    with airflow() as session:
        asset = session.scalars(select(AssetModel).where(AssetModel.name == name)).one_or_none()
        if asset is None:
            asset = AssetModel(name=name, uri=f"x-shop://{name}")
            session.add(asset)
            session.flush()
            session.add(AssetActive.for_asset(asset))
        session.add(AssetEvent(asset_id=asset.id, timestamp=at, extra=extra))
        session.commit()


def manifest(project: Path, period: str) -> dict[str, Any]:
    [path] = (project / "archive").rglob(f"{period}*/*/manifest.json")
    return dict(json.loads(path.read_text()))


def test_variables_and_assets_decide_in_a_task_whether_it_runs(
    project: Path, inbox: MailServer, run_dag: RunDag, airflow: Any
) -> None:
    write(project, SPEC)
    now = dt.datetime.now(dt.UTC)

    state, instances = run_dag("sales__daily")

    assert (state, str(instances["gate"].state), len(inbox.messages())) == ("success", "skipped", 0)
    reason = manifest(project, "2026-10-01")["reason"]
    assert "there is no Airflow Variable 'loaded_until'" in reason
    assert "never_made was never updated; x-shop://stock was never updated" in reason

    set_variable(airflow, "loaded_until", "2026-10-01")
    update_asset(airflow, now - LATER)
    update_asset(airflow, now, latest_period=False)
    state, instances = run_dag("sales__daily")

    assert (state, str(instances["gate"].state), len(inbox.messages())) == ("success", "success", 2)
    [first, *_] = sorted((project / "archive").rglob("manifest.json"), key=lambda path: path.stat().st_mtime)[::-1]
    noted = {entry["reason"]: entry["met"] for entry in json.loads(first.read_text())["conditions"]}
    assert noted["the Airflow Variable 'loaded_until' is '2026-10-01'"] is True
    assert any("and nothing was delivered before" in reason for reason in noted)


def test_the_same_update_does_not_send_twice_and_the_next_one_does(
    project: Path, inbox: MailServer, run_dag: RunDag, airflow: Any
) -> None:
    write(project, SPEC)
    set_variable(airflow, "loaded_until", "2026-10-01")
    now = dt.datetime.now(dt.UTC)
    update_asset(airflow, now - LATER)
    run_dag("sales__daily")
    assert len(inbox.messages()) == 2

    write(project, SPEC.replace("period.last_day:%Y-%m-%d", "'2026-10-01'"))
    run_dag("sales__daily", period="2026-10-02")
    assert "and not since the last delivery" in manifest(project, "2026-10-02")["reason"]
    assert len(inbox.messages()) == 2

    update_asset(airflow, dt.datetime.now(dt.UTC))
    state, _ = run_dag("sales__daily", period="2026-10-03")
    assert (state, len(inbox.messages())) == ("success", 4)


def test_the_command_line_reads_the_same_from_airflows_database(airflow: Any) -> None:
    moment, facts = dt.datetime(2026, 10, 1, 5, tzinfo=dt.UTC), StoredFacts()
    set_variable(airflow, "loaded_until", "2026-10-01 ä")
    update_asset(airflow, moment - LATER)
    update_asset(airflow, moment)
    update_asset(airflow, moment + LATER, latest_period=False)

    assert facts.variable("loaded_until") == "2026-10-01 ä"
    assert facts.variable("loaded_unti") is None
    assert (facts.updated("stock"), facts.updated("x-shop://stock"), facts.updated("x")) == (moment, moment, None)


def test_a_database_that_has_not_what_is_asked_is_an_error(airflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import text

    with airflow() as session:
        session.execute(text("ALTER TABLE asset_event RENAME TO gone"))
        session.commit()
    try:
        with pytest.raises(ReportError, match="nobody can tell here when the asset 'stock' was updated: no such table"):
            StoredFacts().updated("stock")
    finally:
        with airflow() as session:
            session.execute(text("ALTER TABLE gone RENAME TO asset_event"))
            session.commit()
