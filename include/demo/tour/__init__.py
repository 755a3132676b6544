"""`make tour`: one small report for each thing that may become of a run, on a whole Airflow."""
