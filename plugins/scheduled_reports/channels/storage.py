"""Files on any storage: S3, Google Cloud, Azure, WebDAV, SMB, a folder of this machine, and what else fsspec knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from scheduled_reports.audience import Recipient
from scheduled_reports.channels.base import Audience, Channel, Delivery, Receipt
from scheduled_reports.connections import Connect
from scheduled_reports.file_paths import connection_in
from scheduled_reports.model import OneOrMany
from scheduled_reports.spec.marks import FormatId, Template
from scheduled_reports.storages.folder import folder_at, folder_of, require_folder

if TYPE_CHECKING:
    from scheduled_reports.storages.upload import Storehouse


class Storage(Channel):
    """Files in a folder of a storage, each whole or not at all."""

    type: Literal["storage"]
    path: Annotated[Template, AfterValidator(require_folder)] = Field(
        min_length=1,
        description="URL of the folder: `s3://conn_id@bucket/reports/{{ report.id }}/{{ period.slug }}`, "
        "`webdav://conn_id@/reports`, `file:///srv/reports`. Templates may stand behind the bucket or host.",
    )
    files: OneOrMany[FormatId] = Field(min_length=1, description="Formats to put there.")
    overwrite: bool = Field(
        True,
        description="Whether files of the same name are replaced. `false`: where another file is there, the delivery "
        "fails; the very same file counts as delivered.",
    )
    time_limit: float = Field(900, gt=0, le=86_400, description="Seconds that the upload of one file may take.")

    @property
    def repeats_safely(self) -> bool:
        """Files of the same name replace each other, or are the same."""
        return True

    def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """Return the folder's URL.

        Raises:
            SpecError: The path's template cannot be filled, or leads out of its folder.
        """
        return (Recipient(str(folder_of(self.path, audience.words))),)

    def formats(self) -> tuple[str, ...]:
        """Return the formats to put there."""
        return tuple(dict.fromkeys(self.files))

    def connection_ids(self) -> tuple[str, ...]:
        """Return the connection that the path names, where it does."""
        named = connection_in(self.path)
        return (named,) if named else ()

    def probe(self, connect: Connect, audience: Audience, *, thorough: bool) -> str:
        """Look at the folder; where it may be thorough, put a small file there and remove it."""
        from scheduled_reports.storages.upload import reached

        folder = folder_of(self.path, audience.words)
        with reached(folder, connect, self.time_limit) as store:
            seen = store.look(folder)
            return store.rehearse(folder) if thorough else seen

    @contextmanager
    def open(self, connect: Connect) -> Iterator[_Porter]:
        """Log in to the storage.

        Raises:
            UnknownConnectionError: There is no such connection, or what it needs is not installed.
            DeliveryError: The storage cannot be reached, or does not let us in.
        """
        from scheduled_reports.storages.upload import reached

        with reached(folder_at(self.path), connect, self.time_limit) as store:
            yield _Porter(store, overwrite=self.overwrite)


class _Porter:
    """Brings deliveries to a storage."""

    def __init__(self, store: Storehouse, *, overwrite: bool) -> None:
        self._store, self._overwrite = store, overwrite

    def send(self, delivery: Delivery) -> Receipt:
        """Put all files of one delivery into its folder.

        Raises:
            UncertainDeliveryError: The connection broke while a file came into its place.
            DeliveryError: The files are not there.
        """
        return self._store.store(delivery, overwrite=self._overwrite)
