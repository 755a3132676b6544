"""Where a run's files come from: gathered when they are first made, and kept for when they are made again."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from scheduled_reports import settings
from scheduled_reports.document import Freshness, Provenance
from scheduled_reports.errors import ReportError
from scheduled_reports.git import Repository
from scheduled_reports.run import Run


def provenance_of(run: Run, now: dt.datetime) -> Provenance:
    """Return where the files of a run come from.

    Args:
        run: The run, extracted.
        now: When they are made, aware.

    Raises:
        ArchiveError: The run's manifest cannot be read.
    """
    zone = run.period.start.tzinfo
    return Provenance(
        run.report.id, run.schedule.id, run.run_id, run.report.digest[:12], now.astimezone(zone), run.report.spec.owner,
        _commit(run), _freshness(run), page_of(run),
    )  # fmt: skip


def kept(provenance: Provenance) -> dict[str, Any]:
    """Return the provenance as the manifest keeps it."""
    return asdict(provenance)


def told(kept: dict[str, Any], zone: dt.tzinfo | None) -> Provenance:
    """Return the provenance that a manifest keeps, its times in `zone`.

    Raises:
        ReportError: It keeps none, or another form of it.
    """
    try:
        freshness = tuple(
            Freshness(fact["source"], _moment(fact["read_at"]), _maybe(fact["newest"])) for fact in kept["freshness"]
        )
        generated_at = _moment(kept["generated_at"]).astimezone(zone)
        return Provenance(**{**kept, "freshness": freshness, "generated_at": generated_at})
    except (KeyError, TypeError, ValueError) as error:
        what, fix = "the run's manifest does not say where its files come from", "`reports preview` makes its files"
        raise ReportError(what, why=f"another version made it: {error!r}", fix=fix) from error


def _freshness(run: Run) -> tuple[Freshness, ...]:
    """Return how fresh each source is: when it was read, and, of files, when the newest of them was changed."""
    tables = run.folder.manifest().get("tables", {})
    facts = ((name, tables.get(name, {}).get("read_at")) for name in run.report.spec.sources)
    return tuple(Freshness(name, _moment(read_at)) for name, read_at in facts if read_at)


def _commit(run: Run) -> str:
    """Return the git commit of the spec; empty where it is in no repository."""
    if (given := settings.commit()) is not None:
        return given
    with suppress(ReportError):
        repository = Repository(run.report.path.parent)
        return repository.state(run.report.path) if repository.holds(run.report.path.parent) else ""
    return ""


def page_of(run: Run) -> str:
    """Return where the run can be looked at in Airflow; empty where nobody said what Airflow's address is."""
    base = settings.airflow_url()
    dag_id = f"{run.report.id}__{run.schedule.id}"
    return f"{base}/dags/{dag_id}/runs/{quote(run.run_id, safe='')}" if base else ""


def _moment(text: Any) -> dt.datetime:
    return dt.datetime.fromisoformat(str(text))


def _maybe(text: Any) -> dt.datetime | None:
    return None if text is None else _moment(text)
