"""E-mail, to real mail servers, healthy and faulty ones."""

import datetime as dt
import email
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from channels.faulty_smtp import FALL_SILENT, HANG_UP, FaultySmtp
from demo.mail_server import MailServer
from scheduled_reports.channels import Delivery, Receipt
from scheduled_reports.channels.email import Email
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError, UnknownConnectionError
from scheduled_reports.smtp import MailServer as Server

PLAIN = {"disable_ssl": True, "disable_tls": True, "from_email": "Reports <reports@example.org>"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
PDF = ("sales.pdf", "application/pdf", b"%PDF-1.7\r\n.\r\n..\n\x00\xff")
Connect = Callable[..., str]
Deliver = Callable[..., Delivery]


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[MailServer]:
    with MailServer(tmp_path / "inbox", refuse=frozenset({"gone@example.org"})) as server:
        yield server


@pytest.fixture
def healthy(inbox: MailServer, connection: Connect) -> MailServer:
    connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=inbox.port, extra=PLAIN)
    return inbox


@pytest.fixture
def through(connection: Connect) -> Callable[..., None]:
    """Point the connection at a faulty server."""

    def point(server: FaultySmtp, **extra: Any) -> None:
        connection(
            "smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, extra={**PLAIN, "timeout": 2, **extra}
        )

    return point


def channel(**fields: Any) -> Email:
    return Email.model_validate({"type": "email", "to": "anna@example.org", "attach": "pdf", **fields})


def send(mail: Email, *deliveries: Delivery) -> list[Receipt]:
    with mail.open(airflow_connection) as session:
        return [session.send(delivery) for delivery in deliveries]


def failure(mail: Email, delivery: Delivery) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        send(mail, delivery)
    return told.value


def received(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)  # type: ignore[return-value]


def words_of(part: Any) -> str:
    """The text of a part, with the line ends that it had before it travelled."""
    return str(part.get_content()).replace("\r\n", "\n")


def only(server: MailServer) -> EmailMessage:
    (path,) = server.messages()
    return received(path)


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


# What goes wrong with the server


def test_a_bad_recipient_does_not_spoil_the_next(healthy: MailServer, delivery: Deliver) -> None:
    with channel().open(airflow_connection) as session:
        with pytest.raises(DeliveryError) as told:
            session.send(delivery("gone@example.org", pdf=PDF))
        session.send(delivery("anna@example.org", pdf=PDF))

    assert only(healthy)["To"] == "anna@example.org"
    assert not told.value.retryable
    assert "gone@example.org" in told.value.what
    assert "550 5.1.1 <gone@example.org> mailbox unavailable" in told.value.why


@pytest.mark.parametrize(
    ("step", "answer", "retryable"),
    [
        ("MAIL", "451 4.3.0 busy", True),
        ("MAIL", "553 5.7.1 not your address", False),
        ("RCPT", "450 4.2.0 greylisted", True),
        ("RCPT", "550 5.1.1 unknown", False),
        ("DATA", "451 4.3.2 later", True),
        ("DATA", "554 5.5.1 no", False),
        ("end", "452 4.3.1 disk full", True),
        ("end", "554 5.7.1 spam", False),
        ("MAIL", "421 4.7.0 too many messages", True),
    ],
)
def test_what_the_server_refuses_may_be_repeated_only_where_it_says_so(
    through: Callable[..., None], delivery: Deliver, step: str, answer: str, retryable: bool
) -> None:
    with FaultySmtp({step: answer}, times=1) as server:
        through(server)
        with channel().open(airflow_connection) as session:
            with pytest.raises(DeliveryError) as told:
                session.send(delivery("anna@example.org", pdf=PDF))
            session.send(delivery("bo@example.org", pdf=PDF))

    assert (told.value.retryable, type(told.value)) == (retryable, DeliveryError)
    assert answer in told.value.why
    assert f"127.0.0.1:{server.port}" in told.value.why
    assert server.connections == (2 if answer.startswith("421") else 1)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", [HANG_UP, FALL_SILENT])
def test_a_connection_lost_before_the_message_may_be_tried_again_and_the_next_mail_reconnects(
    through: Callable[..., None], delivery: Deliver, step: str, fault: str
) -> None:
    with FaultySmtp({step: fault}, times=1) as server:
        through(server, timeout=0.3)
        with channel().open(airflow_connection) as session:
            with pytest.raises(DeliveryError) as told:
                session.send(delivery("anna@example.org", pdf=PDF))
            session.send(delivery("bo@example.org", pdf=PDF))

    assert (told.value.retryable, type(told.value)) == (True, DeliveryError)
    assert server.connections == 2
    assert len(server.messages) == 1


