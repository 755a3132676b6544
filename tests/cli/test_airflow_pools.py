"""Pools are read from a real Airflow database, where there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.planning import spec

DAILY = "id: daily, when: '30 6 * * *'"
WEEK = ("calendar", "--from", "2026-11-23", "--days", "7")
MAKE_POOLS = """
from airflow.models.pool import Pool
from airflow.models.team import Team
from airflow.settings import engine, get_session
Pool.metadata.create_all(engine, tables=[Team.__table__, Pool.__table__])
with get_session()() as session:
    session.add_all([
        Pool(pool="default_pool", slots=1, include_deferred=False),
        Pool(pool="night", slots=-1, include_deferred=False),
    ])
    session.commit()
"""


@pytest.fixture
def environment(project: Path) -> dict[str, str]:
    """Return the environment of an Airflow whose database is not made yet."""
    database = f"sqlite:///{project / 'airflow.db'}"
    return {**os.environ, "AIRFLOW_HOME": str(project), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database}


def run(environment: dict[str, str], *command: str) -> str:
    """Run Python in a process of its own, as Airflow reads its settings once; return what it prints."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", *command], env=environment, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def calendar(environment: dict[str, str]) -> list[str]:
    """Return the warnings of `reports calendar`."""
    shown = run(environment, "from scheduled_reports.cli import app; app()", *WEEK)
    return shown.partition("\nWarnings\n")[2].splitlines()


def test_the_slots_and_names_of_airflows_pools_count(project: Path, environment: dict[str, str]) -> None:
    run(environment, MAKE_POOLS)
    for name in ("costs", "sales"):
        spec(project, DAILY, "id: night, when: '0 3 * * *', pool: night", name=name)
    path = spec(project, "id: daily, when: '0 12 * * *', pool: nigth", name="stock")

    unknown, small = calendar(environment)

    assert unknown.startswith(f"{path}:")
    assert "warning: pool nigth does not exist in this Airflow" in unknown
    assert "did you mean 'night'?" in unknown
    assert "2 runs are under way at once in the pool default_pool, which has 1 slot:" in small


def test_without_a_database_airflows_own_default_counts_and_no_pool_is_unknown(
    project: Path, environment: dict[str, str]
) -> None:
    for number in range(129):
        spec(project, DAILY, name=f"sales_{number}")
    spec(project, "id: daily, when: '0 12 * * *', pool: night", name="stock")

    [line] = calendar(environment)

    assert "129 runs are under way at once in the pool default_pool, which has 128 slots:" in line
    assert "sales_1 · daily" in line
    assert "and 123 more" in line
    assert not (project / "airflow.db").exists()


def test_a_database_without_airflows_tables_is_as_none(project: Path, environment: dict[str, str]) -> None:
    (project / "airflow.db").touch()
    for name in ("costs", "sales"):
        spec(project, DAILY, name=name)

    assert calendar(environment) == []
