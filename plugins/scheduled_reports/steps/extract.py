"""Bring the data: each source to Parquet, then each dataset."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scheduled_reports.admit import admit, link
from scheduled_reports.datasets import Dataset
from scheduled_reports.datasets.order import in_order
from scheduled_reports.editions import EVERYBODY, Edition, applied, editions
from scheduled_reports.errors import ReportError, SourceError
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.masking import secrets_of
from scheduled_reports.masks import Secrets
from scheduled_reports.masks.drop import Drop
from scheduled_reports.redacted import holds_hidden, of_dataset, of_source
from scheduled_reports.run import Run
from scheduled_reports.sensitive import carried_in
from scheduled_reports.sources import Source
from scheduled_reports.steps import StepSkipped
from scheduled_reports.steps.conditions import require_of_sources
from scheduled_reports.steps.plan import is_settled, owed
from scheduled_reports.steps.undecided import undecided
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)

Facts = dict[str, dict[str, Any]]
"""Of each table: its kind, rows, bytes, and the seconds that making it took."""

Made = dict[Edition, tuple[Tables, Facts]]
"""The tables of each edition, everybody's first."""


def extract(run: Run, ledger: Ledger | None = None) -> dict[str, int]:
    """Write every source and dataset into the run's folder, all or none; return the rows of each.

    Where the ledger says that everything was delivered, the data stays what it was: the archive holds what was sent.

    A source is read once; where masks differ by role, each role's edition is made of that one reading. What is not
    masked yet lies in a folder of its own, which is gone before the first dataset is made.

    Raises:
        StepSkipped: Everything was delivered already.
        RunSkipped: A dataset could not be made because a source lacks the rows that `run_when` asks for.
        SourceError: One could not be read or made, or is not what the spec declares.
        SettingError: A mask needs a key, and this deployment has none.
        UnknownConnectionError: A source's connection does not exist.
        ArchiveError: The run's folder cannot be written.
    """
    if ledger is not None:
        _require_unsent(run, ledger)
    secrets = secrets_of(run)
    run.folder.sweep()
    with run.folder.scratch() as folder:
        made: Made = {
            edition: (Tables(folder / edition.data, spill=folder / ".spill"), {}) for edition in editions(run.report)
        }
        for tables, _ in made.values():
            tables.folder.mkdir(parents=True)
        _sources(run, made, secrets)
        _datasets(run, made)
        _put(run, made)
    return {name: fact["rows"] for name, fact in made[EVERYBODY][1].items()}


def _require_unsent(run: Run, ledger: Ledger) -> None:
    entries = [] if undecided(run) else owed(run, ledger)
    if any(entry.state is DeliveryState.DELIVERED for entry in entries) and all(
        is_settled(run, entry) for entry in entries
    ):
        raise StepSkipped(
            "everything was delivered, and the archive keeps the data that was sent; trigger a new run with 'force'"
        )


def _put(run: Run, made: Made) -> None:
    """Put all tables into the run's folder, and say in its manifest what they are."""
    common, known = made[EVERYBODY]
    for name, columns in carried_in(run, common).items():
        known[name]["sensitive"] = columns  # another report may read the table from the archive
    for edition, (tables, facts) in made.items():
        for name in facts:
            run.folder.put(tables.path(name), f"{edition.data}/{name}.parquet")
    by_role = {edition.role: facts for edition, (_, facts) in made.items() if edition.role}
    run.folder.note(tables=known, roles=by_role, masks=applied(run.report))


def _sources(run: Run, made: Made, secrets: Secrets) -> None:
    folders = {edition: tables.folder for edition, (tables, _) in made.items()}
    for name, source in run.report.spec.sources.items():
        started = time.monotonic()
        scratch = made[EVERYBODY][0].folder.parent
        with _writing("source", name, scratch), TemporaryDirectory(prefix="raw-", dir=scratch) as raw:
            _read(run, name, source, Path(raw) / f"{name}.parquet")
            admit(run, name, Path(raw), folders, secrets)
        seconds = round(time.monotonic() - started, 3)
        for edition, (tables, facts) in made.items():
            facts.update({table: _fact(tables, table, "source", edition, seconds) for table in source.tables(name)})


def _read(run: Run, name: str, source: Source, target: Path) -> None:
    """Read a source; its error holds no value of a column that is masked or sensitive."""
    try:
        source.extract(run, name, target)
    except SourceError as error:
        if (told := of_source(source, error)) is error:
            raise
        raise told from None


def _datasets(run: Run, made: Made) -> None:
    ordered = None
    for edition, (tables, facts) in made.items():
        try:
            ordered = in_order(run) if ordered is None else ordered
            for name, dataset in ordered:
                facts.update(_dataset(run, name, dataset, edition, made))
        except SourceError as error:
            require_of_sources(run, tables, dt.datetime.now(dt.UTC))
            raise _explained(run, edition, error) from None  # its cause may hold a value that nobody may see


def _dataset(run: Run, name: str, dataset: Dataset, edition: Edition, made: Made) -> Facts:
    """Make one dataset of an edition; one that is made of nothing but everybody's tables is everybody's."""
    started, (tables, _), (common, known) = time.monotonic(), made[edition], made[EVERYBODY]
    names = dataset.tables(name)
    if edition is not EVERYBODY and not any(
        _differ(tables, common, table) for table in dataset.reads(known, run.include)
    ):
        for table in names:
            link(common.path(table), tables.folder / f"{table}.parquet")
        return {table: known[table] for table in names}
    with _writing("dataset", name, tables.folder):
        dataset.make(run, name, tables, tables.folder / f"{name}.parquet")
    seconds = round(time.monotonic() - started, 3)
    return {table: _fact(tables, table, "dataset", edition, seconds) for table in names}


def _differ(tables: Tables, common: Tables, name: str) -> bool:
    """Return whether two editions have a table each of their own."""
    return not tables.path(name).samefile(common.path(name))


@contextmanager
def _writing(kind: str, name: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(f"{kind} {name!r} cannot be written to {folder}", why=str(error),
                          fix="check the free space and the permissions", retryable=True) from error  # fmt: skip


def _fact(tables: Tables, name: str, kind: str, edition: Edition, seconds: float) -> dict[str, Any]:
    rows, size = tables.rows(name), tables.path(name).stat().st_size
    what = f"{kind} {name} for {edition}" if edition.role else f"{kind} {name}"
    log.info("%s: %s rows, %s bytes, %.2f s", what, f"{rows:,}", f"{size:,}", seconds)
    read_at = {"read_at": dt.datetime.now(dt.UTC).isoformat()} if kind == "source" else {}
    return {"kind": kind, "rows": rows, "bytes": size, "seconds": seconds, **read_at}


def _explained(run: Run, edition: Edition, error: SourceError) -> SourceError:
    """Return the error of a dataset without values that must not be seen, and with the mask that dropped a column."""
    why, fix = error.why, error.fix
    if holds_hidden(run.report.spec, edition):
        why = of_dataset(why, _written(run))
    for name, source in run.report.spec.sources.items():
        for column, told in source.columns.items():
            if isinstance(told.mask_for(edition.role), Drop) and f'"{column}"' in error.why:
                fix = f"a mask drops {name}.{column} for {edition}: leave it out of the query, or mask it with `null`"
    return SourceError(error.what, why=why, fix=fix, retryable=error.retryable)


def _written(run: Run) -> str:
    """Return the SQL of the report's datasets, as far as it can be read."""
    texts = []
    for dataset in run.report.spec.datasets.values():
        with suppress(ReportError, OSError, ValueError, SyntaxError):
            texts.append(dataset.shown(run.include))
    return "\n".join(texts)
