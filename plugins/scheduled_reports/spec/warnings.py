"""What `reports check` warns of: specs that are valid, and probably do not do what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scheduled_reports.channels.email import Email
from scheduled_reports.channels.ftp import Ftp
from scheduled_reports.ftp import Tls
from scheduled_reports.schedule.conflicts import Span, ending_calendar, findings
from scheduled_reports.spec.compose import read_spec
from scheduled_reports.spec.load import Report
from scheduled_reports.spec.marks import Finding
from scheduled_reports.spec.problems import Problem


def warnings_in(reports: Iterable[Report], span: Span) -> list[Problem]:
    """Return what is odd about valid specs that are switched on, sorted by file and place.

    Args:
        reports: The specs.
        span: What counts as the near future.
    """
    ending: set[str] = set()
    warnings: list[Problem] = []
    for report in reports:
        if report.spec.enabled:
            found = [*_findings(report, span), *_endings(report, span, ending), *_unasked(report), *_blind(report)]
            found += [*_without_text(report), *_in_the_open(report)]
            warnings += placed(report, found)
    return sorted(warnings)


def placed(report: Report, found: list[Finding]) -> list[Problem]:
    """Return findings as problems with their places in the report's files, which are read only where there is one."""
    if not found:
        return []
    source, _ = read_spec(report.path, report.include)
    return [source.place(loc).problem(f"warning: {what}", hint) for loc, what, hint in found]


def _findings(report: Report, span: Span) -> Iterator[Finding]:
    schedules = [(schedule, report.timing(schedule)) for schedule in report.spec.schedules]
    ready_at = {name: source.ready_at for name, source in report.spec.sources.items() if source.ready_at}
    return findings(schedules, ready_at, span)


def _endings(report: Report, span: Span, told: set[str]) -> Iterator[Finding]:
    """Yield the calendars that end soon, each once, at the first schedule that uses it."""
    for index, schedule in enumerate(report.spec.schedules):
        what = ending_calendar(report.timing(schedule), span)
        if what is not None and what not in told:
            told.add(what)
            yield ("schedules", index, "calendar"), what, "add the days after that to its file in include/calendars/"


def _blind(report: Report) -> Iterator[Finding]:
    """Yield a schedule whose runs side by side each decide for themselves that its alert has not been sent."""
    alert = report.spec.alert
    for index, schedule in enumerate(report.spec.schedules):
        if alert is not None and alert.send == "on_crossing" and schedule.max_runs > 1:
            what = "max_runs: a run does not see what those beside it are about to send: an alert may go out twice"
            yield ("schedules", index, "max_runs"), what, "write `max_runs: 1`"


def _unasked(report: Report) -> Iterator[Finding]:
    """Yield an approval that no run ever asks for: its author may believe that nothing is sent without it."""
    spec = report.spec
    if spec.approval and spec.approval.when == "hold" and all(check.severity != "hold" for check in spec.checks):
        hint = "write `when: always` to be asked in every run, or give a check `severity: hold`"
        yield ("approval",), "approval: no check has severity 'hold', so nobody is ever asked", hint


def _without_text(report: Report) -> Iterator[Finding]:
    """Yield each mail that has HTML and no plain text of its own: a very short one is made for it."""
    kinds = {entry.key: entry.media_type for entry in report.spec.formats}
    for index, channel in enumerate(report.spec.deliver):
        found = {kinds.get(key) for key in channel.body} if isinstance(channel, Email) else set()
        if "text/html" in found and "text/plain" not in found:
            what = "body: there is no plain text: readers of plain text, and spam filters, want one"
            yield ("deliver", index, "body"), what, "add `{type: text}` to `formats`, and name it in `body` as well"


def _in_the_open(report: Report) -> Iterator[Finding]:
    """Yield each upload that is not encrypted."""
    for index, channel in enumerate(report.spec.deliver):
        if isinstance(channel, Ftp) and channel.tls is Tls.NONE:
            what = "tls: everybody on the way to the server can read the password and the files"
            yield ("deliver", index, "tls"), what, "write `tls: explicit`, or use `type: sftp`, where the server can"
