"""What Airflow finds in dags/ and plugins/: healthy DAGs, one loud error for broken specs, and our plugin."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from scheduled_reports.dag import build_dags, raise_spec_errors
from scheduled_reports.errors import SettingError, SpecError
from session import ROOT
from specs import SALES, write


def parsed(script: str) -> str:
    """Run a script in a fresh process of this session's Airflow, and return what it printed."""
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout


def test_every_schedule_of_a_healthy_spec_is_a_dag_with_its_facts(project: Path) -> None:
    hourly = '  - {id: weekly, when: "0 7 * * 1", timezone: UTC, covers: previous_week}\n'
    write(project, SALES.replace("title: Sales", "title: Sales\ntags: [shop]\ndescription: What we sold.") + hourly)

    dags = build_dags()

    assert sorted(dags) == ["sales__daily", "sales__weekly"]
    dag = dags["sales__daily"]
    assert dag.tags == {"shop", "report"}
    assert dag.owner == "owner@northwind.example"
    assert dag.doc_md.startswith("What we sold.")
    assert "digest `" in dag.doc_md
    assert "title: Sales" in dag.doc_md
    assert dag.max_active_runs == 1
    assert not dag.catchup
    assert dag.task_dict["deliver"].partial_kwargs["retries"] == 3


def test_a_disabled_report_has_no_dag(project: Path) -> None:
    write(project, SALES + "enabled: false\n")

    assert build_dags() == {}
    raise_spec_errors()


def test_broken_specs_are_one_error_that_lists_them_all_and_healthy_dags_stay(project: Path) -> None:
    write(project, SALES, "good")
    first = write(project, SALES.replace("type: csv", "type: cvs"), "first_bad")
    second = write(project, "title: [", "second_bad")

    with pytest.raises(SpecError) as caught:
        raise_spec_errors()

    assert sorted(build_dags()) == ["first_bad__daily", "good__daily"]
    assert f"{first}:26:12: formats[2]: unknown type 'cvs'" in str(caught.value)
    assert f"{second}:2:" in str(caught.value)
    assert "other reports are not affected" in str(caught.value)


def test_airflow_lists_the_dags_and_the_error_beside_each_other(project: Path) -> None:
    write(project, SALES, "good")
    write(project, SALES.replace("type: csv", "type: cvs"), "bad")

    folder = str(ROOT / "dags")
    printed = parsed(f"""
        from airflow.dag_processing.dagbag import BundleDagBag
        from pathlib import Path
        bag = BundleDagBag({folder!r}, bundle_path=Path({folder!r}), bundle_name="dags-folder")
        print(sorted(bag.dags))
        for path, error in bag.import_errors.items():
            print(path.rpartition("/")[2], error.splitlines()[-1][-60:], "unknown type 'cvs'" in error)
    """)

    assert "['bad__daily', 'good__daily', 'reports_health']" in printed
    assert "report_spec_errors.py" in printed
    assert "True" in printed
    assert "reports.py" not in printed.replace("report_spec_errors.py", "")


def test_a_dag_belongs_to_one_file_also_where_the_other_builds_it_to_find_errors(project: Path) -> None:
    write(project)
    folder = str(ROOT / "dags")

    printed = parsed(f"""
        from airflow.dag_processing.dagbag import BundleDagBag
        from pathlib import Path
        for name in ("reports.py", "report_spec_errors.py", "reports_health.py"):
            bag = BundleDagBag({folder!r}, bundle_path=Path({folder!r}), bundle_name="dags-folder", collect_dags=False)
            bag.process_file({folder!r} + "/" + name)
            print(name, sorted(bag.dags))
    """)

    assert "reports.py ['sales__daily']" in printed
    assert "report_spec_errors.py []" in printed
    assert "reports_health.py ['reports_health']" in printed


def test_parsing_the_health_dag_reads_no_spec_and_touches_no_heavy_library(project: Path) -> None:
    write(project)

    printed = parsed("""
        import sys
        from pathlib import Path
        read = []
        original = Path.read_text
        Path.read_text = lambda self, *a, **k: (read.append(self.name), original(self, *a, **k))[1]
        from scheduled_reports.live.health_dag import health_dag
        assert health_dag().dag_id == "reports_health"
        heavy = {"pandas", "pyarrow", "duckdb", "paramiko", "alembic", "numpy", "scheduled_reports.spec.report"}
        print(sorted(heavy & set(sys.modules)), [name for name in read if name.endswith(".yaml")])
    """)

    assert printed.strip().splitlines()[-1] == "[] []"


def test_of_two_files_for_one_report_the_first_keeps_its_dags_and_both_are_told(project: Path) -> None:
    write(project)
    (project / "report_specs" / "sales.yml").write_text(SALES)

    assert "gate" in build_dags()["sales__daily"].task_dict
    with pytest.raises(SpecError, match=r"sales\.yaml is there too"):
        raise_spec_errors()


def test_a_folder_of_specs_that_is_not_there_is_loud(project: Path) -> None:
    (project / "report_specs").rmdir()

    assert build_dags() == {}
    with pytest.raises(SettingError, match=r"there is no folder .*report_specs with report specs"):
        raise_spec_errors()


def test_a_task_process_reads_only_the_spec_of_its_dag(project: Path) -> None:
    write(project, SALES, "wanted")
    write(project, SALES, "other")

    printed = parsed("""
        import os
        os.environ["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = "wanted__daily"
        from pathlib import Path
        read = []
        original = Path.read_text
        Path.read_text = lambda self, *a, **k: (read.append(self.name), original(self, *a, **k))[1]
        from scheduled_reports.dag import build_dags, raise_spec_errors
        print(sorted(build_dags()), sorted(set(name for name in read if name.endswith(".yaml"))))
        raise_spec_errors()
    """)

    assert "['wanted__daily'] ['wanted.yaml']" in printed


def test_parsing_touches_no_heavy_library_and_no_connection(project: Path) -> None:
    write(project)

    printed = parsed("""
        import sys
        from scheduled_reports.dag import build_dags
        assert build_dags()
        heavy = {"pandas", "pyarrow", "duckdb", "weasyprint", "openpyxl", "vl_convert", "paramiko", "alembic.command",
                 "numpy"}
        print(sorted(heavy & set(sys.modules)))
    """)

    assert printed.strip().splitlines()[-1] == "[]"


def test_airflow_does_not_execute_our_library_as_plugins() -> None:
    assert (ROOT / "plugins" / ".airflowignore").read_text().split() == ["scheduled_reports/"]

    printed = parsed("""
        import email
        from airflow import plugins_manager
        plugins, errors = plugins_manager._get_plugins()
        names = [plugin.name for plugin in plugins]
        print(names.count("scheduled_reports"), errors, "plugins" in email.__file__)
    """)

    assert printed.strip().splitlines()[-1] == "1 {} False"


def test_dag_ids_are_stable_and_environment_is_not_read_at_parse_time(project: Path) -> None:
    write(project)
    first = {dag_id: dag.doc_md for dag_id, dag in build_dags().items()}
    os.environ["SOMETHING"] = "else"

    assert {dag_id: dag.doc_md for dag_id, dag in build_dags().items()} == first
