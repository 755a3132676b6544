"""What a mail looks like: what a spec may ask for, what arrives, and which files cannot be sent."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from channels.faulty_smtp import FaultySmtp
from channels.letters import PDF, Deliver, channel, failure, only, received, send
from demo.mail_server import MailServer
from scheduled_reports.channels.email import Email

INCLUDE = Path(__file__).parents[2] / "include"


# What a spec may say


@pytest.mark.parametrize("one", ["to", "body", "attach"])
def test_a_list_of_one_may_be_written_as_a_text(one: str) -> None:
    value = "anna@example.org" if one == "to" else "pdf"
    mail = channel(**{one: value})

    assert getattr(mail, one) == (value,)
    shapes = Email.model_json_schema()["properties"][one]["anyOf"]
    assert [shape["type"] for shape in shapes] == ["string", "array"]


def test_an_email_that_carries_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs 'body' or 'attach'"):
        Email.model_validate({"type": "email", "to": "anna@example.org"})


def test_an_email_to_nobody_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        channel(to=[])


@pytest.mark.parametrize(
    "address", ["anna", "anna@example.org\nBcc: eve@example.org", "Anna <anna@example.org>", "a b@c.d"]
)
def test_what_is_not_a_bare_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="is not an e-mail address"):
        channel(to=address)


def test_an_address_that_is_named_twice_gets_one_delivery() -> None:
    assert channel(to=["Anna@example.org", "bo@example.org", "anna@EXAMPLE.org"]).recipients({}) == (
        "Anna@example.org",
        "bo@example.org",
    )


def test_a_format_in_body_and_attach_is_carried_once() -> None:
    assert channel(body=["html", "txt"], attach=["pdf", "html"]).formats() == ("html", "txt", "pdf")


# What arrives


def test_a_mail_has_the_headers_that_readers_and_robots_need(healthy: MailServer, delivery: Deliver) -> None:
    send(channel(), delivery("anna@example.org", pdf=PDF))

    mail = only(healthy)
    assert mail["From"] == "Reports <reports@example.org>"
    assert mail["To"] == "anna@example.org"
    assert mail["Reply-To"] == "owner@example.org"
    assert mail["Subject"] == "Umsätze 📈 · 3. März 2026"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "All" not in mail["X-Auto-Response-Suppress"]
    assert mail["X-Report"] == "sales/daily"
    assert abs(mail["Date"].datetime - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert mail["Cc"] is mail["Bcc"] is None
    assert (mail["X-Envelope-From"], mail["X-Envelope-To"]) == ("reports@example.org", "anna@example.org")


def test_the_spec_may_name_the_sender_and_where_answers_go(healthy: MailServer, delivery: Deliver) -> None:
    mail = channel(sender="bi@example.com", sender_name="Büro, Süd", reply_to="desk@example.com")

    (receipt,) = send(mail, delivery("anna@example.org", pdf=PDF))

    got = only(healthy)
    (sender,) = got["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Büro, Süd", "bi@example.com")
    assert got["Reply-To"] == "desk@example.com"
    assert got["X-Envelope-From"] == "bi@example.com"
    assert receipt.text.startswith(f"<{'d' * 32}@example.com> 250 ")


def test_the_brand_names_the_sender_where_the_channel_does_not(healthy: MailServer, delivery: Deliver) -> None:
    sent = delivery("anna@example.org", pdf=PDF)
    branded = replace(sent, words={**sent.words, "brand": {"name": "N", "sender_name": "Northwind Reports"}})

    send(channel(), branded)
    send(channel(sender_name="Desk"), branded)

    names = [received(path)["From"].addresses[0].display_name for path in healthy.messages()]
    assert names == ["Northwind Reports", "Desk"]
    assert all(received(path)["From"].addresses[0].addr_spec == "reports@example.org" for path in healthy.messages())


def test_the_receipt_holds_the_message_id_the_servers_words_and_the_size(
    through: Callable[..., None], delivery: Deliver
) -> None:
    with FaultySmtp({}) as server:
        through(server)
        (receipt,) = send(channel(), delivery("anna@example.org", pdf=PDF))

    assert receipt.text == f"<{'d' * 32}@example.org> 250 2.0.0 queued as 4711"
    assert receipt.size == len(server.messages[0].replace(b"\r\n..", b"\r\n."))


def test_a_second_attempt_has_the_same_message_id_and_another_delivery_has_its_own(
    healthy: MailServer, delivery: Deliver
) -> None:
    one, other = delivery("anna@example.org", pdf=PDF), delivery("anna@example.org", key="a/b c", pdf=PDF)

    send(channel(), one, one, other)

    ids = [received(path)["Message-ID"] for path in healthy.messages()]
    assert ids == [f"<{'d' * 32}@example.org>"] * 2 + ["<a%2Fb%20c@example.org>"]


def test_an_attachment_arrives_byte_for_byte_under_its_name(healthy: MailServer, delivery: Deliver) -> None:
    names = {"pdf": "Übersicht 📊 " + "sehr " * 20 + "lang.pdf", "csv": 'a "b"; c.csv'}
    content = {"pdf": PDF[2], "csv": "\ufeffä;1\r\n.\r\n.x\r\n".encode()}

    send(
        channel(attach=["pdf", "csv"]),
        delivery(
            "anna@example.org",
            pdf=(names["pdf"], "application/pdf", content["pdf"]),
            csv=(names["csv"], "text/csv; charset=utf-8", content["csv"]),
        ),
    )

    mail = only(healthy)
    pdf, csv = mail.iter_attachments()
    assert (mail.get_content_type(), pdf.get_content_type(), csv.get_content_type()) == (
        "multipart/mixed",
        "application/pdf",
        "text/csv",
    )
    assert [pdf.get_filename(), csv.get_filename()] == list(names.values())
    assert [pdf.get_payload(decode=True), csv.get_payload(decode=True)] == list(content.values())


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x00"])
def test_a_template_cannot_add_a_header(healthy: MailServer, delivery: Deliver, end: str) -> None:
    words = {**delivery("x@example.org").words, "parameters": {"region": f"Nord{end}Bcc: eve@example.org{end}{end}Hi"}}

    send(channel(subject="{{ parameters.region }}"), delivery("anna@example.org", words=words, pdf=PDF))

    mail = only(healthy)
    assert mail["Subject"] == "Nord Bcc: eve@example.org Hi"
    assert mail["Bcc"] is None
    assert mail["X-Envelope-To"] == "anna@example.org"


def test_a_domain_that_is_not_ascii_is_written_as_dns_knows_it(healthy: MailServer, delivery: Deliver) -> None:
    mail = channel(sender="bi@bücher.example", reply_to="desk@bücher.example")

    send(mail, delivery("anna@bücher.example", pdf=PDF))

    got, domain = only(healthy), "xn--bcher-kva.example"
    assert [got[name] for name in ("To", "Reply-To", "X-Envelope-From", "X-Envelope-To")] == [
        f"anna@{domain}",
        f"desk@{domain}",
        f"bi@{domain}",
        f"anna@{domain}",
    ]


def test_a_domain_that_cannot_exist_is_refused(healthy: MailServer, delivery: Deliver) -> None:
    error = failure(channel(), delivery(f"anna@{'ü' * 70}.example", pdf=PDF))

    assert not error.retryable
    assert "is no address for mail" in error.what
    assert healthy.messages() == []


# What goes wrong with the files


def test_a_file_that_is_gone_is_told_by_its_format(healthy: MailServer, delivery: Deliver) -> None:
    sent = delivery("anna@example.org", pdf=PDF)
    sent.files["pdf"].unlink()

    error = failure(channel(), sent)

    assert "the file of format 'pdf' cannot be read" in str(error)
    assert error.retryable
