"""Never send a report that shows nothing as if it were one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scheduled_reports.document import KpisBlock
from scheduled_reports.document.block import Binding, Block
from scheduled_reports.editions import EVERYBODY, Edition, edition_of_role, editions, formats_of, roles_of
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.binding import binding_of
from scheduled_reports.steps.plan import put_off_as_blank
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)

WORD = "EMPTY"
"""The word of the notice on a report that shows nothing and is sent all the same."""


def require_content(run: Run, tables: Tables) -> dict[str, str]:
    """Look, before anything is rendered, whether the report shows anything; do what `on_empty` says where it does not.

    Where masks give a role data of its own, that edition is looked at by itself: its readers alone may get nothing.

    Args:
        run: The run, extracted.
        tables: Everybody's tables.

    Returns:
        What became of it, in words; nothing where there is something to show.

    Raises:
        RunSkipped: There is nothing to show, for anybody.
        ArchiveError: The run's folder cannot be read or written.
    """
    found: dict[Edition, str] = {}
    for edition in editions(run.report):
        if edition == EVERYBODY:
            found[edition] = _nothing(run, edition, tables)
        else:
            with run.folder.fetch(edition.data) as data:
                found[edition] = _nothing(run, edition, Tables(data))
    found = {edition: reason for edition, reason in found.items() if reason}
    _note(run, {"data": found})
    return _become(run, found)


def forget_files(run: Run) -> None:
    """Forget what was said of files that are made anew.

    Raises:
        ArchiveError: The run's manifest cannot be read or written.
    """
    if _noted(run).get("files"):
        _note(run, {**_noted(run), "files": {}})


def announced(run: Run, edition: Edition, blank: Sequence[str]) -> bool:
    """Put a notice on an edition whose files are blank, where `on_empty` says so; return whether it is new.

    Args:
        run: The run.
        edition: One of its editions.
        blank: The names of its files that are blank.

    Raises:
        ArchiveError: The run's manifest cannot be read or written.
    """
    noted = _noted(run)
    if not blank or run.report.spec.on_empty != "send_notice" or edition in noted.get("data", {}):
        return False
    _note(run, {**noted, "files": {**noted.get("files", {}), edition: _of_files(blank)}})
    return True


def require_marks(run: Run, blank: Mapping[Edition, Sequence[str]]) -> None:
    """Do what `on_empty` says of editions whose files are blank, and of which the data did not tell it before.

    Args:
        run: The run, rendered.
        blank: The names of the blank files of each edition.

    Raises:
        RunSkipped: All that would be sent is blank.
        ArchiveError: The run's manifest cannot be read or written.
    """
    noted = _noted(run)
    found = {edition: _of_files(names) for edition, names in blank.items() if names}
    news = {edition: reason for edition, reason in found.items() if edition not in noted.get("data", {})}
    if news:
        _note(run, {**noted, "files": news})
        _become(run, news)


Found = Mapping[Edition, str]
"""Why editions show nothing."""


def _noted(run: Run) -> dict[str, Found]:
    """Return which editions show nothing, by what that was seen: `data`, `files`."""
    noted = run.folder.manifest().get("empty", {})
    known = {edition.key: edition for edition in editions(run.report)}
    return {
        what: {known[key]: reason for key, reason in found.items() if key in known} for what, found in noted.items()
    }


def _note(run: Run, noted: Mapping[str, Found]) -> None:
    """Note which editions show nothing, the notices on them, and why they are not sent where they are not."""
    on_empty = run.report.spec.on_empty
    told = {edition.key: _sentence(run, reason) for found in noted.values() for edition, reason in found.items()}
    others = [entry for entry in run.folder.manifest().get("notices", ()) if entry.get("of") != "blank"]
    notices = [{"word": WORD, "text": f"{text}.", "of": "blank", "edition": key} for key, text in told.items()]
    run.folder.note(
        empty={what: {edition.key: reason for edition, reason in found.items()} for what, found in noted.items()},
        notices=[*others, *(notices if on_empty == "send_notice" else ())],
        blank=told if on_empty == "skip" else {},
    )


def _become(run: Run, news: Found) -> dict[str, str]:
    """Say what becomes of editions that show nothing; skip the run where nothing else would be sent."""
    if not news:
        return {}
    spec = run.report.spec
    told = "; ".join(_whose(run, edition) + reason for edition, reason in news.items())
    log.warning("Nothing to show: %s; on_empty is %r", told, spec.on_empty)
    unsent = put_off_as_blank(run.folder.manifest())
    roles = set().union(*(roles_of(run.report, channel) for channel in spec.deliver))
    if {edition_of_role(spec, role).key for role in roles} <= unsent.keys():
        raise RunSkipped(_sentence(run, told))
    become = {"skip": "who would see nothing gets nothing", "send": "it is sent as it is",
              "send_notice": f"it is sent with the notice {WORD}"}  # fmt: skip
    return {"on_empty": f"{_sentence(run, told)}: {become[spec.on_empty]}"}


def _whose(run: Run, edition: Edition) -> str:
    return f"for {edition}, " if len(editions(run.report)) > 1 else ""


def _sentence(run: Run, reason: str) -> str:
    return f"Nothing to show for {run.period.label}: {reason}"


def _of_files(names: Sequence[str]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} blank, with no text and no mark of the content"


def _nothing(run: Run, edition: Edition, tables: Tables) -> str:
    """Return why an edition has nothing to show; empty where it has, or where its content is in none of its files."""
    spec = run.report.spec
    if not any(entry.has_content for entry in formats_of(run.report, edition)):
        return ""
    binding = binding_of(run, tables)
    content = [block for block in _shown(spec.content, binding) if not block.inner()]
    first = [block.is_empty(tables) for block in content]
    beside = any(empty and not isinstance(block, KpisBlock) for block, empty in zip(content, first, strict=True))
    found = [block.is_empty(tables, beside_nothing=True) for block in content] if beside else first
    if True not in found or False in found:
        return ""
    return ", ".join(dict.fromkeys(_reasons(content, found, tables)))


def _shown(blocks: Iterable[Block], data: Binding) -> Iterator[Block]:
    """Yield the blocks that are shown, and those within them; within one that is not, none is."""
    for block in blocks:
        if block.is_shown(data):
            yield block
            yield from _shown(block.inner(), data)


def _reasons(content: Sequence[Block], found: Sequence[bool | None], tables: Tables) -> Iterator[str]:
    for block, empty in zip(content, found, strict=True):
        name = getattr(block, "dataset", "")
        if not empty or not name:
            continue
        if not tables.rows(name):
            yield f"{name} has no rows"
        elif isinstance(block, KpisBlock):
            yield f"{name} has no figure but zero"
        else:
            yield f"{name} has no value in what is shown of it"
