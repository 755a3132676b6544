"""The demo's AIRFLOW_HOME, inside the clone: configuration, log-ins and connections."""

from __future__ import annotations

import configparser
import fcntl
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path

from demo import warehouse
from demo.mail_server import MailServer
from demo.partner_files import drop_files
from demo.sftp_server import SftpServer
from demo.shop_api import ShopApi

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("DEMO_FOLDER", ROOT))
"""Where the demo keeps what it makes: this clone. Tests name another, so that they leave a running `make up` alone."""
HOME, OUT = FOLDER / ".airflow", FOLDER / "out" / "demo"
WAREHOUSE, PARTNERS = HOME / "demo_warehouse.db", OUT / "sftp" / "incoming" / "partners"
LOGINS = {"demo": "demo", "analyst": "analyst"}
ROLES = "demo:admin,analyst:viewer"
SFTP_PASSWORD, SHOP_TOKEN = secrets.token_urlsafe(12), secrets.token_urlsafe(12)


def environment() -> dict[str, str]:
    """Return this process's environment for Airflow's: with our AIRFLOW_HOME, and no other setting of Airflow."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    path = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", "")))
    return {**kept, "AIRFLOW_HOME": str(HOME), "PATH": path, "PYTHONUNBUFFERED": "1"}


@contextmanager
def alone() -> Iterator[None]:
    """Hold the demo's AIRFLOW_HOME; `make demo` and `make up` would take each other's servers away.

    Raises:
        SystemExit: Another holds it.
    """
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("make demo or make up is running in this clone already; stop it first (Ctrl-C)") from None
        yield


@contextmanager
def servers(
    airflow_port: int = 8080, databases: Mapping[str, Path] | None = None
) -> Iterator[tuple[MailServer, SftpServer]]:
    """Run the servers that the sample specs read from and deliver to, on free ports of this machine.

    Mails land in `out/demo/inbox/`, uploads in `out/demo/sftp/`, where partners leave their files too. Airflow's own
    REST API is at `airflow_port`, once it runs. `databases` are SQLite files that get a connection as well, by its id.
    """
    (OUT / "sftp").mkdir(parents=True, exist_ok=True)
    key = HOME / "sftp_host_key"
    with (
        MailServer(OUT / "inbox") as mail,
        SftpServer(OUT / "sftp", key, "reports", SFTP_PASSWORD) as sftp,
        ShopApi(SHOP_TOKEN) as shop,
    ):
        _write_connections(mail, sftp, shop, airflow_port, databases or {})
        yield mail, sftp


def build_warehouse(last: date = warehouse.LAST) -> str:
    """Build the demo warehouse where it is missing or ends before `last`; return what was done, in words."""
    built = warehouse.ensure(WAREHOUSE, last)
    return f"{built.rows['calls']:,} calls, {built.rows['sales']:,} sales" if built else "already there"


def drop_partner_files(last: date = warehouse.LAST) -> str:
    """Let the partners drop their files up to the day `last`; return what was done, in words."""
    count = drop_files(PARTNERS, last)
    return f"{count} new files" if count else "already there"


def configure(port: int = 8080, specs: Path = ROOT / "report_specs") -> None:
    """Write airflow.cfg, for the reports in `specs`, and the log-ins; keys that processes share are made once."""
    path = HOME / "airflow.cfg"
    config = configparser.RawConfigParser()
    config.read(path)
    keys = {name: _kept(config, name) for name in ("secret_key", "jwt_secret")}
    config = configparser.RawConfigParser()
    config.read_dict(_settings(port, keys, specs))
    with path.open("w", encoding="utf-8") as file:
        config.write(file)
    path.chmod(0o600)
    logins = HOME / "simple_auth_manager_passwords.json.generated"
    logins.write_text(json.dumps(LOGINS), encoding="utf-8")


def migrate() -> bool:
    """Bring Airflow's database up to date, where that was not done for this version; return whether it was needed."""
    done = HOME / "migrated"
    wanted = version("apache-airflow-core")
    if done.is_file() and done.read_text() == wanted and (HOME / "airflow.db").is_file():
        return False
    ran = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise SystemExit(f"airflow db migrate failed:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    done.write_text(wanted)
    return True


def _kept(config: configparser.RawConfigParser, name: str) -> str:
    return config.get("api" if name == "secret_key" else "api_auth", name, fallback=secrets.token_urlsafe(32))


def _settings(port: int, keys: dict[str, str], specs: Path) -> dict[str, dict[str, str]]:
    backend = "airflow.secrets.local_filesystem.LocalFilesystemBackend"
    return {
        "core": {
            "dags_folder": str(ROOT / "dags"),
            "plugins_folder": str(ROOT / "plugins"),
            "load_examples": "False",
            "parallelism": "4",
            "dags_are_paused_at_creation": "False",
            "simple_auth_manager_users": ROLES,
            "execution_api_server_url": f"http://localhost:{port}/execution/",
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{HOME / 'airflow.db'}"},
        "logging": {"base_log_folder": str(HOME / "logs")},
        "api": {
            "host": "127.0.0.1",
            "port": str(port),
            "base_url": f"http://localhost:{port}",
            "secret_key": keys["secret_key"],
        },
        "api_auth": {"jwt_secret": keys["jwt_secret"]},
        "scheduler": {"scheduler_idle_sleep_time": "0.2"},
        "dag_processor": {"refresh_interval": "10", "min_file_process_interval": "10"},
        "secrets": {
            "backend": backend,
            "backend_kwargs": json.dumps({"connections_file_path": str(HOME / "connections.json")}),
        },
        "scheduled_reports": {
            "specs_folder": str(specs),
            "include_folder": str(ROOT / "include"),
            "masking_conn_id": "reports_masking",
        },
    }


def _write_connections(
    mail: MailServer, sftp: SftpServer, shop: ShopApi, airflow_port: int, databases: Mapping[str, Path]
) -> None:
    smtp = {
        "conn_type": "smtp", "host": mail.host, "port": mail.port,
        "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "reports@northwind.example", "timeout": 10},
    }  # fmt: skip
    connections = {
        "demo_warehouse": {"conn_type": "sqlite", "host": str(WAREHOUSE)},
        "demo_mail": smtp,
        "smtp_default": smtp,
        "reports_masking": {"conn_type": "generic", "password": "demo only: the same pseudonyms on every machine"},
        "demo_sftp": {
            "conn_type": "sftp", "host": sftp.host, "port": sftp.port, "login": sftp.username,
            "password": SFTP_PASSWORD,
            "extra": {"host_key": sftp.host_key_line, "look_for_keys": "false"},
        },
        "demo_airflow": {
            "conn_type": "http", "schema": "http", "host": "127.0.0.1", "port": airflow_port,
            "login": "analyst", "password": LOGINS["analyst"],
        },
        "demo_shop_api": {
            "conn_type": "http", "schema": "http", "host": shop.host, "port": shop.port,
            "extra": {"Authorization": f"Bearer {SHOP_TOKEN}"},
        },
        **{conn_id: {"conn_type": "sqlite", "host": str(path)} for conn_id, path in databases.items()},
    }  # fmt: skip
    path = HOME / "connections.json"
    draft = path.with_suffix(".part")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(connections, indent=2), encoding="utf-8")
    draft.replace(path)
