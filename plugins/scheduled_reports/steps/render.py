"""Make every format from one document."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from scheduled_reports.brands import brand_for
from scheduled_reports.document import Document, Notice, Provenance, arranged
from scheduled_reports.document.block import bind_all
from scheduled_reports.editions import EVERYBODY, Edition, editions, formats_of, translations
from scheduled_reports.errors import RenderError
from scheduled_reports.file_names import RULE, fault_in
from scheduled_reports.formats import Artifact, Format
from scheduled_reports.masking import require_masks
from scheduled_reports.rendering import Job, Made, make_all
from scheduled_reports.run import Run
from scheduled_reports.sensitive import require_hidden
from scheduled_reports.steps.binding import binding_of
from scheduled_reports.steps.blank import announced, forget_files, require_marks
from scheduled_reports.steps.provenance import kept, provenance_of
from scheduled_reports.tables import Tables
from scheduled_reports.templates import fill

log = logging.getLogger(__name__)


def render(run: Run, now: dt.datetime, provenance: Provenance | None = None) -> list[str]:
    """Write one file for each format into the run's folder; return their names.

    Args:
        run: The run, extracted.
        now: When the report says that it was made, aware.
        provenance: Where the files say that they come from, when they are made again; gathered unless given.

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
    provenance = provenance or provenance_of(run, now)
    with ExitStack() as stack:
        drafts = [_draft(run, edition, formats, provenance, stack) for edition, formats in _asked_for(run)]
        made = _made(drafts)
        blank = _blanks(drafts, made)
        told = {edition for edition, names in blank.items() if announced(run, edition, names)}
        news = [index for index, draft in enumerate(drafts) if draft.edition.original in told]
        if news:  # that they are blank is to be said on top of them
            again = _made([_with_notices(run, drafts[index]) for index in news])
            made = [again[news.index(index)] if index in news else found for index, found in enumerate(made)]
        pairs = zip(drafts, made, strict=True)
        artifacts = [artifact for draft, found in pairs for artifact in _stored(run, draft, found)]
    run.folder.note(artifacts=[asdict(artifact) for artifact in artifacts], provenance=kept(provenance))
    require_marks(run, blank)
    return [artifact.path.removeprefix("files/") for artifact in artifacts]


@dataclass(frozen=True)
class _Draft:
    """The files of one edition before they are made."""

    edition: Edition
    document: Document
    folder: Path
    formats: dict[str, Format]


def _asked_for(run: Run) -> Iterator[tuple[Edition, list[Format]]]:
    """Yield the editions that readers get, and the formats of each: those in the report's language first."""
    yield from ((edition, formats_of(run.report, edition)) for edition in editions(run.report))
    for edition, carried in translations(run).items():
        yield edition, [entry for entry in run.report.spec.formats if entry.key in carried]


def _draft(run: Run, edition: Edition, asked_for: list[Format], provenance: Provenance, stack: ExitStack) -> _Draft:
    """Return what is to be made of one edition; its data, and room for the files, are there until the stack ends."""
    data = stack.enter_context(run.folder.fetch(edition.data))
    folder = stack.enter_context(run.folder.scratch())
    formats: dict[str, Format] = {}
    for entry in asked_for:
        name = f"{fill(entry.file_name, run.words)}.{entry.file_extension}"
        if fault := "another format has that name" if name in formats else fault_in(name):
            raise RenderError(f"format {entry.key!r} cannot be called {name!r}", why=fault,
                              fix=f"give it another `file_name`: {RULE}")  # fmt: skip
        formats[name] = entry
    return _Draft(edition, compose(run, Tables(data), provenance, edition), folder, formats)


def _with_notices(run: Run, draft: _Draft) -> _Draft:
    return replace(draft, document=replace(draft.document, notices=notices_of(run, draft.edition)))


def _made(drafts: Sequence[_Draft]) -> list[list[Made]]:
    """Make the files of drafts; return what they are, draft by draft."""
    jobs = [
        Job(entry, draft.document, draft.folder / name) for draft in drafts for name, entry in draft.formats.items()
    ]
    made = make_all(jobs)
    return [list(islice(made, len(draft.formats))) for draft in drafts]


def _blanks(drafts: Sequence[_Draft], made: Sequence[Sequence[Made]]) -> dict[Edition, list[str]]:
    """Return the names of blank files by the editions in the report's language, those of other languages among them."""
    found: dict[Edition, list[str]] = {}
    for draft, files in zip(drafts, made, strict=True):
        names = found.setdefault(draft.edition.original, [])
        names += [name for name in _blank(draft, files) if name not in names]
    return found


def _blank(draft: _Draft, made: Sequence[Made]) -> list[str]:
    """Return the names of the files of an edition that show nothing.

    Beside files with the report's content, files of data may have no row; without them, there is nothing else to see.
    """
    content = any(entry.has_content for entry in draft.formats.values())
    looked = {
        name: found.is_blank
        for (name, entry), found in zip(draft.formats.items(), made, strict=True)
        if entry.has_content or not content or (not found.size and not entry.may_have_no_bytes)
    }
    names = [name for name, is_blank in looked.items() if is_blank]
    return names if content or all(looked.values()) else []


def _stored(run: Run, draft: _Draft, made: Sequence[Made]) -> Iterator[Artifact]:
    """Put the files of an edition into the run's folder."""
    for (name, entry), found in zip(draft.formats.items(), made, strict=True):
        path = f"{draft.edition.files}/{name}"
        run.folder.put(draft.folder / name, path)
        log.info("%s: %s, %s bytes, %.2f s", entry.key, path, f"{found.size:,}", found.seconds)
        yield Artifact(entry.key, name, entry.file_media_type, path, found.size, found.sha256, draft.edition.role,
                       draft.edition.language)  # fmt: skip


def compose(run: Run, tables: Tables, provenance: Provenance, edition: Edition = EVERYBODY) -> Document:
    """Bind the spec's content to the run's tables, and put what the run has to say of them before it.

    Raises:
        DocumentError: A block does not fit its data.
        ArchiveError: The run's manifest cannot be read.
    """
    spec = run.report.spec
    binding = binding_of(run, tables, edition.language)
    with tables.at_hand():
        blocks = arranged(bind_all(spec.content, binding, "content"))
    return Document(spec.title, spec.description, run.period, blocks, tables, provenance, notices_of(run, edition),
                    brand_for(spec.brand, run.include), binding.language)  # fmt: skip


def notices_of(run: Run, edition: Edition = EVERYBODY) -> tuple[Notice, ...]:
    """Return what readers of one of the run's editions must know first, as its manifest lists it."""
    entries = run.folder.manifest().get("notices", ())
    return tuple(
        Notice(entry["word"], entry["text"]) for entry in entries if entry.get("edition", edition.key) == edition.key
    )


def artifacts_of(run: Run, edition: Edition = EVERYBODY) -> dict[str, Artifact]:
    """Return the artifacts of one of the run's editions by format id, as its manifest lists them."""
    return {artifact.format: artifact for artifact in all_artifacts(run) if _is_of(artifact, edition)}


def _is_of(artifact: Artifact, edition: Edition) -> bool:
    return (artifact.role, artifact.language) == (edition.role, edition.language)


def all_artifacts(run: Run) -> list[Artifact]:
    """Return the artifacts of all the run's editions, as its manifest lists them."""
    return [Artifact(**entry) for entry in run.folder.manifest().get("artifacts", ())]
