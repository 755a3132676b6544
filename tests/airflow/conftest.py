"""A real Airflow: its database migrated once, its DAGs made of the specs that a test writes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.mail_server import MailServer
from runs import connect_mail, connect_shop, use_settings
from session import HOME
from specs import shop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder; Airflow's own deprecations are not ours to mend, but our code's stay errors."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("airflow")
            item.add_marker(pytest.mark.filterwarnings("default"), append=False)
            item.add_marker(pytest.mark.filterwarnings("error:::scheduled_reports.*"))


@pytest.fixture(scope="session")
def airflow_database() -> Path:
    """Make Airflow's tables, and return a copy of the database as it is before any run."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
    return shutil.copy(HOME / "airflow.db", HOME / "empty.db")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder whose report_specs/ Airflow reads; its archive and ledger lie there too."""
    (tmp_path / "report_specs").mkdir()
    (tmp_path / "include" / "sql").mkdir(parents=True)
    use_settings(monkeypatch, tmp_path)
    return tmp_path


@pytest.fixture
def inbox(project: Path, connection: Callable[..., None]) -> Iterator[MailServer]:
    """Run a mail server that refuses nobody@…, and give Airflow the connections `mail` and `shop`."""
    shop(project / "shop.db")
    connect_shop(connection, project)
    with MailServer(project / "inbox", refuse=frozenset({"nobody@northwind.example"})) as server:
        connect_mail(connection, server.port)
        yield server


@pytest.fixture
def run_dag(airflow_database: Path, project: Path) -> Callable[..., tuple[str, dict[str, Any]]]:
    """Return a function that runs a DAG by `dag.test()` and returns its state and its task instances by name."""

    def run(dag_id: str, **conf: object) -> tuple[str, dict[str, Any]]:
        from scheduled_reports.dag import build_dags

        dag_run = build_dags()[dag_id].test(logical_date=None, run_conf={"period": "2026-10-01", **conf})
        found = {}
        for instance in dag_run.get_task_instances():
            index = "" if instance.map_index < 0 else f"[{instance.map_index}]"
            found[f"{instance.task_id}{index}"] = instance
        return str(dag_run.state), found

    return run
