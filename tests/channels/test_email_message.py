"""What a mail looks like: what a spec may ask for, what arrives, and which files cannot be sent."""

import datetime as dt
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from channels.faulty_smtp import FaultySmtp
from channels.letters import PDF, Deliver, channel, failure, only, received, send, words_of
from demo.mail_server import MailServer
from sample_document import STALE, showcase
from scheduled_reports.brands import brand_of
from scheduled_reports.formats.html_email import HtmlEmail
from scheduled_reports.formats.text import PlainText

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
INCLUDE = Path(__file__).parents[2] / "include"


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


def test_the_subject_begins_with_the_word_of_a_notice_and_the_short_text_with_the_notice(
    healthy: MailServer, delivery: Deliver
) -> None:
    send(channel(), replace(delivery("anna@example.org", pdf=PDF), notices=(STALE,)))

    mail = only(healthy)
    assert mail["Subject"] == "[STALE] Umsätze 📈 · 3. März 2026"
    assert words_of(mail.get_body(("plain",))).startswith(f"! STALE: {STALE.text}\n\nUmsätze 📈\n")


def test_without_plain_text_a_short_one_says_what_the_mail_is(healthy: MailServer, delivery: Deliver) -> None:
    send(channel(), delivery("anna@example.org", pdf=PDF))

    text = only(healthy).get_body(("plain",))
    assert text is not None
    assert words_of(text) == "Umsätze 📈\n3. März 2026\n\nsales.pdf\n"


def test_text_and_html_are_alternatives_of_which_html_is_the_better(healthy: MailServer, delivery: Deliver) -> None:
    html = "<p>Grüße</p>\n" + "<b>x</b>" * 300 + "\n"
    files = {"html": ("r.html", "text/html", html.encode()), "txt": ("r.txt", "text/plain", "Grüße\n".encode())}

    send(channel(body=["html", "txt"], attach=[]), delivery("anna@example.org", **files))

    mail = only(healthy)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [words_of(part) for part in mail.iter_parts()] == ["Grüße\n", html]
    assert max(map(len, healthy.messages()[0].read_bytes().split(b"\r\n"))) <= 998


def test_images_in_the_html_become_parts_of_the_mail(healthy: MailServer, delivery: Deliver) -> None:
    uri = f"data:image/png;base64,{b64encode(PNG).decode()}"
    html = f'<img alt="1 > 0" src="{uri}"><p><img src=\'{uri}\'><img src="data:image/svg+xml,%3Csvg%2F%3E&#38;"></p>\n'
    files = {"html": ("r.html", "text/html", html.encode()), "pdf": PDF}

    send(channel(body="html"), delivery("anna@example.org", **files))

    related = only(healthy).get_body(("related",))
    assert related is not None
    page, *images = related.iter_parts()
    cids = [str(image["Content-ID"]).strip("<>") for image in images]
    assert words_of(page) == (
        f'<img alt="1 > 0" src="cid:{cids[0]}"><p><img src=\'cid:{cids[0]}\'><img src="cid:{cids[1]}"></p>\n'
    )
    assert [image.get_payload(decode=True) for image in images] == [PNG, b"<svg/>&"]
    assert [image.get_content_type() for image in images] == ["image/png", "image/svg+xml"]
    assert [image.get_content_disposition() for image in images] == ["inline"] * 2
    assert [image.get_filename() for image in images] == ["image-1.png", "image-2.svg"]
    assert related.get_param("type") == "text/html"


def test_a_whole_report_is_text_and_html_with_its_pictures_beside_what_is_attached(
    healthy: MailServer, delivery: Deliver, tmp_path: Path
) -> None:
    made = showcase(tmp_path, brand=brand_of("northwind", INCLUDE))
    HtmlEmail(type="html_email").render(made, tmp_path / "r.html")
    PlainText(type="text").render(made, tmp_path / "r.txt")
    files = {"html": ("r.html", "text/html", (tmp_path / "r.html").read_bytes()),
             "txt": ("r.txt", "text/plain", (tmp_path / "r.txt").read_bytes()), "pdf": PDF}  # fmt: skip

    send(channel(body=["html", "txt"]), delivery("anna@example.org", **files))

    mail = only(healthy)
    assert not [defect for part in mail.walk() for defect in part.defects]
    assert mail.get_content_type() == "multipart/mixed"
    alternative, pdf = mail.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    text, related = alternative.iter_parts()
    page, *pictures = related.iter_parts()
    assert [part.get_content_type() for part in (text, related, page)] == [
        "text/plain",
        "multipart/related",
        "text/html",
    ]
    assert pdf.get_content_disposition() == "attachment"
    assert words_of(text) == (tmp_path / "r.txt").read_text(encoding="utf-8")
    html = words_of(page)
    assert len(html.encode()) < 102 * 1024, "as it travels, Gmail does not clip it"
    assert "data:" not in html
    cids = set(re.findall(r'src="cid:([^"]+)"', html))
    assert cids == {str(picture["Content-ID"]).strip("<>") for picture in pictures}
    assert {picture.get_content_type() for picture in pictures} == {"image/png"}
    assert len(healthy.messages()[0].read_bytes()) < 400_000, "with all pictures"
    shown = re.findall(r"<img[^>]*>", html)
    assert len(shown) > 8
    assert all(' alt="' in image for image in shown)


def test_all_other_html_stays_as_it_is(healthy: MailServer, delivery: Deliver) -> None:
    html = (
        '<!-- <img src="data:image/png;base64,AAAA"> --><script>s = \'<img src="data:image/png;base64,AAAA">\'</script>'
        '<img src="data:image/png;base64,?"><img src="https://example.org/x.png"><a href="data:image/png,A">a</a>\n'
    )

    send(channel(body="html", attach=[]), delivery("anna@example.org", html=("r.html", "text/html", html.encode())))

    page = only(healthy).get_body(("html",))
    assert page is not None
    assert words_of(page) == html


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


def test_only_html_and_plain_text_can_be_the_text_of_a_mail(healthy: MailServer, delivery: Deliver) -> None:
    error = failure(channel(body="pdf"), delivery("anna@example.org", pdf=PDF))

    assert str(error) == (
        "format 'pdf' cannot be the text of an e-mail: it is application/pdf\n  → name it in 'attach' instead of 'body'"
    )
    assert not error.retryable
    assert healthy.messages() == []


def test_two_texts_of_one_kind_are_refused(healthy: MailServer, delivery: Deliver) -> None:
    page = ("r.html", "text/html", b"<p>")

    error = failure(channel(body=["html", "web"]), delivery("anna@example.org", html=page, web=page, pdf=PDF))

    assert "format 'web' cannot be the text of an e-mail: another format in 'body' is text/html" in str(error)


def test_a_text_that_is_not_utf8_is_refused(healthy: MailServer, delivery: Deliver) -> None:
    error = failure(channel(body="txt"), delivery("anna@example.org", txt=("r.txt", "text/plain", b"\xff"), pdf=PDF))

    assert "format 'txt'" in str(error)
    assert not error.retryable


def test_a_file_that_is_gone_is_told_by_its_format(healthy: MailServer, delivery: Deliver) -> None:
    sent = delivery("anna@example.org", pdf=PDF)
    sent.files["pdf"].unlink()

    error = failure(channel(), sent)

    assert "the file of format 'pdf' cannot be read" in str(error)
    assert error.retryable
