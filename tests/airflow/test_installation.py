"""The repository dropped into AIRFLOW_HOME, the installed wheel, and both at once: Airflow finds the same."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import textwrap
import zipfile
from pathlib import Path

import pytest

from session import HOME, ROOT
from specs import write

SCRIPT = """
    from pathlib import Path
    from airflow import plugins_manager
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.configuration import conf
    plugins, errors = plugins_manager._get_plugins()
    folder = conf.get("core", "dags_folder")
    bag = BundleDagBag(folder, bundle_path=Path(folder), bundle_name="dags-folder")
    print([plugin.name for plugin in plugins].count("scheduled_reports"), errors, sorted(bag.dags), bag.import_errors)
    import scheduled_reports
    print(Path(scheduled_reports.__file__).parent)
    from importlib.resources import files
    here = files("scheduled_reports")
    for part in ("pages/templates/flow.html.jinja", "mail_body/page.html.jinja", "interactive/script/charts.js",
                 "language/de.po", "data_files/report_data.schema.json"):
        assert here.joinpath(part).is_file(), part
    print(sorted({path.suffix for path in files("scheduled_reports.formats").joinpath("fonts").iterdir()}))
"""


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with everything that is installed here but this project."""
    folder = tmp_path_factory.mktemp("libraries")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "scheduled_reports" not in path.name and path.suffix != ".pth":
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the contents of our wheel, as pip would lay them out."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).parent / "uv"
    built = subprocess.run(
        [uv, "build", "--wheel", "--out-dir", folder, ROOT], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    [archive] = folder.glob("*.whl")
    zipfile.ZipFile(archive).extractall(folder / "site")
    return folder / "site"


def found(home: Path, *paths: Path) -> list[str]:
    """Return what a fresh Airflow with AIRFLOW_HOME `home` finds when `paths` are its libraries."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    environment |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{HOME / 'airflow.db'}",
        "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
    }
    ran = subprocess.run(
        [sys.executable, "-S", "-c", textwrap.dedent(SCRIPT)],
        env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout.strip().splitlines()[-3:]


def home_with(folder: Path, *names: str) -> Path:
    """Make an AIRFLOW_HOME with one spec and the named folders of the repository."""
    write(folder)
    for name in names:
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_the_repository_dropped_into_airflow_home_needs_no_installation(tmp_path: Path, libraries: Path) -> None:
    home = home_with(tmp_path, "dags", "plugins")

    facts, place, fonts = found(home, libraries)

    assert facts == "1 {} ['reports_health', 'sales__daily'] {}"
    assert Path(place).resolve() == ROOT / "plugins" / "scheduled_reports"
    assert ".ttf" in fonts


def test_the_installed_wheel_needs_no_plugins_folder(tmp_path: Path, libraries: Path, wheel: Path) -> None:
    home = home_with(tmp_path, "dags")

    facts, place, fonts = found(home, wheel, libraries)

    assert facts == "1 {} ['reports_health', 'sales__daily'] {}"
    assert Path(place) == wheel / "scheduled_reports"
    assert ".ttf" in fonts


def test_both_at_once_register_the_plugin_once(tmp_path: Path, libraries: Path, wheel: Path) -> None:
    home = home_with(tmp_path, "dags", "plugins")

    facts, _, _ = found(home, wheel, libraries)

    assert facts == "1 {} ['reports_health', 'sales__daily'] {}"


def test_the_wheel_holds_all_that_the_package_reads(wheel: Path) -> None:
    package = ROOT / "plugins" / "scheduled_reports"
    wanted = {
        str(path.relative_to(package))
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert wanted == {
        str(path.relative_to(wheel / "scheduled_reports"))
        for path in (wheel / "scheduled_reports").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
