"""Every healthy spec in report_specs/ becomes one Airflow DAG for each of its schedules."""

from scheduled_reports.dag import build_dags

globals().update(build_dags())
