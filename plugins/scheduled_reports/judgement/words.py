"""What a report waits for and when it alarms, in words, for its page in Airflow."""

from __future__ import annotations

from scheduled_reports.conditions import Condition
from scheduled_reports.judgement.alert import Alert
from scheduled_reports.judgement.logic import Any, Not, Test, parts
from scheduled_reports.judgement.run_when import RunWhen
from scheduled_reports.schedule.clock import in_words

_LONGEST = 80


def run_when_words(rule: RunWhen) -> str:
    """Return when a report runs at all: `only if rows (dataset orders, at least 1); …`; empty where always."""
    test = rule.test
    if test is None:
        return ""
    text = f"only if {words_of(test)}"
    if rule.wait_for is None:
        return f"{text}; else it is skipped"
    then = {"skip": "is skipped", "send_stale": "goes out with a STALE banner",
            "alert": "is skipped, and its owner is told"}[rule.then]  # fmt: skip
    wait = f"it waits up to {in_words(rule.wait_for)} for that, asks every {in_words(rule.every)}, and then {then}"
    return f"{text}; {wait}"


def alert_words(alert: Alert) -> str:
    """Return when an alert report is sent: `only when rows (…) becomes true`."""
    if alert.keys is not None:
        columns = ", ".join(alert.keys.columns)
        what, becomes = f"{alert.keys.dataset} has a row", f"{alert.keys.dataset} has a new {columns}"
    else:
        what = words_of(alert.test)
        becomes = f"{what} becomes true"
    if alert.send == "every_run":
        return f"in every run in which {what}" + ("" if alert.keys else " holds")
    again = f"; again {_runs(alert.again_after)} later, where it still is" if alert.again_after else ""
    quiet = f"; it must have been untrue in {_runs(alert.rearm_after)} in a row before" if alert.rearm_after > 1 else ""
    return f"only when {becomes}{again}{quiet}"


def words_of(test: Test, *, inner: bool = False) -> str:
    """Return conditions as a sentence would say them: `rows (…) and (flag (…) or not value (…))`."""
    if isinstance(test, Condition):
        return _condition(test)
    entries = [words_of(entry, inner=True) for _, entry in parts(test)]
    if isinstance(test, Not):
        return f"not {entries[0]}"
    joined = (" or " if isinstance(test, Any) else " and ").join(entries)
    return f"({joined})" if inner and len(entries) > 1 else joined


def _condition(condition: Condition) -> str:
    given = condition.model_dump(mode="json", exclude_unset=True, exclude={"type"})
    facts = ", ".join(f"{name.replace('_', ' ')} {_short(value)}" for name, value in given.items())
    kind = getattr(condition, "type", "")
    return f"{kind} ({facts})" if facts else str(kind)


def _short(value: object) -> str:
    """Return a value on one line, and not too long: SQL may be both."""
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name.replace('_', ' ')} {_short(entry)}" for name, entry in value.items()) + ")"
    if isinstance(value, list):
        return ", ".join(_short(entry) for entry in value)
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _runs(count: int | None) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"
