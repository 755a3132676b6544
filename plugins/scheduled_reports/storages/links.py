"""Links to files on a storage, for whom a file is too large to be carried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scheduled_reports.connections import Connect
from scheduled_reports.formats.base import Artifact
from scheduled_reports.storages.folder import folder_of
from scheduled_reports.storages.upload import reached

if TYPE_CHECKING:
    from scheduled_reports.channels.storage import Storage

LONGEST = 7 * 86_400
"""Seconds for which S3 signs a URL at most (Signature Version 4)."""


def link_to(
    channel: Storage, artifact: Artifact, words: Mapping[str, Any], connect: Connect, *, seconds: int = LONGEST
) -> str | None:
    """Return a URL that opens a file where a destination puts it, for whoever has the URL, for a time.

    Nothing is uploaded: the file must be delivered there first.

    Args:
        channel: The destination.
        artifact: The file.
        words: The run's words.
        connect: Gives Airflow's connections.
        seconds: How long it is to work.

    Returns:
        The URL; None where the storage has no such links, as WebDAV, SFTP and this machine have none.

    Raises:
        SpecError: The path's template cannot be filled.
        DeliveryError: The storage cannot be reached, or its login cannot sign.
    """
    folder = folder_of(channel.path, words)
    with reached(folder, connect, channel.time_limit) as store:
        return store.signed(f"{store.path_of(folder).rstrip('/')}/{artifact.name}", min(seconds, LONGEST))
