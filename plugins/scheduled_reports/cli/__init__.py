"""The command `reports`."""

from scheduled_reports.cli import sending  # its commands are in `app` once it is imported
from scheduled_reports.cli.app import app

__all__ = ["app", "sending"]
