"""Talk HTTP through Airflow's connections of type http: sessions, time limits, refusals, secrets kept out of sight."""
