"""A package of a third party, installed as its users do it: its entry points add a source, a dataset and a channel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from session import ROOT
from specs import write

PACKAGE = Path(__file__).parent / "reports_weather"
SPEC = dedent("""\
    title: Weather
    owner: owner@northwind.example
    sources:
      hours: {type: weather, city: Kiel}
    datasets:
      morning: {type: head, table: hours, rows: 3}
    content:
      - {type: table, dataset: morning}
    formats:
      - {type: csv, dataset: hours}
    deliver:
      - {type: email, connection: mail, to: ann@northwind.example, attach: csv}
    schedules:
      - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}
    """)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the package is installed, without a network."""
    folder = tmp_path_factory.mktemp("third_party")
    site = folder / "site"
    install(shutil.copytree(PACKAGE, folder / "package"), site)
    return site


def install(package: Path, site: Path) -> None:
    uv = Path(sys.executable).parent / "uv"
    options = ["--offline", "--no-index", "--no-deps", "--python", sys.executable, "--target", site]
    ran = subprocess.run([uv, "pip", "install", *options, package], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def reports(folder: Path, site: Path | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command `reports` in `folder`, with what is installed in `site`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW__SCHEDULED_REPORTS")}
    path = os.pathsep.join(str(entry) for entry in (site, ROOT / "plugins") if entry is not None)
    return subprocess.run(
        [sys.executable, "-c", "from scheduled_reports.cli import app; app()", *arguments],
        cwd=folder, env={**kept, "AIRFLOW_HOME": str(folder), "PYTHONPATH": path}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_its_kinds_work_in_a_spec_from_the_source_to_the_file(tmp_path: Path, installed: Path) -> None:
    write(tmp_path, SPEC, "weather")

    ran = reports(tmp_path, installed, "preview", "weather", "--period", "2026-10-25", "--out", "out")

    assert ran.returncode == 0, ran.stderr
    assert "hours: 25 rows" in ran.stdout  # clocks go back on that day
    assert "morning: 3 rows" in ran.stdout
    [made] = (tmp_path / "out").rglob("*.csv")
    assert made.read_text(encoding="utf-8-sig").splitlines()[1].startswith("Kiel,")


DELIVER = """
import sys
from pathlib import Path
from runs import ledger_of, rendered, run_of
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver

folder = Path(sys.argv[1])
run, ledger = run_of(folder, sys.stdin.read()), ledger_of(folder)
rendered(run, ledger)
print(deliver(run, ledger, "board"), deliver(run, ledger, "board"), close(run, ledger, "mail"))
"""


def test_its_channel_delivers_exactly_once(tmp_path: Path, installed: Path) -> None:
    start, end = SPEC.index("  - {type: email"), SPEC.index("schedules:")
    spec = f"{SPEC[:start]}  - {{type: board, path: {tmp_path}/board.txt, files: csv}}\n{SPEC[end:]}"
    path = os.pathsep.join(map(str, (installed, ROOT / "plugins", ROOT / "include", ROOT / "tests")))

    ran = subprocess.run(
        [sys.executable, "-c", DELIVER, tmp_path], input=spec, env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("{'delivered': 1, 'now': 1} {'delivered': 1, 'now': 0} {'delivered': 1}\n")
    assert (tmp_path / "board.txt").read_text(encoding="utf-8").count("city,hour,celsius") == 1


def test_its_fields_are_checked_and_its_names_are_among_the_allowed(tmp_path: Path, installed: Path) -> None:
    write(tmp_path, SPEC, "weather")
    assert reports(tmp_path, installed, "check").stdout == "1 spec is valid\n"

    write(tmp_path, SPEC.replace("city: Kiel", "citty: Kiel"), "field")
    write(tmp_path, SPEC.replace("type: weather", "type: wether"), "kind")
    write(tmp_path, SPEC.replace("table: hours", "table: huors"), "table")
    told = reports(tmp_path, installed, "check").stderr

    assert "unknown key 'citty' in sources.hours; did you mean 'city'?" in told
    assert "did you mean 'weather'? (allowed: airflow, " in told
    assert "datasets.morning.table: there is no source or dataset 'huors'; did you mean 'hours'?" in told


def test_a_source_that_nobody_can_ask_is_told_as_such_by_a_live_check(tmp_path: Path, installed: Path) -> None:
    write(tmp_path, SPEC, "weather")

    told = reports(tmp_path, installed, "check", "--live").stdout

    [line] = [line for line in told.splitlines() if "source weather.hours" in line]
    assert line.startswith("? ")
    assert line.endswith("its kind cannot be asked")


def test_its_kinds_are_in_the_json_schema(tmp_path: Path, installed: Path) -> None:
    write(tmp_path, SPEC, "weather")

    assert reports(tmp_path, installed, "schema").returncode == 0

    schema = json.loads((tmp_path / "report_specs" / "report.schema.json").read_text())
    assert schema["$defs"]["WeatherSource"]["properties"]["city"]["description"] == "Where."
    assert "HeadDataset" in schema["$defs"]


def test_without_the_package_the_spec_is_told_what_there_is(tmp_path: Path) -> None:
    write(tmp_path, SPEC, "weather")

    ran = reports(tmp_path, None, "check")

    assert ran.returncode == 1
    assert "unknown type 'weather'" in ran.stderr
    assert "allowed: airflow, " in ran.stderr


def test_an_entry_point_that_cannot_be_imported_is_one_clear_error(tmp_path: Path) -> None:
    package = shutil.copytree(PACKAGE, tmp_path / "package")
    (package / "reports_weather" / "source.py").write_text("import meteorology\n")
    install(package, tmp_path / "site")
    write(tmp_path, SPEC, "weather")

    ran = reports(tmp_path, tmp_path / "site", "check")

    assert ran.returncode != 0
    told = "entry point 'weather' in group 'scheduled_reports.sources' cannot be loaded: No module named 'meteorology'"
    assert told in ran.stderr
    assert "correct or uninstall the package that brings it" in ran.stderr
