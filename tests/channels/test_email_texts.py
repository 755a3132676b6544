"""The texts of a mail: HTML with its pictures beside plain text, and a short one where there is none."""

import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from channels.letters import PDF, Deliver, channel, failure, only, send, words_of
from demo.mail_server import MailServer
from sample_document import STALE, showcase
from scheduled_reports.brands import brand_of
from scheduled_reports.formats.html_email import HtmlEmail
from scheduled_reports.formats.text import PlainText

INCLUDE = Path(__file__).parents[2] / "include"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


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
