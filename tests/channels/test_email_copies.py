"""Whom a mail names: each recipient has a message of their own, and none tells of a copy that nobody is told of."""

from dataclasses import replace

import pytest

from channels.letters import PDF, Deliver, channel, failure, received, send
from demo.mail_server import MailServer
from scheduled_reports.audience import Copy, Recipient
from scheduled_reports.channels import Delivery

ANNA = Recipient("anna@example.org", "Anna Süd")
BO = Recipient("bo@example.org", 'Bo "B", Nord')
CARL = Recipient("carl@bücher.example", "Carl", Copy.CC)
CLEO = Recipient("cleo@example.org", "", Copy.CC)
DORA = Recipient("dora@example.org", "Dora", Copy.BCC)


def headers(
    server: MailServer, delivery: Deliver, circle: tuple[Recipient, ...], *to: Recipient
) -> dict[str, list[str]]:
    """Send to some, and return who `To:` and `Cc:` of each message name, by the envelope's recipient."""
    made = delivery("x@example.org", pdf=PDF)
    send(channel(), *(replace(made, id=f"d{at}", recipient=one, circle=circle) for at, one in enumerate(to)))
    mails = [received(path) for path in server.messages()]
    assert all(str(mail["Bcc"]) == "None" for mail in mails)
    return {mail["X-Envelope-To"]: [str(mail["To"]), str(mail["Cc"])] for mail in mails}


COPIES = "Carl <carl@xn--bcher-kva.example>, cleo@example.org"


def test_a_copy_names_the_only_one_whom_the_original_went_to(healthy: MailServer, delivery: Deliver) -> None:
    found = headers(healthy, delivery, (ANNA, CARL, CLEO), ANNA, CARL, CLEO, DORA)

    to = "Anna Süd <anna@example.org>"
    assert found == {
        "anna@example.org": [to, COPIES],
        "carl@xn--bcher-kva.example": [to, COPIES],
        "cleo@example.org": [to, COPIES],
        "dora@example.org": [to, COPIES],
    }


def test_of_several_each_sees_their_own_address_alone_and_a_copy_none_of_them(
    healthy: MailServer, delivery: Deliver
) -> None:
    found = headers(healthy, delivery, (ANNA, BO, CLEO), ANNA, BO, CLEO, DORA)

    assert found == {
        "anna@example.org": ["Anna Süd <anna@example.org>", "cleo@example.org"],
        "bo@example.org": ['"Bo \\"B\\", Nord" <bo@example.org>', "cleo@example.org"],
        "cleo@example.org": ["undisclosed-recipients:;", "cleo@example.org"],
        "dora@example.org": ["undisclosed-recipients:;", "cleo@example.org"],
    }


def test_without_copies_a_mail_names_its_reader_alone(healthy: MailServer, delivery: Deliver) -> None:
    found = headers(healthy, delivery, (ANNA, BO), ANNA, DORA)

    assert found == {
        "anna@example.org": ["Anna Süd <anna@example.org>", "None"],
        "dora@example.org": ["undisclosed-recipients:;", "None"],
    }


def test_each_gets_an_envelope_of_their_own_and_one_that_is_refused_spoils_no_copy(
    healthy: MailServer, delivery: Deliver
) -> None:
    gone = Recipient("gone@example.org", copy=Copy.CC)
    circle = (ANNA, gone, CLEO)
    made = delivery("x@example.org", pdf=PDF)

    error = failure(channel(), replace(made, recipient=gone, circle=circle))
    send(channel(), *(replace(made, recipient=one, circle=circle) for one in (ANNA, CLEO)))

    assert "there is no such mailbox" in error.why
    assert [received(path)["X-Envelope-To"] for path in healthy.messages()] == ["anna@example.org", "cleo@example.org"]


def test_an_address_that_is_not_ascii_in_the_copies_keeps_nobody_from_their_mail(
    healthy: MailServer, delivery: Deliver
) -> None:
    circle = (ANNA, Recipient("jürgen@example.org", "Jürgen", Copy.CC), CLEO)

    send(channel(), replace(delivery("x@example.org", pdf=PDF), recipient=ANNA, circle=circle))

    (path,) = healthy.messages()
    assert path.read_bytes().isascii()
    groups = received(path)["Cc"].groups
    assert [(group.display_name, [str(one) for one in group.addresses]) for group in groups] == [
        ("jürgen@example.org", []),
        (None, ["cleo@example.org"]),
    ]


def test_thousands_of_copies_are_named_in_lines_that_every_server_takes(healthy: MailServer, delivery: Deliver) -> None:
    copies = tuple(Recipient(f"person{at}@example.org", f"Person Nö {at}", Copy.CC) for at in range(2_000))

    send(channel(), replace(delivery("x@example.org", pdf=PDF), recipient=ANNA, circle=(ANNA, *copies)))

    (path,) = healthy.messages()
    assert [(one.display_name, one.addr_spec) for one in received(path)["Cc"].addresses] == [
        (one.name, one.address) for one in copies
    ]
    assert max(map(len, path.read_bytes().split(b"\r\n"))) <= 100


@pytest.mark.parametrize("part", [(1, 3), (3, 3)])
def test_one_of_several_mails_says_so_in_its_subject_and_has_an_id_of_its_own(
    healthy: MailServer, delivery: Deliver, part: tuple[int, int]
) -> None:
    made: Delivery = replace(delivery("anna@example.org", pdf=PDF), part=part)

    (receipt,) = send(channel(), made)

    (path,) = healthy.messages()
    mail = received(path)
    assert mail["Subject"] == f"Umsätze 📈 · 3. März 2026 ({part[0]}/3)"
    assert mail["Message-ID"] == f"<{'d' * 32}.{part[0]}of3@example.org>"
    assert receipt.text.startswith(mail["Message-ID"])
