"""The archive: it can be written, read, and cleared."""

from __future__ import annotations

from collections.abc import Iterator

from scheduled_reports import settings
from scheduled_reports.archive import probe
from scheduled_reports.live.base import Sight, Thing
from scheduled_reports.live.scope import Scope


def things(scope: Scope) -> Iterator[Thing]:
    """Yield the archive, which all reports need."""
    yield Thing("archive", "", "", scope.ids, "the archive", lambda: Sight(probe(settings.archive())))
