"""Settings are Airflow's own, with defaults that need no configuration."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scheduled_reports import settings
from scheduled_reports.errors import SettingError

PREFIX = "AIRFLOW__SCHEDULED_REPORTS__"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an AIRFLOW_HOME without a setting; the current folder is another."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    (tmp_path / "home").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


def test_everything_has_a_default_in_airflow_home(home: Path) -> None:
    assert settings.specs_folder() == home / "report_specs"
    assert settings.include_folder(settings.specs_folder()) == home / "include"
    assert settings.archive() == f"file://{home}/scheduled_reports/archive"
    assert settings.ledger_conn_id() is None
    assert settings.owner_mail_conn_id() == "smtp_default"
    assert settings.masking_conn_id() is None
    assert settings.brand() is None
    assert settings.retry_delay() == dt.timedelta(seconds=30)
    assert settings.lease() == dt.timedelta(minutes=5)
    assert settings.health_schedule() == "0 * * * *"


@pytest.mark.parametrize(
    ("written", "expected"), [("*/10 * * * *", "*/10 * * * *"), ("off", None), (" OFF ", None), ("", "0 * * * *")]
)
def test_the_hourly_look_has_another_schedule_or_none(
    home: Path, monkeypatch: pytest.MonkeyPatch, written: str, expected: str | None
) -> None:
    monkeypatch.setenv(PREFIX + "HEALTH_SCHEDULE", written)

    assert settings.health_schedule() == expected


def test_the_specs_of_the_current_folder_serve_where_airflow_home_has_none(home: Path) -> None:
    (Path.cwd() / "report_specs").mkdir()
    assert settings.specs_folder() == Path.cwd() / "report_specs"
    assert settings.include_folder(settings.specs_folder()) == Path.cwd() / "include"

    (home / "report_specs").mkdir()
    assert settings.specs_folder() == home / "report_specs"


def test_the_environment_overrides_the_defaults(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SPECS_FOLDER": "/srv/specs", "ARCHIVE": "s3://archive@bucket/reports", "LEDGER_CONN_ID": "ledger",
        "OWNER_MAIL_CONN_ID": "mail", "RETRY_DELAY_SECONDS": "1.5",
    }.items():  # fmt: skip
        monkeypatch.setenv(PREFIX + name, value)

    assert settings.specs_folder() == Path("/srv/specs")
    assert settings.include_folder(settings.specs_folder()) == Path("/srv/include"), "beside the specs"
    assert settings.archive() == "s3://archive@bucket/reports"
    assert (settings.ledger_conn_id(), settings.owner_mail_conn_id()) == ("ledger", "mail")
    assert settings.retry_delay() == dt.timedelta(seconds=1.5)


def test_an_empty_setting_is_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}LEDGER_CONN_ID", "")
    monkeypatch.setenv(f"{PREFIX}ARCHIVE", "")

    assert settings.ledger_conn_id() is None
    assert settings.archive().startswith("file://")


@pytest.mark.parametrize("value", ["soon", "-5", "nan", "inf", "1e20", "30 s"])
def test_a_retry_delay_that_is_no_time_is_told_with_its_value(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}RETRY_DELAY_SECONDS", value)

    with pytest.raises(SettingError) as caught:
        settings.retry_delay()

    assert f"[scheduled_reports] retry_delay_seconds is {value!r}: it is not a number of seconds" in str(caught.value)


@pytest.mark.parametrize("value", ["soon", "0", "0.5", "nan", "inf", "1e20", "60 s"])
def test_a_lease_that_is_no_time_is_told_with_its_value(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}LEASE_SECONDS", value)

    with pytest.raises(SettingError) as caught:
        settings.lease()

    assert f"[scheduled_reports] lease_seconds is {value!r}: it is not a number of seconds" in str(caught.value)


def test_the_configuration_file_of_airflow_is_read_where_there_is_one(home: Path) -> None:
    (home / "airflow.cfg").write_text(
        "[scheduled_reports]\nledger_conn_id = from_file\narchive = file:///from/file\nowner_mail_conn_id =\n"
    )
    script = (
        "from scheduled_reports import settings\n"
        "print(settings.ledger_conn_id(), settings.archive(), settings.owner_mail_conn_id(), settings.retry_delay())"
    )
    environment = {**os.environ, f"{PREFIX}ARCHIVE": "file:///from/environment"}

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["from_file", "file:///from/environment", "smtp_default", "0:00:30"]


def test_a_configuration_file_elsewhere_counts_where_airflow_is_told_of_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my.cfg").write_text("[scheduled_reports]\nledger_conn_id = elsewhere\narchive = file:///100%%/x\n")
    monkeypatch.setenv("AIRFLOW_CONFIG", str(tmp_path / "my.cfg"))
    script = "from scheduled_reports import settings; print(settings.ledger_conn_id(), settings.archive())"

    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["elsewhere", "file:///100%/x"]


def test_a_setting_in_a_file_is_read_without_importing_airflow(home: Path) -> None:
    (home / "airflow.cfg").parent.mkdir(exist_ok=True)
    (home / "airflow.cfg").write_text("[scheduled_reports]\narchive = file:///from/file\n")
    script = (
        "import sys\nfrom scheduled_reports import settings\n"
        "print(settings.archive(), settings.ledger_conn_id(), 'airflow' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["file:///from/file", "None", "False"]
