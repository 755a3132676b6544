"""What conditions may ask Airflow, beside its connections: in a task, and from the command line."""
