"""`make up`: Airflow for good, with the demo's mail and SFTP servers, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import psutil
from rich.console import Console

from demo import home, warehouse

console = Console(highlight=False)
START_LIMIT, STOP_LIMIT = 180, 15
"""Seconds that Airflow may take to become healthy, and to end."""

STARTER = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""A process started in the background by a shell ignores SIGINT, and so would all of Airflow's; this one does not."""


class Stop(Exception):  # noqa: N818 - a request, not an error
    """Somebody asks us to end."""


def main() -> int:
    """Run Airflow until SIGINT, SIGTERM or SIGHUP; return 0 where all of it ended."""
    options = argparse.ArgumentParser(prog="make up", description=__doc__)
    options.add_argument("--port", type=int, default=8080, help="port of Airflow's pages")
    port = options.parse_args().port
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    with home.alone():
        require_free(port, "make up")
        last = max(warehouse.LAST, dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1))
        console.print(f"Demo warehouse: {home.build_warehouse(last)}; partners' files: {home.drop_partner_files(last)}")
        with home.servers(port) as (mail, sftp):
            home.configure(port)
            console.print(
                f"Mail server 127.0.0.1:{mail.port} → {home.OUT / 'inbox'}, SFTP server 127.0.0.1:{sftp.port}"
            )
            home.migrate()
            return _run_airflow(port)


def _run_airflow(port: int) -> int:
    log = home.HOME / "standalone.log"
    airflow = start(log, home.environment())
    try:
        await_health(port, airflow, log)
        console.print(f"\n[bold green]Airflow is up: http://localhost:{port}[/bold green]")
        for name, role in (entry.split(":") for entry in home.ROLES.split(",")):
            console.print(f"  log in as {name} / {home.LOGINS[name]} ({role})")
        console.print(f"  log: {log.relative_to(home.FOLDER)}\nCtrl-C ends it.")
        airflow.wait()
    except Stop:
        console.print("\nEnding Airflow …")
        return 0
    else:
        console.print(f"[bold red]Airflow ended by itself[/bold red]; the end of {log}:\n{log.read_text()[-2000:]}")
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
        end(airflow)


def start(log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start `airflow standalone` as the leader of a process group of its own."""
    command = [sys.executable, "-c", STARTER, sys.executable, "-m", "airflow", "standalone"]
    with log.open("w", encoding="utf-8") as file:
        return subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT, start_new_session=True)


def await_health(port: int, airflow: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until every part of Airflow says that it is healthy.

    Raises:
        SystemExit: It ended, or is not healthy in time.
    """
    started = time.monotonic()
    with console.status("Airflow is starting (about half a minute)") as status:
        while time.monotonic() - started < START_LIMIT:
            if airflow.poll() is not None:
                break
            states = _health(port)
            if states and all(state == "healthy" for state in states.values()):
                return
            waiting = ", ".join(name for name, state in states.items() if state != "healthy") or "api server"
            status.update(f"Airflow is starting, {time.monotonic() - started:.0f} s: waiting for {waiting}")
            time.sleep(1)
    raise SystemExit(f"Airflow did not start; the end of {log}:\n{log.read_text()[-3000:]}")


def _health(port: int) -> dict[str, str | None]:
    """Return each component's state; empty while the api server does not answer."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/api/v2/monitor/health", timeout=5) as answer:
            parts = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return {}
    return {
        name: part["status"]
        for name, part in parts.items()
        if name in {"metadatabase", "scheduler", "triggerer", "dag_processor"}
    }


def end(airflow: subprocess.Popen[bytes]) -> None:
    """End Airflow and every process below it: by SIGINT, as Airflow wants it, and by force where that does not do."""
    # Its scheduler may hang on workers that have nothing to do, when all get SIGINT at once.
    for number, limit in ((signal.SIGINT, STOP_LIMIT), (signal.SIGTERM, STOP_LIMIT), (signal.SIGKILL, 5)):
        left = _group(airflow.pid)
        if left:
            os.killpg(airflow.pid, number)
        deadline = time.monotonic() + limit
        while (left := _group(airflow.pid)) and time.monotonic() < deadline:
            airflow.poll()
            time.sleep(0.1)
    if left:
        console.print(f"[bold red]Still there[/bold red]: {', '.join(str(process.pid) for process in left)}")


def _group(leader: int) -> list[psutil.Process]:
    """Return the living processes of the group that `leader` leads."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def require_free(port: int, command: str) -> None:
    """Refuse a port that somebody else has.

    Raises:
        SystemExit: It is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SystemExit(f"port {port} is taken ({error}); choose another: {command} PORT=8081") from None


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    sys.exit(main())
