"""Make every format from one document."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import time
from dataclasses import asdict
from pathlib import Path

from scheduled_reports.document import Document, Notice, Provenance
from scheduled_reports.errors import RenderError
from scheduled_reports.file_names import RULE, fault_in
from scheduled_reports.formats import Artifact, Format
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables
from scheduled_reports.templates import fill

log = logging.getLogger(__name__)


def render(run: Run, now: dt.datetime) -> list[str]:
    """Write one file for each format into the run's folder; return their names.

    Args:
        run: The run, extracted.
        now: When the report says that it was made, aware.

    Raises:
        DocumentError: A block does not fit its data.
        RenderError: A format could not make its file.
        ArchiveError: The run's folder cannot be read or written.
    """
    artifacts: list[Artifact] = []
    with run.folder.fetch("data") as data, run.folder.scratch() as folder:
        document = compose(run, Tables(data), now)
        for entry in run.report.spec.formats:
            artifacts.append(_rendered(run, entry, document, folder, {artifact.name for artifact in artifacts}))
    run.folder.note(artifacts=[asdict(artifact) for artifact in artifacts])
    return [artifact.name for artifact in artifacts]


def compose(run: Run, tables: Tables, now: dt.datetime) -> Document:
    """Bind the spec's content to the run's tables, and put what the run has to say of them before it.

    Raises:
        DocumentError: A block does not fit its data.
        ArchiveError: The run's manifest cannot be read.
    """
    spec = run.report.spec
    provenance = Provenance(run.report.id, run.schedule.id, run.run_id, run.report.digest[:12],
                            now.astimezone(run.period.start.tzinfo), spec.owner)  # fmt: skip
    blocks = tuple(block.bind(tables, run.words) for block in spec.content)
    return Document(spec.title, spec.description, run.period, blocks, tables, provenance, notices_of(run))


def notices_of(run: Run) -> tuple[Notice, ...]:
    """Return what readers of the run's report must know first, as its manifest lists it."""
    return tuple(Notice(entry["word"], entry["text"]) for entry in run.folder.manifest().get("notices", ()))


def artifacts_of(run: Run) -> dict[str, Artifact]:
    """Return the run's artifacts by format id, as its manifest lists them."""
    return {entry["format"]: Artifact(**entry) for entry in run.folder.manifest().get("artifacts", ())}


def _rendered(run: Run, entry: Format, document: Document, folder: Path, taken: set[str]) -> Artifact:
    started = time.monotonic()
    name = f"{fill(entry.file_name, run.words)}.{entry.extension}"
    fault = "another format has that name" if name in taken else fault_in(name)
    if fault:
        raise RenderError(f"format {entry.key!r} cannot be called {name!r}", why=fault,
                          fix=f"give it another `file_name`: {RULE}")  # fmt: skip
    target = folder / name
    try:
        entry.render(document, target)
    except OSError as error:
        raise RenderError(f"format {entry.key!r} cannot be written to {folder}", why=str(error),
                          fix="check the free space and the permissions", retryable=True) from error  # fmt: skip
    size, digest = target.stat().st_size, _sha256(target)
    run.folder.put(target, f"files/{name}")
    log.info("%s: %s, %s bytes, %.2f s", entry.key, name, f"{size:,}", time.monotonic() - started)
    return Artifact(entry.key, name, entry.media_type, f"files/{name}", size, digest)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
