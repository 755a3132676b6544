"""What a run makes for its readers: masks may leave roles different data, and languages are of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduled_reports.audience.entries import FromTable, entries_of, is_address
from scheduled_reports.audience.load import directory_of
from scheduled_reports.columns import DEFAULT
from scheduled_reports.language.codes import locale_code
from scheduled_reports.masks import Mask

if TYPE_CHECKING:
    from scheduled_reports.audience import Recipient
    from scheduled_reports.channels import Channel
    from scheduled_reports.formats import Format
    from scheduled_reports.run import Run
    from scheduled_reports.spec.load import Report
    from scheduled_reports.spec.report import ReportSpec


@dataclass(frozen=True)
class Edition:
    """The data and files of a report as readers of one role and language may have them.

    Attributes:
        role: The role; None for everybody whose role no mask tells from others.
        language: The language of its files; None for the report's. The data is the same in each.
    """

    role: str | None = None
    language: str | None = None

    @property
    def data(self) -> str:
        """The name of its tables' folder in the run's."""
        return f"roles/{self.role}" if self.role else "data"

    @property
    def files(self) -> str:
        """The name of its artifacts' folder in the run's; a file's name never is a role's, as it has a point."""
        if self.language:
            return f"files/{self.key}/{self.language}"
        return f"files/{self.role}" if self.role else "files"

    @property
    def key(self) -> str:
        """Its name in the manifest, and in a mask: that of its role."""
        return self.role or DEFAULT

    @property
    def original(self) -> Edition:
        """The edition of the same role in the report's language."""
        return Edition(self.role)

    def __str__(self) -> str:
        whose = f"role {self.role!r}" if self.role else "everybody"
        return f"{whose} in {self.language}" if self.language else whose


EVERYBODY = Edition()


def editions(report: Report) -> tuple[Edition, ...]:
    """Return a report's editions in its language: everybody's, then one for each role of readers with masks of its own.

    Which roles a table of recipients names is not known before a run: each that a mask names may be among them.
    """
    roles = set().union(*(roles_of(report, channel) for channel in report.spec.deliver)) if _named(report.spec) else ()
    return (EVERYBODY, *(Edition(role) for role in sorted(filter(None, roles)) if _differs(report.spec, role)))


def edition_of(spec: ReportSpec, channel: Channel) -> Edition:
    """Return the edition that those of a destination get who have no role and no language of their own."""
    return edition_of_role(spec, channel.role)


def edition_of_role(spec: ReportSpec, role: str | None) -> Edition:
    """Return the edition that readers of a role get in the report's language; everybody's where no mask tells them."""
    return Edition(role) if _differs(spec, role) else EVERYBODY


def edition_for(report: Report, channel: Channel, recipient: Recipient) -> Edition:
    """Return the edition that a recipient of a destination gets."""
    role = edition_of_role(report.spec, recipient.role or channel.role).role
    return Edition(role, _other_language(report.spec, recipient.language))


def roles_of(report: Report, channel: Channel) -> set[str | None]:
    """Return the roles that readers of a destination may have, None for none."""
    entries = [entry for _, entry in entries_of(channel)]
    return set().union(*(_roles(report, channel, entry) for entry in entries)) if entries else {channel.role}


def formats_of(report: Report, edition: Edition) -> list[Format]:
    """Return the formats of an edition in the report's language: all of everybody's, else those its readers get."""
    carried = {
        key for channel in report.spec.deliver if edition.role in roles_of(report, channel) for key in channel.formats()
    }
    return [entry for entry in report.spec.formats if edition.role is None or entry.key in carried]


def translations(run: Run) -> dict[Edition, set[str]]:
    """Return the editions in other languages that recipients of a run get, and the formats that they carry.

    Raises:
        ArchiveError: The run's folder cannot be read.
    """
    found: dict[Edition, set[str]] = {}
    for channel in run.report.spec.deliver:
        readers = {(one.role, one.language): one for one in channel.recipients(run.audience) if not one.fault}
        for recipient in readers.values():
            edition = edition_for(run.report, channel, recipient)
            if edition.language:
                found.setdefault(edition, set()).update(channel.formats())
    return dict(sorted(found.items(), key=lambda entry: (entry[0].key, entry[0].language or "")))


def applied(report: Report) -> dict[str, dict[str, Any]]:
    """Return which mask each edition's columns have, for the manifest: `{"default": {"customers.email": {…}}}`.

    A column that is sensitive and not masked is among them, as what may be shown depends on it.
    """
    return {
        edition.key: {
            f"{name}.{column}": {"sensitive": True}
            if mask is None
            else mask.model_dump(mode="json", exclude_defaults=True)
            for name, source in report.spec.sources.items()
            for column, told in source.columns.items()
            if (mask := told.mask_for(edition.role)) is not None or told.sensitive
        }
        for edition in editions(report)
    }


def _roles(report: Report, channel: Channel, entry: str | FromTable) -> set[str | None]:
    if isinstance(entry, FromTable):
        return {channel.role, *_named(report.spec)} if entry.role else {channel.role}
    if is_address(entry):
        return {channel.role}
    return {member.person.role or channel.role for member in directory_of(report.include).members(entry)}


def _named(spec: ReportSpec) -> set[str]:
    """Return the roles that masks name."""
    columns = (column for source in spec.sources.values() for column in source.columns.values())
    return {role for column in columns for role in column.mask} - {DEFAULT}


def _differs(spec: ReportSpec, role: str | None) -> bool:
    """Return whether masks leave a role other data than everybody."""
    return role is not None and dict(_masks(spec, role)) != dict(_masks(spec, None))


def _other_language(spec: ReportSpec, language: str | None) -> str | None:
    code = locale_code(language) if language else None
    return None if code == locale_code(spec.language) else code


def _masks(spec: ReportSpec, role: str | None) -> Iterator[tuple[tuple[str, str], Mask | None]]:
    for name, source in spec.sources.items():
        for column, told in source.columns.items():
            if told.mask:
                yield (name, column), told.mask_for(role)
