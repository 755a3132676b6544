"""A whole Airflow for tests, started with `airflow standalone`: scheduler, API server, triggerer, DAG processor."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from demo import up as demo_up
from demo.mail_server import MailServer
from session import ROOT

LIMIT = 500
"""Seconds that anything may take before a test gives it up."""


def wait_for(look: Callable[[], Any], what: str) -> Any:
    """Return what `look` finds as soon as that is not None."""
    deadline = time.monotonic() + LIMIT
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"no {what} within {LIMIT} s"
        time.sleep(0.3)
    return found


@contextmanager
def running(folder: Path, port: int, mail: MailServer, users: str, **settings: object) -> Iterator[None]:
    """Run Airflow over the project in `folder`; each of `users` (`ana:user,…`) logs in with their name as password."""
    (folder / "dags").mkdir(exist_ok=True)
    (folder / "dags" / "reports.py").write_text((ROOT / "dags" / "reports.py").read_text())
    passwords = {entry.partition(":")[0]: entry.partition(":")[0] for entry in users.split(",")}
    (folder / "simple_auth_manager_passwords.json.generated").write_text(json.dumps(passwords))
    log = folder / "standalone.log"
    more = {"CORE__SIMPLE_AUTH_MANAGER_USERS": users, **settings}
    airflow = demo_up.start(log, _environment(folder, port, mail, more))
    try:
        demo_up.await_health(port, airflow, log)
        yield
    finally:
        demo_up.end(airflow)
        airflow.wait(5)


@contextmanager
def client(port: int, user: str) -> Iterator[httpx.Client]:
    """Give a client of the REST API that is logged in as `user`."""
    login = httpx.post(f"http://localhost:{port}/auth/token", json={"username": user, "password": user}, timeout=120)
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    with httpx.Client(base_url=f"http://localhost:{port}/api/v2", headers=headers, timeout=120) as api:
        yield api


def _environment(folder: Path, port: int, mail: MailServer, more: Mapping[str, object]) -> dict[str, str]:
    settings = {
        "CORE__DAGS_FOLDER": folder / "dags", "CORE__PLUGINS_FOLDER": ROOT / "plugins", "CORE__LOAD_EXAMPLES": False,
        "CORE__PARALLELISM": 4, "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "CORE__EXECUTION_API_SERVER_URL": f"http://localhost:{port}/execution/",
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
        "API__HOST": "127.0.0.1", "API__PORT": port, "API__BASE_URL": f"http://localhost:{port}",
        "API__SECRET_KEY": "tests", "API_AUTH__JWT_SECRET": "only for tests, and long enough for them",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": 0.2, "LOGGING__BASE_LOG_FOLDER": folder / "logs",
        "SCHEDULED_REPORTS__SPECS_FOLDER": folder / "report_specs",
        "SCHEDULED_REPORTS__INCLUDE_FOLDER": folder / "include",
        "SCHEDULED_REPORTS__ARCHIVE": (folder / "archive").as_uri(),
        "SCHEDULED_REPORTS__OWNER_MAIL_CONN_ID": "mail", "SCHEDULED_REPORTS__LEDGER_CONN_ID": "ledger", **more,
    }  # fmt: skip
    extra = {"disable_ssl": True, "disable_tls": True, "from_email": "reports@northwind.example"}
    connections = {
        "MAIL": {"conn_type": "smtp", "host": "127.0.0.1", "port": mail.port, "extra": extra},
        "SHOP": {"conn_type": "sqlite", "host": str(folder / "shop.db")},
        "LEDGER": {"conn_type": "sqlite", "host": str(folder / "ledger.db")},
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    return {
        **kept,
        "AIRFLOW_HOME": str(folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "plugins"),
        **{f"AIRFLOW__{name}": str(value) for name, value in settings.items()},
        **{f"AIRFLOW_CONN_{name}": json.dumps(value) for name, value in connections.items()},
    }
