"""The shim through which Airflow finds our plugin where the repository is used without `pip install`.

Where the package is installed as well, its entry point registers the plugin; registering it twice would be an error.
"""

from importlib.metadata import entry_points

if not entry_points(group="airflow.plugins", name="scheduled_reports"):
    from scheduled_reports.plugin import ScheduledReportsPlugin

    __all__ = ["ScheduledReportsPlugin"]
