"""The settings in Airflow's section [scheduled_reports], each overridable as AIRFLOW__SCHEDULED_REPORTS__<NAME>."""

from __future__ import annotations

import configparser
import datetime as dt
import os
import sys
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


def masking_conn_id() -> str | None:
    """Return the connection whose password is the key of keyed masks: setting `masking_conn_id`; None means none."""
    return _setting("masking_conn_id")


def brand() -> str | None:
    """Return the brand of reports that name none: setting `brand`; None means the one that is built in."""
    return _setting("brand")


def allowed_domains() -> tuple[str, ...] | None:
    """Return the only domains to which reports may be mailed whose brand names none: setting `allowed_domains`.

    None means that there is no limit.

    Raises:
        SettingError: One of them is no domain.
    """
    from scheduled_reports.audience.domains import domain

    value = _setting("allowed_domains")
    try:
        return tuple(domain(part.strip()) for part in value.split(",") if part.strip()) if value else None
    except ValueError as error:
        fix = "separate domains by commas: northwind.example, *.northwind.example"
        raise SettingError(f"[{SECTION}] allowed_domains is {value!r}", why=str(error), fix=fix) from error


def health_schedule() -> str | None:
    """Return when the DAG `reports_health` runs: setting `health_schedule`, a cron line in UTC, else every full hour.

    None, as which `off` counts, means that there is no such DAG.
    """
    value = _setting("health_schedule") or "0 * * * *"
    return None if value.strip().lower() == "off" else value


def commit() -> str | None:
    """Return the git commit of the specs: setting `commit`, for deployments without a repository; None asks git."""
    return _setting("commit")


def airflow_url() -> str:
    """Return the address of Airflow's pages for people, as its own setting [api] base_url says; empty without it."""
    from airflow.configuration import conf

    return str(conf.get("api", "base_url", fallback=None) or "").rstrip("/")


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


def lease() -> dt.timedelta:
    """Return how long a worker that sends is taken to be alive without a word of it: setting `lease_seconds`, else 300.

    It renews its claims five times in that time, so that only a worker that died is taken over.
    """
    value = _setting("lease_seconds") or "300"
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86400:
        raise SettingError(f"[{SECTION}] lease_seconds is {value!r}", fix="write a number, for example 300",
                           why="it is not a number of seconds from 1 to 86400")  # fmt: skip
    return dt.timedelta(seconds=seconds)


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
    """Return a setting, by Airflow's rules; without importing Airflow (1.2 s) where the command line can do without."""
    if (value := os.environ.get(f"AIRFLOW__{SECTION.upper()}__{name.upper()}")) is not None:
        return value or None
    path = Path(os.environ.get("AIRFLOW_CONFIG") or airflow_home() / "airflow.cfg")
    if not path.is_file():
        return None
    if "airflow.configuration" not in sys.modules:
        value = _written(path).get(name, "")
        if "%" not in value:  # else it is Airflow's to interpolate
            return value or None
    from airflow.configuration import conf

    found = conf.get(SECTION, name, fallback=None)
    return str(found) if found else None


def _written(path: Path) -> dict[str, str]:
    """Return what stands in our section of an airflow.cfg; nothing where the file is not one: Airflow says that."""
    config = configparser.RawConfigParser()
    try:
        config.read(path, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return {}
    return dict(config[SECTION]) if config.has_section(SECTION) else {}
