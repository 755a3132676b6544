"""What a mail says of files that it does not carry, in the language of its readers, and as text only."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from channels.letters import PDF, Deliver, channel, only, send, words_of
from demo.mail_server import MailServer
from scheduled_reports.channels.base import Delivery, Link
from scheduled_reports.language import language_of

LINKS = (
    Link("Übersicht & mehr.pdf", "https://files.example.org/a?b=1&c=%20", 41_234_567),
    Link("<b>klein</b>.csv", "http://files.example.org/k", 999),
)
HTML = ("r.html", "text/html", b"<html><body><p>Hi</p></body></html>\n")
TEXT = ("r.txt", "text/plain", b"Hi\n")


class Seen(HTMLParser):
    """What a reader sees of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str | None] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parts(server: MailServer, sent: Delivery) -> tuple[str, str]:
    """Send it, and return the plain text and the page."""
    body = [key for key in ("html", "txt") if key in sent.files]
    send(channel(body=body, attach="pdf"), sent)
    mail = only(server)
    return words_of(mail.get_body(("plain",))), words_of(mail.get_body(("html",)))


def test_files_that_are_too_large_are_named_with_size_and_address(healthy: MailServer, delivery: Deliver) -> None:
    made = replace(delivery("anna@example.org", html=HTML, txt=TEXT, pdf=PDF), links=LINKS)

    text, page = parts(healthy, made)

    assert text == (
        "Hi\n\nToo large to attach:\n"
        "- Übersicht & mehr.pdf, 41.2 MB: https://files.example.org/a?b=1&c=%20\n"
        "- <b>klein</b>.csv, 1 kB: http://files.example.org/k\n"
    )
    seen = Seen(page)
    assert "".join(seen.words).strip() == ("HiToo large to attach:Übersicht & mehr.pdf, 41.2 MB<b>klein</b>.csv, 1 kB")
    assert seen.links == [link.url for link in LINKS]
    assert "b" not in seen.tags
    assert page.endswith("</div></body></html>\n")


def test_the_words_are_of_the_language_of_the_report(healthy: MailServer, delivery: Deliver) -> None:
    made = delivery("anna@example.org", html=HTML, txt=TEXT, pdf=PDF)

    text, page = parts(healthy, replace(made, links=LINKS[:1], part=(2, 3), language=language_of("de")))

    assert text.startswith("Hi\n\nE-Mail 2 von 3\nZu groß für den Anhang:\n- Übersicht & mehr.pdf, 41,2 MB: ")
    assert "<p>E-Mail 2 von 3</p><p>Zu groß für den Anhang:</p>" in page


def test_a_mail_without_a_text_of_its_own_tells_it_below_the_short_one(healthy: MailServer, delivery: Deliver) -> None:
    made = replace(delivery("anna@example.org", pdf=PDF), links=LINKS[:1])

    send(channel(), made)

    assert words_of(only(healthy).get_body(("plain",))) == (
        "Umsätze 📈\n3. März 2026\n\nsales.pdf\n\nToo large to attach:\n"
        "- Übersicht & mehr.pdf, 41.2 MB: https://files.example.org/a?b=1&c=%20\n"
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", 'https://x.example/"><script>alert(1)</script>', "file:///a\nb"]
)
def test_an_address_is_never_more_than_an_address(healthy: MailServer, delivery: Deliver, url: str) -> None:
    made = delivery("anna@example.org", html=HTML, txt=TEXT, pdf=PDF)

    text, page = parts(healthy, replace(made, links=(Link("a.pdf", url, 10_000_000),)))

    seen = Seen(page)
    assert "script" not in seen.tags
    assert seen.links == ([url] if url.startswith("https:") else [])
    assert text.splitlines()[-1] == f"- a.pdf, 10.0 MB: {' '.join(url.split())}"


def test_a_mail_that_carries_all_its_files_says_nothing_more(healthy: MailServer, delivery: Deliver) -> None:
    assert parts(healthy, delivery("anna@example.org", html=HTML, txt=TEXT, pdf=PDF)) == ("Hi\n", HTML[2].decode())


def test_a_later_part_carries_files_without_the_text_that_the_first_one_had(
    healthy: MailServer, delivery: Deliver
) -> None:
    whole = delivery("anna@example.org", html=HTML, txt=TEXT, pdf=PDF)

    send(channel(body=["html", "txt"], attach="pdf"), replace(whole, files={"pdf": whole.files["pdf"]}, part=(2, 2)))

    mail = only(healthy)
    assert mail.get_body(("html",)) is None
    assert words_of(mail.get_body(("plain",))) == "Umsätze 📈\n3. März 2026\n\nsales.pdf\n\nE-mail 2 of 2\n"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["sales.pdf"]