@pytest.mark.parametrize("fault", [HANG_UP, FALL_SILENT])
def test_a_connection_lost_after_the_message_leaves_it_uncertain_and_nothing_is_sent_twice(
    through: Callable[..., None], delivery: Deliver, fault: str
) -> None:
    with FaultySmtp({"end": fault}, times=1) as server:
        through(server, timeout=0.3)
        with channel().open(airflow_connection) as session:
            with pytest.raises(UncertainDeliveryError, match="nobody knows whether the mail to anna"):
                session.send(delivery("anna@example.org", pdf=PDF))
            session.send(delivery("bo@example.org", pdf=PDF))

    assert [command for command in server.commands if command.startswith("RCPT")] == [
        "RCPT TO:<anna@example.org>",
        "RCPT TO:<bo@example.org>",
    ]


def test_a_server_may_take_ten_minutes_to_accept_unless_the_connection_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, healthy: MailServer, delivery: Deliver
) -> None:
    patience: list[float] = []
    monkeypatch.setattr(socket.socket, "settimeout", lambda _, seconds: patience.append(seconds))

    with channel().open(airflow_connection) as session:
        patience.clear()
        session.send(delivery("anna@example.org", pdf=PDF))

    assert patience == [600, 30]


def test_a_mail_that_is_too_large_is_not_even_begun(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}, features=["SIZE 5000"]) as server:
        through(server)
        error = failure(channel(), delivery("anna@example.org", pdf=("a.pdf", "application/pdf", bytes(5000))))
        send(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert "at most 5,000" in error.why
    assert [command for command in server.commands if command.startswith("MAIL")] == [
        f"MAIL FROM:<reports@example.org> SIZE={len(server.messages[0]) - _dots(server.messages[0])}"
    ]


def _dots(message: bytes) -> int:
    return message.count(b"\n..")


def test_a_size_of_zero_is_no_limit(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}, features=["SIZE 0"]) as server:
        through(server)
        send(channel(), delivery("anna@example.org", pdf=PDF))

    assert len(server.messages) == 1


def test_an_address_that_is_not_ascii_needs_a_server_that_takes_it(
    through: Callable[..., None], healthy: MailServer, delivery: Deliver
) -> None:
    send(channel(), delivery("jürgen@example.org", pdf=PDF))
    assert only(healthy)["To"] == "jürgen@example.org"

    with FaultySmtp({}) as server:
        through(server)
        error = failure(channel(), delivery("jürgen@example.org", pdf=PDF))

    assert not error.retryable
    assert "SMTPUTF8" in error.why
    assert server.messages == []


def test_a_port_where_nobody_listens_is_told_and_may_be_tried_again(connection: Connect, delivery: Deliver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=port, extra=PLAIN)

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert error.retryable
    assert f"127.0.0.1:{port} of the Airflow connection 'smtp_default'" in error.what


@pytest.mark.parametrize(
    ("faults", "retryable", "words"),
    [
        ({"greeting": FALL_SILENT}, True, "timed out"),
        ({"greeting": HANG_UP}, True, "closed"),
        ({"greeting": "421 4.3.2 busy"}, True, "421 4.3.2 busy"),
        ({"greeting": "554 5.7.1 not you"}, False, "554 5.7.1 not you"),
    ],
)
def test_a_server_that_does_not_begin_well_is_told(
    through: Callable[..., None], delivery: Deliver, faults: dict[str, str], retryable: bool, words: str
) -> None:
    with FaultySmtp(faults) as server:
        through(server, timeout=0.3)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert error.retryable is retryable
    assert words in error.why
    assert server.connections == 1


def test_a_host_that_does_not_exist_may_be_tried_again(connection: Connect, delivery: Deliver) -> None:
    connection("smtp_default", conn_type="smtp", host="mail.invalid", port=25, extra=PLAIN)

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert error.retryable
    assert "mail.invalid:25" in error.what


def test_a_login_works_and_a_wrong_password_is_told_once_and_for_all(
    tmp_path: Path, connection: Connect, delivery: Deliver
) -> None:
    with MailServer(tmp_path / "inbox", username="reports@example.org", password="right") as server:
        fields = {"conn_type": "smtp", "host": "127.0.0.1", "port": server.port, "login": "reports@example.org"}
        extra = {"disable_ssl": True, "disable_tls": True}
        connection("smtp_default", **fields, password="right", extra=extra)
        send(channel(), delivery("anna@example.org", pdf=PDF))
        connection("smtp_default", **fields, password="wrong", extra=extra)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

        assert only(server)["From"] == "reports@example.org"
    assert not error.retryable
    assert error.why.startswith("535 ")
    assert "correct the login and password of the Airflow connection 'smtp_default'" in error.fix
    assert "wrong" not in str(error)


