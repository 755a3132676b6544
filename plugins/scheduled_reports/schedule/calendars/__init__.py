"""Calendars that a team keeps as files: `include/calendars/*.yaml`, and ICS files beside them."""

from scheduled_reports.schedule.calendars.errors import CalendarError, UnknownCalendarError
from scheduled_reports.schedule.calendars.expression import CalendarExpression
from scheduled_reports.schedule.calendars.load import Calendars
from scheduled_reports.schedule.calendars.resolved import Resolved

__all__ = ["CalendarError", "CalendarExpression", "Calendars", "Resolved", "UnknownCalendarError"]
