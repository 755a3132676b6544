"""Make every format from one document."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import time
from dataclasses import asdict, replace
from pathlib import Path

from scheduled_reports.document import Document, Notice, Provenance
from scheduled_reports.editions import EVERYBODY, Edition, editions, formats_of
from scheduled_reports.errors import RenderError
from scheduled_reports.file_names import RULE, fault_in
from scheduled_reports.formats import Artifact, Format
from scheduled_reports.masking import require_masks
from scheduled_reports.run import Run
from scheduled_reports.sensitive import require_hidden
from scheduled_reports.steps.blank import announced, forget_files, require_marks
from scheduled_reports.tables import Tables
from scheduled_reports.templates import fill

log = logging.getLogger(__name__)


def render(run: Run, now: dt.datetime) -> list[str]:
    """Write one file for each format into the run's folder; return their names.

    Args:
        run: The run, extracted.
        now: When the report says that it was made, aware.

    Raises:
        SourceError: The run's data is masked otherwise than the spec says now.
        DocumentError: A block does not fit its data.
        RenderError: A format could not make its file, or would show a sensitive column.
        RunSkipped: A file of everybody's is blank, and `on_empty` does not have it sent.
        ArchiveError: The run's folder cannot be read or written.
    """
    require_masks(run)
    require_hidden(run)
    forget_files(run)
    artifacts: list[Artifact] = []
    blank: dict[Edition, list[str]] = {}
    for edition in editions(run.report.spec):
        made, blank[edition] = _edition(run, edition, now)
        artifacts += made
    run.folder.note(artifacts=[asdict(artifact) for artifact in artifacts])
    require_marks(run, blank)
    return [artifact.path.removeprefix("files/") for artifact in artifacts]


def _edition(run: Run, edition: Edition, now: dt.datetime) -> tuple[list[Artifact], list[str]]:
    """Make the files of one edition; return them, and the names of those that are blank.

    Where that is to be said on top of them, they are made once more, with it.
    """
    with run.folder.fetch(edition.data) as data, run.folder.scratch() as folder:
        document = compose(run, Tables(data), now, edition)
        artifacts, blank = _files(run, edition, document, folder)
        if announced(run, edition, blank):
            document = replace(document, notices=notices_of(run, edition))
            artifacts, _ = _files(run, edition, document, folder)
    return artifacts, blank


def _files(run: Run, edition: Edition, document: Document, folder: Path) -> tuple[list[Artifact], list[str]]:
    """Make the files of one edition; return them, and the names of those that show nothing.

    Beside files with the report's content, files of data may have no row; without them, there is nothing else to see.
    """
    artifacts: list[Artifact] = []
    blank: dict[str, bool] = {}
    formats = formats_of(run.report.spec, edition)
    content = any(entry.has_content for entry in formats)
    for entry in formats:
        taken = {artifact.name for artifact in artifacts}
        artifact, is_blank = _rendered(run, entry, document, folder, taken, edition)
        artifacts.append(artifact)
        if entry.has_content or not content or not artifact.size:
            blank[artifact.name] = is_blank
    found = [name for name, is_blank in blank.items() if is_blank]
    return artifacts, found if content or all(blank.values()) else []


def compose(run: Run, tables: Tables, now: dt.datetime, edition: Edition = EVERYBODY) -> Document:
    """Bind the spec's content to the run's tables, and put what the run has to say of them before it.

    Raises:
        DocumentError: A block does not fit its data.
        ArchiveError: The run's manifest cannot be read.
    """
    spec = run.report.spec
    provenance = Provenance(run.report.id, run.schedule.id, run.run_id, run.report.digest[:12],
                            now.astimezone(run.period.start.tzinfo), spec.owner)  # fmt: skip
    blocks = tuple(block.bind(tables, run.words) for block in spec.content)
    return Document(spec.title, spec.description, run.period, blocks, tables, provenance, notices_of(run, edition))


def notices_of(run: Run, edition: Edition = EVERYBODY) -> tuple[Notice, ...]:
    """Return what readers of one of the run's editions must know first, as its manifest lists it."""
    entries = run.folder.manifest().get("notices", ())
    return tuple(
        Notice(entry["word"], entry["text"]) for entry in entries if entry.get("edition", edition.key) == edition.key
    )


def artifacts_of(run: Run, edition: Edition = EVERYBODY) -> dict[str, Artifact]:
    """Return the artifacts of one of the run's editions by format id, as its manifest lists them."""
    return {artifact.format: artifact for artifact in all_artifacts(run) if artifact.role == edition.role}


def all_artifacts(run: Run) -> list[Artifact]:
    """Return the artifacts of all the run's editions, as its manifest lists them."""
    return [Artifact(**entry) for entry in run.folder.manifest().get("artifacts", ())]


def _rendered(
    run: Run, entry: Format, document: Document, folder: Path, taken: set[str], edition: Edition
) -> tuple[Artifact, bool]:
    """Make one file; return it, and whether it shows nothing."""
    started = time.monotonic()
    name = f"{fill(entry.file_name, run.words)}.{entry.extension}"
    fault = "another format has that name" if name in taken else fault_in(name)
    if fault:
        raise RenderError(f"format {entry.key!r} cannot be called {name!r}", why=fault,
                          fix=f"give it another `file_name`: {RULE}")  # fmt: skip
    target = folder / name
    try:
        entry.render(document, target)
        is_blank = not target.stat().st_size or entry.is_blank(target, document)
    except OSError as error:
        raise RenderError(f"format {entry.key!r} cannot be written to {folder}", why=str(error),
                          fix="check the free space and the permissions", retryable=True) from error  # fmt: skip
    size, digest = target.stat().st_size, _sha256(target)
    path = f"{edition.files}/{name}"
    run.folder.put(target, path)
    log.info("%s: %s, %s bytes, %.2f s", entry.key, path, f"{size:,}", time.monotonic() - started)
    return Artifact(entry.key, name, entry.media_type, path, size, digest, edition.role), is_blank


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