def test_a_password_for_a_server_without_login_is_told(
    connection: Connect, healthy: MailServer, delivery: Deliver
) -> None:
    connection(
        "smtp_default", conn_type="smtp", host="127.0.0.1", port=healthy.port, login="a", password="b", extra=PLAIN
    )

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert "remove the password" in error.fix


def test_an_access_token_logs_in_as_the_provider_does(connection: Connect, delivery: Deliver) -> None:
    with FaultySmtp({"AUTH": "235 2.7.0 welcome"}, features=["AUTH XOAUTH2"]) as server:
        extra = {**PLAIN, "auth_type": "oauth2", "access_token": "t0ken"}
        connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, login="me", extra=extra)
        send(channel(), delivery("anna@example.org", pdf=PDF))

    answer = b64encode(b"user=me\x01auth=Bearer t0ken\x01\x01").decode()
    assert f"AUTH XOAUTH2 {answer}" in server.commands


def test_oauth_without_a_token_is_told(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}) as server:
        through(server, auth_type="oauth2")
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert "no OAuth 2 token" in error.why


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for `localhost`, and the file with the certificate to trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    trusted, both = tmp_path / "ca.pem", tmp_path / "server.pem"
    trusted.write_bytes(signed.public_bytes(pem))
    both.write_bytes(private + signed.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, trusted


@pytest.mark.parametrize(
    ("extra", "features"), [({}, []), ({"disable_ssl": True}, ["STARTTLS"])], ids=["ssl", "starttls"]
)
def test_tls_is_the_default_and_the_certificate_must_be_trusted(
    certificate: tuple[ssl.SSLContext, Path],
    connection: Connect,
    delivery: Deliver,
    monkeypatch: pytest.MonkeyPatch,
    extra: dict[str, Any],
    features: list[str],
) -> None:
    context, trusted = certificate
    with FaultySmtp({}, features=features, tls=context) as server:
        fields = {"conn_type": "smtp", "host": "localhost", "port": server.port, "login": "reports@example.org"}
        connection("smtp_default", **fields, extra={**extra, "timeout": 2})
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))
        assert not error.retryable
        assert "CERTIFICATE_VERIFY_FAILED" in error.why
        assert server.messages == []

        connection("smtp_default", **fields, extra={**extra, "timeout": 2, "ssl_context": "none"})
        send(channel(), delivery("anna@example.org", pdf=PDF))
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        connection("smtp_default", **fields, extra={**extra, "timeout": 2})
        send(channel(), delivery("anna@example.org", pdf=PDF))

    assert len(server.messages) == 2


def test_a_server_without_starttls_gets_nothing_unencrypted(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}) as server:
        through(server, disable_tls=False)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert '"disable_tls": true' in error.fix
    assert server.messages == []


def test_tls_to_a_server_that_begins_without_it_is_explained(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}) as server:
        through(server, disable_ssl="false")  # as the extra of a URI says it
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert '"disable_ssl": true in the extra of the Airflow connection' in error.fix


@pytest.mark.parametrize("extra", [{"timeout": "soon"}, {"timeout": 0}, {"disable_tls": False, "ssl_context": "mine"}])
def test_an_extra_that_makes_no_sense_is_told(
    through: Callable[..., None], delivery: Deliver, extra: dict[str, Any]
) -> None:
    with FaultySmtp({}, features=["STARTTLS"]) as server:
        through(server, **extra)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert error.fix == "correct the Airflow connection 'smtp_default'"


def test_a_connection_without_an_address_to_send_from_is_told(
    connection: Connect, inbox: MailServer, delivery: Deliver
) -> None:
    extra = {"disable_ssl": True, "disable_tls": True}
    connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=inbox.port, login="robot", extra=extra)

    error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert "set `sender` in the spec" in error.fix


def test_a_connection_without_host_or_one_that_is_missing_is_told(connection: Connect, delivery: Deliver) -> None:
    with pytest.raises(UnknownConnectionError, match="'absent'"):
        send(channel(connection="absent"), delivery("anna@example.org", pdf=PDF))
    connection("nowhere", conn_type="smtp")
    with pytest.raises(UnknownConnectionError, match="has no host"):
        send(channel(connection="nowhere"), delivery("anna@example.org", pdf=PDF))


def test_the_port_is_that_of_the_kind_of_encryption_unless_given(connection: Connect) -> None:
    connection("implicit", conn_type="smtp", host="mail")
    connection("explicit", conn_type="smtp", host="mail", extra={"disable_ssl": True})

    names = [Server(airflow_connection(conn_id)).name for conn_id in ("implicit", "explicit")]

    assert names == ["mail:465", "mail:25"]


def test_goodbye_may_fail(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({"QUIT": HANG_UP}) as server:
        through(server)
        (receipt,) = send(channel(), delivery("anna@example.org", pdf=PDF))

    assert receipt.size > 0
