"""Scheduled reports as code, on Apache Airflow: one YAML file becomes a delivered report."""

__version__ = "0.1.0"
