"""Webhooks: a signed HTTP request that tells another program of a report, with its files or without."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self
from urllib.parse import quote

from pydantic import AfterValidator, Field, model_validator

from scheduled_reports.audience import Recipient
from scheduled_reports.channels.base import Audience, Channel, Delivery, Receipt
from scheduled_reports.connections import Connect
from scheduled_reports.errors import SpecError
from scheduled_reports.model import ConnectionId, OneOrMany
from scheduled_reports.spec.marks import FormatId, Template
from scheduled_reports.templates import fill

if TYPE_CHECKING:
    from scheduled_reports.webhooks.post import Post

log = logging.getLogger(__name__)

_EXAMPLE = '{"query": {"from": "airflow"}}'


def _path_only(path: str) -> str:
    fixed = re.sub(r"\{\{.*?\}\}", "", path)
    if "://" in fixed or path.startswith("//"):
        raise ValueError("a path begins behind the host; the host is the connection's")
    if "?" in fixed or "#" in fixed:
        raise ValueError(f"a path has no '?' and no '#'; parameters stand in the connection's extra, {_EXAMPLE}")
    return path


class Webhook(Channel):
    """An HTTP request to a server that Airflow has a connection to, signed with the connection's password."""

    sends_messages: ClassVar[bool] = True

    type: Literal["webhook"]
    connection: ConnectionId = Field(
        description="Airflow connection id, of type `http`. Its password is the secret that signs (Standard Webhooks); "
        "the keys of its extra are headers, those below `query` there are parameters. Addresses that are not of the "
        'public internet are refused unless its extra says `"allow_private": true`.'
    )
    path: Annotated[Template, AfterValidator(_path_only)] = Field(
        "",
        description="The path behind the connection's host; may hold templates, whose values are quoted: "
        "`hooks/{{ report.id }}`.",
    )
    files: OneOrMany[FormatId] = Field(min_length=1, description="Formats that it carries, or tells of.")
    send: Literal["json", "multipart"] = Field(
        "json",
        description="`json`: one JSON document, the files in it as base64. `multipart`: a form, with the JSON as its "
        "part `metadata` and each file as it is.",
    )
    content: Literal["inline", "none"] = Field(
        "inline", description="`none`: it names the files, with size and SHA-256, and does not carry them."
    )
    honours_idempotency_key: bool = Field(
        False,
        description="Whether the receiver takes requests with the same `Idempotency-Key` once only. Then a delivery "
        "that is in doubt is sent again, else it is held.",
    )
    timeout: float = Field(30, gt=0, le=600, description="Seconds that the receiver may be silent.")
    time_limit: float = Field(900, gt=0, le=86_400, description="Seconds that all of it may take.")

    @model_validator(mode="after")
    def _carries_files(self) -> Self:
        if self.send == "multipart" and self.content == "none":
            raise ValueError("`send: multipart` is for carrying files; leave it out with `content: none`")
        return self

    @property
    def repeats_safely(self) -> bool:
        """Only where the receiver says so."""
        return self.honours_idempotency_key

    def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """Return the path, as `webhook://<connection>/<path>`, quoted.

        Raises:
            SpecError: The path's template cannot be filled, or leads elsewhere.
        """
        return (Recipient(f"webhook://{self.connection}/{_quoted(fill(self.path, audience.words))}"),)

    def formats(self) -> tuple[str, ...]:
        """Return the formats to carry."""
        return tuple(dict.fromkeys(self.files))

    def weight(self, delivery: Delivery) -> int:
        """Return how many bytes the request's body has.

        Raises:
            DeliveryError: A file cannot be read.
        """
        from scheduled_reports.webhooks.message import body_of

        return body_of(delivery, self.send, self.content).len

    def probe(self, connect: Connect, audience: Audience, *, thorough: bool) -> str:
        """Ask for the head of what is there: nothing is delivered, and whatever the server answers, it is there."""
        path = _quoted(fill(self.path, audience.words))
        with self._opened(connect) as post:
            answer = post.knock(path)
        return f"{self.connection} answers {answer} to HEAD; what it takes shows with a delivery"

    @contextmanager
    def open(self, connect: Connect) -> Iterator[_Messenger]:
        """Get ready; the server is connected to with each delivery.

        Raises:
            UnknownConnectionError: There is no such connection, it cannot be used, or its secret is none.
        """
        with self._opened(connect) as post:
            yield _Messenger(self, post)

    @contextmanager
    def _opened(self, connect: Connect) -> Iterator[Post]:
        from scheduled_reports.http.deadline import Deadline
        from scheduled_reports.http.session import open_server
        from scheduled_reports.webhooks.post import Post
        from scheduled_reports.webhooks.signature import signing_secrets

        secrets = signing_secrets(connect(self.connection))
        if not secrets:
            log.warning("connection %r has no password: its webhooks are not signed", self.connection)
        with (
            Deadline(self.time_limit) as deadline,
            open_server(connect, self.connection, deadline, signing=secrets) as server,
        ):
            yield Post(server, deadline, self.timeout, secrets, form=self.send, content=self.content,
                       knows_keys=self.honours_idempotency_key)  # fmt: skip


class _Messenger:
    """Posts deliveries to where their recipient is."""

    def __init__(self, channel: Webhook, post: Post) -> None:
        self._channel, self._post = channel, post

    def send(self, delivery: Delivery) -> Receipt:
        """Send one request; nothing is repeated, no redirect is followed.

        Raises:
            UncertainDeliveryError: The connection broke after all had been sent.
            DeliveryError: The receiver refused it, or has a part of it at most.
        """
        return self._post.post(
            delivery, delivery.recipient.address.removeprefix(f"webhook://{self._channel.connection}/")
        )


def _quoted(filled: str) -> str:
    """Return a filled path as a URL has it (RFC 3986), without its first slash.

    Raises:
        SpecError: It leads elsewhere, or holds what no path may.
    """
    steps = filled.strip("/").split("/")
    if {".", ".."} & set(steps) or "\\" in filled or any(ord(letter) < 32 or ord(letter) == 127 for letter in filled):
        raise SpecError(
            f"the path {filled!r} cannot be used",
            why="it has a part '.' or '..', a backslash or a control character",
            fix="mend the template, or the parameter that it comes from",
        )
    end = "/" if filled.endswith("/") and filled.strip("/") else ""
    return quote("/".join(step for step in steps if step), safe="/-._~", errors="replace") + end
