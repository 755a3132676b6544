"""A mail's headers, written so that no text can become another header (RFC 5322, 2047).

`email` folds headers too, but parses each one first, which takes longer than to send it, and its folding of long
names and of text from elsewhere has had faults that let a line through. Here a text becomes one line of printable
characters before anything else, and what is not plain ASCII an encoded word.
"""

from __future__ import annotations

import re
import textwrap
from email.header import Header as EncodedWords
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Self
from urllib.parse import quote

from scheduled_reports.errors import DeliveryError

_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls, line ends, and the marks that would turn the direction in which the rest is read."""

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9_.-]+|\[[A-Za-z0-9.:]+\]")
_LINE = 76
_LONGEST_PLAIN = 200
"""Letters of a text in ASCII that is folded as it is; a longer one may hold a word that no line has room for."""

UNDISCLOSED = "undisclosed-recipients:;"
"""A group without members (RFC 5322, A.1.3): whom else a mail goes to is not told."""


class Line(str):
    """A header's value that is folded already; `email` writes it as it is."""

    __slots__ = ("_folded", "name")

    name: str
    _folded: str

    @classmethod
    def of(cls, name: str, folded: str) -> Self:
        """Return the value of the header `name`; `folded` holds CRLF before a space only."""
        line = cls(folded.replace("\r\n", ""))
        line.name, line._folded = name, folded
        return line

    def fold(self, *, policy: Any) -> str:
        """Return the whole header; what `email` calls to write it."""
        return f"{self.name}: {self._folded}\r\n"


def one_line(text: str) -> str:
    """Return a text on one line, without what is not printed; half of a surrogate pair becomes U+FFFD."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(_NOT_PRINTED.sub(" ", whole).split())


def add_text(message: EmailMessage, name: str, text: str) -> None:
    """Add a header that people read, a subject say."""
    message[name] = Line.of(name, _unstructured(one_line(text), len(name) + 2))


def add_token(message: EmailMessage, name: str, token: str) -> None:
    """Add a header that machines read; its value is ASCII and has no place to fold at."""
    message[name] = Line.of(name, one_line(token).encode("ascii", "replace").decode("ascii"))


def add_addresses(message: EmailMessage, name: str, addresses: list[Address], *, wide: bool = False) -> None:
    """Add a header with addresses, each on a line of its own.

    Args:
        message: The message.
        name: The header's name.
        addresses: Who stands in it.
        wide: Whether the message travels by SMTPUTF8: else an address that is not ASCII is told as a group without
            members (RFC 6857, 3.1), as nobody else could be sent the message.
    """
    message[name] = folded_addresses(name, addresses, wide=wide)


def folded_addresses(name: str, addresses: list[Address], *, wide: bool) -> Line:
    """Return the value of a header with addresses, to be used for many messages."""
    return Line.of(name, ",\r\n ".join(_mailbox(address, wide=wide) for address in addresses))


def file_name(name: str) -> str:
    """Return the parameter of `Content-Disposition` for a file's name, on one line: `; filename="a.pdf"` (RFC 2231)."""
    if re.fullmatch(r"[A-Za-z0-9 _.,()+-]{1,60}", name):
        return f'; filename="{name}"'
    pieces = re.findall(r"(?:%..|[^%]){1,60}", quote(name, safe=""))
    pieces[0] = f"utf-8''{pieces[0]}"
    if len(pieces) == 1:
        return f";\r\n filename*={pieces[0]}"
    numbered = (f"filename*{at}*={piece}" for at, piece in enumerate(pieces))
    return "".join(f";\r\n {one}" for one in numbered)


def _mailbox(address: Address, *, wide: bool) -> str:
    spec = address.addr_spec
    if not spec.isascii() and not wide:
        return f"{_words(spec, 14)}:;"
    name = one_line(address.display_name)
    if not name:
        return spec
    phrase = _phrase(name)
    last = phrase.rpartition("\r\n")[2]
    gap = " " if len(last) + len(spec) + 4 <= _LINE else "\r\n "
    return f"{phrase}{gap}<{spec}>"


def _phrase(name: str) -> str:
    """Return a display name: atoms, a quoted string, or encoded words (RFC 5322, 3.2.5)."""
    if not name.isascii() or "=?" in name or len(name) > 60:
        return _words(name, 14)
    if _ATOMS.fullmatch(name):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _unstructured(text: str, taken: int) -> str:
    if not text.isascii() or "=?" in text:
        return _words(text, taken)
    if taken + len(text) <= _LINE:
        return text
    lines = textwrap.wrap(text, _LINE - taken, break_long_words=False, break_on_hyphens=False)
    if len(text) > _LONGEST_PLAIN and max(map(len, lines)) > _LINE:
        return _words(text, taken)
    return "\r\n ".join(lines)


def _words(text: str, taken: int) -> str:
    """Return a text as encoded words of at most 75 letters, never broken within a character (RFC 2047, 2)."""
    words = EncodedWords(text, "utf-8", maxlinelen=_LINE - 1, header_name="x" * (taken - 2))
    return words.encode(linesep="\r\n")


def mail_address(text: str, name: str = "") -> Address:
    """Return an address with its domain in the letters that DNS knows (IDNA).

    Raises:
        DeliveryError: The domain cannot exist, or it is no address.
    """
    local, _, domain = text.rpartition("@")
    try:
        ascii_name = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        parsed = Address(one_line(name), local, ascii_name)
    except ValueError as error:
        raise DeliveryError(f"{text!r} is no address for mail", why=str(error), fix="correct it") from error
    if not text.isprintable() or not local or not _DOMAIN.fullmatch(ascii_name):
        raise DeliveryError(f"{text!r} is no address for mail", why="it is not name@host on one line", fix="correct it")
    return parsed


def ascii_domain(address: str) -> str:
    """Return `address` with its domain in the letters that DNS knows (IDNA).

    Raises:
        DeliveryError: The domain cannot exist.
    """
    return mail_address(address).addr_spec
