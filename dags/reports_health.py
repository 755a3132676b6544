"""The Airflow DAG that looks every hour whether what the reports need can be used (setting `health_schedule`)."""

from scheduled_reports.live.health_dag import health_dag

dag = health_dag()
