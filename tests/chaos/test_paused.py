"""Three workers on one SQLite ledger, one of whom sleeps for longer than its lease: nobody gets anything twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chaos.campaigns import campaign, mailing
from chaos.races import Race
from chaos.servers import MAIL_POINTS
from chaos.traps import Point
from chaos.workers import workers


@pytest.mark.parametrize(
    ("rule", "point"), [("hold", MAIL_POINTS[0]), ("hold", MAIL_POINTS[1]), ("resend", MAIL_POINTS[1])]
)
def test_a_worker_that_slept_for_longer_than_its_lease_settles_nothing_and_the_doubt_is_on_record(
    tmp_path: Path, connection: Callable[..., None], rule: str, point: str
) -> None:
    def is_free() -> bool:
        with closing(sqlite3.connect(tmp_path / "ledger.db", timeout=5, isolation_level=None)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            database.execute("ROLLBACK")
            return True

    places = [mailing("warm", "hold", 1), mailing("all", rule, 200)]
    with campaign(tmp_path, connection, places) as made, workers(tmp_path, ["warm"]) as port:
        race = Race(made, port, "all", is_free)
        race.run(3, Point(point, times=30))
        race.require_on_record(rule)
        assert len(made.entries(rule)) >= 200
