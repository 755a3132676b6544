"""The command `reports`."""

from scheduled_reports.cli.app import app

__all__ = ["app"]
