"""What a run makes for each role of its readers: masks may leave them different data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduled_reports.columns import DEFAULT
from scheduled_reports.masks import Mask

if TYPE_CHECKING:
    from scheduled_reports.channels import Channel
    from scheduled_reports.formats import Format
    from scheduled_reports.spec.report import ReportSpec


@dataclass(frozen=True)
class Edition:
    """The data and files of a report as readers of one role may have them.

    Attributes:
        role: The role; None for everybody whose role no mask tells from others.
    """

    role: str | None = None

    @property
    def data(self) -> str:
        """The name of its tables' folder in the run's."""
        return f"roles/{self.role}" if self.role else "data"

    @property
    def files(self) -> str:
        """The name of its artifacts' folder in the run's; a file's name never is a role's, as it has a point."""
        return f"files/{self.role}" if self.role else "files"

    @property
    def key(self) -> str:
        """Its name in the manifest, and in a mask."""
        return self.role or DEFAULT

    def __str__(self) -> str:
        return f"role {self.role!r}" if self.role else "everybody"


EVERYBODY = Edition()


def editions(spec: ReportSpec) -> tuple[Edition, ...]:
    """Return a report's editions: everybody's first, then one for each role in `deliver` whose masks differ from it."""
    roles = sorted({channel.role for channel in spec.deliver if channel.role})
    common = dict(_masks(spec, None))
    return (EVERYBODY, *(Edition(role) for role in roles if dict(_masks(spec, role)) != common))


def edition_of(spec: ReportSpec, channel: Channel) -> Edition:
    """Return the edition that a destination gets."""
    own = Edition(channel.role)
    return own if own in editions(spec) else EVERYBODY


def formats_of(spec: ReportSpec, edition: Edition) -> list[Format]:
    """Return the formats of an edition: all of everybody's, of a role's those that its destinations carry."""
    carried = {key for channel in spec.deliver if channel.role == edition.role for key in channel.formats()}
    return [entry for entry in spec.formats if edition.role is None or entry.key in carried]


def applied(spec: ReportSpec) -> dict[str, dict[str, Any]]:
    """Return which mask each edition's columns have, for the manifest: `{"default": {"customers.email": {…}}}`.

    A column that is sensitive and not masked is among them, as what may be shown depends on it.
    """
    return {
        edition.key: {
            f"{name}.{column}": {"sensitive": True}
            if mask is None
            else mask.model_dump(mode="json", exclude_defaults=True)
            for name, source in spec.sources.items()
            for column, told in source.columns.items()
            if (mask := told.mask_for(edition.role)) is not None or told.sensitive
        }
        for edition in editions(spec)
    }


def _masks(spec: ReportSpec, role: str | None) -> Iterator[tuple[tuple[str, str], Mask | None]]:
    for name, source in spec.sources.items():
        for column, told in source.columns.items():
            if told.mask:
                yield (name, column), told.mask_for(role)
