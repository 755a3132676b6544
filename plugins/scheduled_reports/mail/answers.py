"""What a mail server's refusals mean: the codes of RFC 5321 and RFC 3463 in plain words, and how long to wait."""

from __future__ import annotations

import re

from scheduled_reports.errors import DeliveryError

PATIENCE = 300.0
"""Seconds to wait where a server wants less mail and does not say for how long: that of most greylists."""

_ENHANCED = re.compile(r"([245])\.(\d{1,3}\.\d{1,3})\b")
_TEMPORARY = frozenset({421, 450, 451, 452})
_THROTTLED = re.compile(
    r"\brate\b|ratelimit|throttl|\btoo (many|much|fast|frequent)|\blimit|slow down|gr[ae]y-?list", re.I
)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_ASKED = re.compile(
    r"\b(?:in|after|for|within|wait|least)\s+(?:(?P<hours>\d+):)?(?:(?P<minutes>\d+):(?P<seconds>\d\d)\b"
    r"|(?P<number>\d{1,6})\s*(?P<unit>s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b)",
    re.I,
)

_ADDRESS, _SMALLER = "correct the address where it is named", (
    "attach fewer or smaller files, or deliver them another way, for example by sftp"
)  # fmt: skip
_PERMIT = "ask those who run the mail server to let this sender send there"

_MEANINGS: dict[str, tuple[str, str]] = {
    "1.1": ("there is no such mailbox", _ADDRESS),
    "1.2": ("there is no such mail domain", _ADDRESS),
    "1.3": ("the address is not well formed", _ADDRESS),
    "1.6": ("the mailbox has moved, and nobody says where to", _ADDRESS),
    "1.7": ("the sender's address is not well formed", "correct `sender`"),
    "1.8": ("the sender's mail domain does not exist", "correct `sender`"),
    "1.10": ("the domain takes no mail at all", _ADDRESS),
    "2.0": ("something is wrong with the mailbox", "ask its owner"),
    "2.1": ("the mailbox is switched off", "ask its owner, or use another address"),
    "2.2": ("the mailbox is full", "ask its owner to make room, or use another address"),
    "2.3": ("the message is larger than that mailbox takes", _SMALLER),
    "3.1": ("the mail server's disk is full", "tell those who run it"),
    "3.2": ("the mail server takes no mail at the moment", "tell those who run it"),
    "3.4": ("the message is larger than the server takes", _SMALLER),
    "4.1": ("the recipient's mail server does not answer", "look whether the domain is right"),
    "4.4": ("nobody takes mail for that domain", _ADDRESS),
    "4.6": ("the message goes round in circles", "tell those who run the mail server"),
    "5.3": ("the message has too many recipients", "tell those who run the mail server"),
    "6.0": ("the server does not like what the message holds", "mend what it objects to"),
    "7.0": ("the server's rules forbid it", _PERMIT),
    "7.1": ("it is not permitted: the server's rules forbid it, or take it for spam", _PERMIT),
    "7.8": ("the login is wrong", "correct the login and password of the connection"),
    "7.11": ("the server wants an encrypted connection", "set no `disable_tls` in the connection"),
    "7.20": ("the message has no valid DKIM signature", "tell those who run the mail server that sends it"),
    "7.23": ("this server may not send mail of the sender's domain (SPF)", "set `sender` to one that it may send for"),
    "7.25": ("the sending server's address has no name in DNS", "tell those who run the mail server that sends it"),
    "7.26": ("neither SPF nor DKIM vouches for the sender", "set `sender` to one that the server may send for"),
    "7.57": ("nobody has logged in", "set the login and password of the connection"),
}
"""What an enhanced status code says, and what can be done (RFC 3463, RFC 7372, and Exchange's own 7.57)."""

_TOO_LARGE_CODE = 552


def words(reply: bytes | str) -> str:
    """Return a server's reply on one line."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())


def refusal(what: str, server: str, whom: str, fix: str, answer: tuple[int, bytes]) -> DeliveryError:
    """Return the error for an answer that does not agree (RFC 5321, 4.2.1).

    Args:
        what: What was not done.
        server: The server's name.
        whom: What it refused: `recipient anna@example.org`.
        fix: What can be done where the answer's code does not tell.
        answer: Its code and words. It is retryable unless the code begins with 5.
    """
    code, text = answer[0], words(answer[1])
    permanent = code // 100 == 5
    meaning, known_fix = _meaning(code, text)
    if known_fix == _PERMIT and whom.startswith("sender "):
        known_fix = fix
    why = f"{server} refused {whom}: {code} {text}" + (f" ({meaning})" if meaning else "")
    error = DeliveryError(
        what, why=why, fix=(known_fix or fix) if permanent else "the server may accept it later",
        retryable=not permanent,
    )  # fmt: skip
    error.retry_after = patience(code, text)
    return error


def patience(code: int, text: str) -> float | None:
    """Return for how many seconds a server that wants less mail is left alone; None where it wants something else."""
    if code not in _TEMPORARY:
        return None
    enhanced = _ENHANCED.match(text)
    security = enhanced is not None and enhanced[2].startswith("7.")
    if not security and not _THROTTLED.search(text):
        return None
    asked = _ASKED.search(text)
    if asked is None:
        return PATIENCE
    if asked["number"]:
        return float(asked["number"]) * _SECONDS[asked["unit"][0].lower()]
    return float(asked["hours"] or 0) * 3600 + float(asked["minutes"]) * 60 + float(asked["seconds"])


def _meaning(code: int, text: str) -> tuple[str, str]:
    enhanced = _ENHANCED.match(text)
    if enhanced is None:
        return _MEANINGS["3.4"] if code == _TOO_LARGE_CODE else ("", "")
    return _MEANINGS.get(enhanced[2], ("", ""))
