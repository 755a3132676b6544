"""The settings in Airflow's section [scheduled_reports], each overridable as AIRFLOW__SCHEDULED_REPORTS__<NAME>."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from scheduled_reports.errors import SettingError

SECTION = "scheduled_reports"


def specs_folder() -> Path:
    """Return the folder with the specs: setting `specs_folder`, else `report_specs` in AIRFLOW_HOME or here."""
    return Path(value) if (value := _setting("specs_folder")) else _beside_airflow("report_specs")


def include_folder(specs: Path) -> Path:
    """Return the folder with sql/, brands/, …: setting `include_folder`, else `include` beside the folder `specs`."""
    return Path(value) if (value := _setting("include_folder")) else specs.absolute().parent / "include"


def archive() -> str:
    """Return the URL below which runs keep their files: setting `archive`, else a folder in AIRFLOW_HOME."""
    return _setting("archive") or (airflow_home() / "scheduled_reports" / "archive").as_uri()


def ledger_conn_id() -> str | None:
    """Return the connection of the ledger's database: setting `ledger_conn_id`; None means SQLite in AIRFLOW_HOME."""
    return _setting("ledger_conn_id")


def owner_mail_conn_id() -> str:
    """Return the SMTP connection by which owners are told: setting `owner_mail_conn_id`, else `smtp_default`."""
    return _setting("owner_mail_conn_id") or "smtp_default"


def retry_delay() -> dt.timedelta:
    """Return how long Airflow waits before it first repeats a step: setting `retry_delay_seconds`, else 30 s."""
    value = _setting("retry_delay_seconds") or "30"
    try:
        delay = dt.timedelta(seconds=float(value))
    except (ValueError, OverflowError):
        delay = dt.timedelta(-1)
    if delay < dt.timedelta(0):
        raise SettingError(f"[{SECTION}] retry_delay_seconds is {value!r}", why="it is not a number of seconds",
                           fix="write a number, for example 30")  # fmt: skip
    return delay


def database_url() -> str:
    """Return the SQLAlchemy URL of Airflow's own database."""
    from airflow.configuration import conf

    return str(conf.get("database", "sql_alchemy_conn"))


def airflow_home() -> Path:
    """Return AIRFLOW_HOME, by Airflow's own rule."""
    return Path(os.environ.get("AIRFLOW_HOME") or "~/airflow").expanduser().absolute()


def _beside_airflow(name: str) -> Path:
    """Return the folder `name` in AIRFLOW_HOME; where that has none, the one in the current folder."""
    home, here = airflow_home() / name, Path.cwd() / name
    return here if here.is_dir() and not home.is_dir() else home


def _setting(name: str) -> str | None:
    """Read the environment first: so the command line answers without importing Airflow (1.2 s) where it can."""
    if (value := os.environ.get(f"AIRFLOW__{SECTION.upper()}__{name.upper()}")) is not None:
        return value or None
    if not Path(os.environ.get("AIRFLOW_CONFIG") or airflow_home() / "airflow.cfg").is_file():
        return None
    from airflow.configuration import conf

    value = conf.get(SECTION, name, fallback=None)
    return str(value) if value else None
