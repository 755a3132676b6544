"""A real PostgreSQL: a throw-away cluster of the session's own, and a database in it for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

import postgres_server
from postgres_server import Database


@pytest.fixture(scope="session")
def programs() -> Path:
    """Where PostgreSQL's server programs are."""
    found = postgres_server.programs()
    if found is None:
        message = "postgresql is not installed: apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return found


@pytest.fixture(scope="session")
def server(programs: Path) -> Iterator[int]:
    """A PostgreSQL server; its port."""
    with postgres_server.postgres(programs) as port:
        yield port


@pytest.fixture(scope="session")
def names() -> Iterator[str]:
    """Names for databases, each another."""
    return (f"test_{number}" for number in count())


@pytest.fixture
def database(server: int, names: Iterator[str]) -> Iterator[Database]:
    """An empty database."""
    postgres, made = Database(server, "postgres"), Database(server, next(names))
    postgres.run(f"CREATE DATABASE {made.name}")
    yield made
    postgres.run(f"DROP DATABASE {made.name} WITH (FORCE)")


@pytest.fixture(params=["psycopg", "psycopg2"])
def shop(request: pytest.FixtureRequest, database: Database, connection: Callable[..., None]) -> Database:
    """The database behind the connection `shop`, through each driver that Airflow's provider knows."""
    connection("shop", **database.fields(sqlalchemy_scheme=f"postgresql+{request.param}"))
    return database
