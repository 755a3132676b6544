"""No text of a report, a name or a file name becomes a header, and each arrives as it was written (hypothesis)."""

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from channels.conftest import WORDS
from channels.faulty_smtp import FaultySmtp
from channels.letters import PDF, PLAIN, Connect, Deliver, channel
from scheduled_reports.audience import Copy, Recipient
from scheduled_reports.channels import Delivery, Session
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError
from scheduled_reports.mail.headers import one_line

HEADERS = [
    "From", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "To", "Cc", "Reply-To",
    "X-Report", "MIME-Version", "Content-Type",
]  # fmt: skip
NASTY = st.sampled_from(
    ["\r\n", "\n", "\r", "\x00", "\x0b", "\u2028", "\x85", "\r\nBcc: eve@example.org\r\n\r\n", "=?utf-8?q?x?=", '"',
     "\\", "<eve@example.org>", ",", ";", ":", "(", "\ud800", "\udfff", "\u202e", "ü", "📈", "  ", "x" * 300,
     "漢" * 120]
)  # fmt: skip
TEXT = st.lists(NASTY | st.text(st.characters(), max_size=20), max_size=8).map("".join)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Wire:
    """A session with a real server, and what arrived there last."""

    def __init__(self, server: FaultySmtp, session: Session, made: Delivery) -> None:
        self.server, self.session, self.made = server, session, made

    def send(self, **changed: object) -> tuple[bytes, EmailMessage]:
        """Send a delivery and return what arrived, with the dots of the line taken away."""
        self.session.send(replace(self.made, **changed))  # type: ignore[arg-type]
        raw = re.sub(rb"(?m)^\.\.", b".", self.server.messages[-1])
        self.server.messages.clear()
        return raw, email.message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


@pytest.fixture
def wire(connection: Connect, delivery: Deliver) -> Iterator[Wire]:
    with FaultySmtp({}) as server:
        connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, extra=PLAIN)
        mail = channel(subject="{{ parameters.region }}")
        with mail.open(airflow_connection) as session:
            yield Wire(server, session, delivery("anna@example.org", pdf=PDF))


def heads(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[0]


def decoded(value: str) -> str:
    """Return a header's words as RFC 2047 has them; the parser of `email` adds spaces between those of a name."""
    return str(make_header(decode_header(re.sub(r"\r?\n", "", value))))


def require_lines(raw: bytes) -> None:
    """Require lines that end in CRLF and nowhere else, of letters that are printed, short enough (RFC 5322, 2.1.1)."""
    lines = heads(raw).split(b"\r\n")
    assert all(re.fullmatch(rb"[ -~]+", line) for line in lines)
    assert max(map(len, lines)) <= 998


@MANY
@given(text=TEXT)
@example(text="x" * 2_000)
@example(text="word " * 400)
def test_a_subject_is_one_header_whatever_it_holds(wire: Wire, text: str) -> None:
    words = {**WORDS, "parameters": {"region": text}, "report": {**WORDS["report"], "title": "T"}}  # type: ignore[dict-item]

    raw, mail = wire.send(words=words)

    require_lines(raw)
    assert mail.keys() == [name for name in HEADERS if name != "Cc"]
    raw_subject = re.search(rb"(?ms)^Subject: ?(.*?)\r\n(?! )", heads(raw) + b"\r\n")
    assert raw_subject is not None
    assert decoded(raw_subject[1].decode()) == one_line(text)


@MANY
@given(name=TEXT)
def test_a_name_is_no_more_than_a_name(wire: Wire, name: str) -> None:
    circle = (Recipient("anna@example.org", name), Recipient("bo@example.org", name, Copy.CC))

    raw, mail = wire.send(recipient=circle[0], circle=circle)

    require_lines(raw)
    assert mail.keys() == HEADERS
    assert [one.addr_spec for one in mail["To"].addresses] == ["anna@example.org"]
    assert [one.addr_spec for one in mail["Cc"].addresses] == ["bo@example.org"]
    said = "".join("".join(one.display_name.split()) for one in mail["Cc"].addresses)
    assert said == "".join(one_line(name).split())
    assert wire.server.commands[-3:] == [
        "MAIL FROM:<reports@example.org>", "RCPT TO:<anna@example.org>", "DATA",
    ]  # fmt: skip


@MANY
@given(name=TEXT)
def test_a_file_name_arrives_and_is_no_more_than_a_name(wire: Wire, name: str) -> None:
    artifact = replace(wire.made.artifacts["pdf"], name=re.sub(r"^\.+|/", "_", name))

    raw, mail = wire.send(artifacts={"pdf": artifact})

    require_lines(raw)
    (part,) = mail.iter_attachments()
    assert set(part.keys()) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
    assert (part.get_content_type(), part.get_payload(decode=True)) == ("application/pdf", PDF[2])
    assert part["Content-Disposition"].params["filename"] == (one_line(artifact.name) or "pdf")


@MANY
@given(before=TEXT, after=TEXT)
@example(before="anna", after="example.org> SIZE=1")
@example(before="anna\r\nRCPT TO:<eve@example.org>\r\n", after="example.org")
def test_an_address_is_one_address_or_refused(wire: Wire, before: str, after: str) -> None:
    address = f"{before}@{after}"
    sent = len(wire.server.commands)

    try:
        raw, mail = wire.send(recipient=Recipient(address))
    except DeliveryError as error:
        assert not error.retryable  # noqa: PT017 - many addresses are no addresses
        assert not [command for command in wire.server.commands[sent:] if "RCPT" in command]
        return

    require_lines(raw)
    assert len(mail["To"].addresses) == 1
    assert [command[:9] for command in wire.server.commands[sent:]] == ["MAIL FROM", "RCPT TO:<", "DATA"]
