"""What a mail carries: its text, its pictures and its files, encoded once for all who get the same."""

from __future__ import annotations

import base64
import hashlib
import html
import mimetypes
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from scheduled_reports.channels.base import Delivery
from scheduled_reports.errors import DeliveryError
from scheduled_reports.mail.headers import file_name, one_line
from scheduled_reports.mail.links import links_in_text, with_links

_POLICY = policy.SMTP.clone(cte_type="7bit")
_IMAGE = re.compile(
    r"""<!--.*?--> | <(?P<raw>script|style)\b.*?</(?P=raw)      # nothing in these is an image
    | (?P<start><img\b (?:[^>"'] | "[^"]*" | '[^']*')*? \ssrc\s*=\s*)
      (?P<quote>["']) data:image/(?P<subtype>[\w.+-]+) (?P<options>[^,"']*) , (?P<data>[^"']*) (?P=quote)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


@dataclass(frozen=True)
class Content:
    """The part of a message that does not depend on who gets it.

    Attributes:
        headers: Those that describe the body, each with CRLF.
        body: What follows the empty line, with CRLF line ends.
    """

    headers: bytes
    body: bytes


def content_of(body: Sequence[str], attach: Sequence[str], delivery: Delivery) -> Content:
    """Return the text and the files of a delivery.

    Args:
        body: The formats that are the mail's own text.
        attach: The formats to attach.
        delivery: Whose files they are.

    Raises:
        DeliveryError: A file cannot be read, or cannot be the text of a mail.
    """
    text = _text(body, attach, delivery)
    if not attach:
        return _split(text.as_bytes())
    del text["MIME-Version"]
    boundary = f"=_{secrets.token_hex(16)}"  # which neither base64 nor quoted-printable can hold (RFC 2045, 6.7)
    pieces = [text.as_bytes(), *(_attached(key, delivery) for key in attach)]
    edge = f"--{boundary}".encode()
    joined = b"".join(b"%b\r\n%b\r\n" % (edge, piece) for piece in pieces)
    headers = f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n'.encode()
    return Content(headers, b"%b%b--\r\n" % (joined, edge))


def _split(message: bytes) -> Content:
    headers, _, body = message.partition(b"\r\n\r\n")
    return Content(headers + b"\r\n", body)


def _attached(key: str, delivery: Delivery) -> bytes:
    """Return a file as an entity; `email` would copy it five times to say the same."""
    name = one_line(PurePath(delivery.artifacts[key].name).name) or key
    kind = _media_type(delivery, key)
    if not _MEDIA_TYPE.fullmatch(kind):
        kind = "application/octet-stream"
    head = (f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment{file_name(name)}\r\n\r\n")  # fmt: skip
    return head.encode() + base64.encodebytes(_bytes(delivery, key)).replace(b"\n", b"\r\n")


def _text(body: Sequence[str], attach: Sequence[str], delivery: Delivery) -> EmailMessage:
    texts, message = _texts(body, delivery), EmailMessage(_POLICY)
    below = links_in_text(delivery.links, delivery.part, delivery.language)
    plain = texts.get("text/plain") or _short_text(attach, delivery)
    message.set_content(f"{plain.rstrip()}\n\n{below}" if below else plain)
    if "text/html" in texts:
        _add_html(message, with_links(texts["text/html"], delivery.links, delivery.part, delivery.language))
    return message


def _media_type(delivery: Delivery, key: str) -> str:
    return delivery.artifacts[key].media_type.partition(";")[0].strip().lower()


def _bytes(delivery: Delivery, key: str) -> bytes:
    try:
        return delivery.files[key].read_bytes()
    except OSError as error:
        what = f"the mail to {delivery.recipient} was not sent: the file of format {key!r} cannot be read"
        raise DeliveryError(what, why=str(error), fix="clear the render task", retryable=True) from error


def _texts(keys: Sequence[str], delivery: Delivery) -> dict[str, str]:
    """Return the texts of the mail by media type: at most one HTML and one plain text."""
    texts: dict[str, str] = {}
    for key in keys:
        kind, what = _media_type(delivery, key), f"format {key!r} cannot be the text of an e-mail"
        if kind not in {"text/html", "text/plain"}:
            raise DeliveryError(what, why=f"it is {kind}", fix="name it in 'attach' instead of 'body'")
        if kind in texts:
            raise DeliveryError(what, why=f"another format in 'body' is {kind}", fix="leave one of them out")
        try:
            texts[kind] = _bytes(delivery, key).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DeliveryError(what, why=f"it is not UTF-8: {error}", fix="mend the format") from error
    return texts


def _short_text(attach: Sequence[str], delivery: Delivery) -> str:
    """Return what a mail says to those who see no HTML: what to beware of, what it is, of when, what is attached."""
    notices = [f"! {notice}\n" for notice in delivery.notices]
    words, names = delivery.words, [delivery.artifacts[key].name for key in attach]
    lines = [*notices, words["report"]["title"], words["period"]["label"], "", *names]
    text = "\n".join(lines).encode("utf-8", "replace").decode()
    return text.rstrip() + "\n"


def _add_html(message: EmailMessage, text: str) -> None:
    """Add the HTML; its `data:` images, which mail programs hide, become parts of the message (RFC 2392)."""
    images: dict[str, _Image] = {}

    def _refer(found: re.Match[str]) -> str:
        image = _image_in(found) if found["data"] else None
        if image is None:
            return found[0]
        images.setdefault(image.cid, image)
        return f"{found['start']}{found['quote']}cid:{image.cid}{found['quote']}"

    message.add_alternative(_IMAGE.sub(_refer, text), subtype="html")
    part = message.get_body(("html",))
    if part is None or not images:
        return
    for number, image in enumerate(images.values(), start=1):
        name = f"image-{number}{mimetypes.guess_extension(f'image/{image.subtype}') or ''}"
        part.add_related(
            image.content, "image", image.subtype, cid=f"<{image.cid}>", filename=name, disposition="inline"
        )
    part.set_param("type", "text/html")  # RFC 2387, 3.1


class _Image(NamedTuple):
    """An image taken out of HTML."""

    subtype: str
    content: bytes

    @property
    def cid(self) -> str:
        """The same for the same bytes, so that a repeated image travels once."""
        return f"{hashlib.sha256(self.content).hexdigest()[:32]}@image.invalid"


def _image_in(found: re.Match[str]) -> _Image | None:
    """Return the image of a `data:` URI (RFC 2397), or None where it is not valid."""
    content = unquote_to_bytes(html.unescape(found["data"]))
    if found["options"].lower().endswith(";base64"):
        try:
            content = base64.b64decode(b"".join(content.split()), validate=True)
        except ValueError:
            return None
    return _Image(found["subtype"].lower(), content)
