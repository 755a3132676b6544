"""Say on the terminal what a run's conditions, checks and blank gate found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from scheduled_reports.checks.parts import readable
from scheduled_reports.run import Run
from scheduled_reports.steps.failing_rows import kept_in
from scheduled_reports.steps.verdicts import path

_MET = {True: ("met", "green"), False: ("not met", "yellow"), None: ("cannot be said here", "yellow")}

_OUTCOMES = {"passed": "green", "learning": "cyan", "failed": "yellow", "crashed": "red"}

_EFFECTS = {
    "stop": "the DAG would stop: nobody gets it, the owner gets the failing rows",
    "hold": "the DAG would hold it for approval",
    "warn": "it says so on top",
    "crashed": "the DAG would stop: nobody gets it, the owner is told",
}

_BLANK = {
    "skip": "it is not sent where nothing can be seen",
    "send_notice": "it says so on top, with the word EMPTY",
    "send": "it is sent as it is",
}

FORGOTTEN: dict[str, Any] = {
    "notices": [], "conditions": [], "alert": {}, "checks": [], "held": [], "failing_rows": [], "empty": {},
    "blank": {},
}  # fmt: skip
"""What the manifest says of an earlier preview into the same folder."""


def say_what_was_found(run: Run, console: Console) -> None:
    """Print the verdict of each condition, what became of the blank gate on data, and the result of each check."""
    manifest = run.folder.manifest()
    for text, style in (*_conditions(manifest), *_alert(manifest), *_empty(run, "data"), *_checks(manifest)):
        console.print(f"  {text}", style=style)


def say_what_is_blank(run: Run, console: Console) -> None:
    """Print what became of the blank gate on the files."""
    for text, style in _empty(run, "files"):
        console.print(f"  {text}", style=style)


def _conditions(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in manifest.get("conditions", ()):
        word, style = _MET[entry["met"]]
        yield f"condition {path(tuple(entry['loc']))}: {word}: {entry['reason']}", style


def _alert(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if alert := manifest.get("alert"):
        yield f"alert: {alert['reason']}", "green" if alert["sends"] else "yellow"


def _empty(run: Run, what: str) -> Iterator[tuple[str, str]]:
    for edition, reason in run.folder.manifest().get("empty", {}).get(what, {}).items():
        whose = f" ({edition})" if run.folder.manifest().get("roles") else ""
        yield f"nothing to show{whose}: {reason}; {_BLANK[run.report.spec.on_empty]}", "yellow"


def _checks(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kept = {entry.check: entry for entry in kept_in(manifest)}
    for entry in manifest.get("checks", ()):
        part = f" ({readable(entry['part'])})" if entry["part"] else ""
        effects = {"failed": entry["severity"], "crashed": "crashed"}
        effect = f"; {_EFFECTS[effects[entry['outcome']]]}" if entry["outcome"] in effects else ""
        yield (
            f"check {entry['name']}{part}: {entry['outcome']}: {' '.join(entry['reason'].split())}{effect}",
            _OUTCOMES[entry["outcome"]],
        )
        if entry["name"] in kept:
            found = kept.pop(entry["name"])
            yield f"    failing rows: {found}{f', in {found.file}' if found.file else ''}", "dim"
