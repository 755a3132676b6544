"""Raises ONE error that lists every broken spec, so that Airflow shows it; the DAGs in reports.py are untouched."""

from scheduled_reports.dag import raise_spec_errors

raise_spec_errors()
