"""Files on an FTP server: what a spec may ask for, what arrives, and how."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from channels.conftest import WORDS
from channels.ftp_server import SSL, Authority, Encrypted, FTPHandler, Implicit, channel, point_at, serving
from channels.uploads import PDF, Connect, Deliver, content, failure, send
from scheduled_reports.audience import RunAudience
from scheduled_reports.channels import Receipt
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import SpecError

CSV = ("sales.csv", "text/csv", b"a;b\r\n1;2\n\n")
FOLDER = "in/sales/2026-03-03"

Serve = Callable[..., Path]


@pytest.fixture
def serve(tmp_path: Path, connection: Connect) -> Iterator[Serve]:
    """Start a server of a kind that the connection names; returns its folder."""
    running: list[Any] = []
    authority = Authority(tmp_path)

    def start(handler: Any = Encrypted, **fields: Any) -> Path:
        server = serving(tmp_path / "root", handler, authority.certificate("127.0.0.1"), **fields)
        running.append(server)
        point_at(connection, server.__enter__(), authority.ca_file)
        return tmp_path / "root"

    yield start
    for server in running:
        server.__exit__(None, None, None)


# What a spec may say


def test_the_recipient_is_the_filled_folder() -> None:
    (recipient,) = channel().recipients(RunAudience(WORDS))
    (absolute,) = channel(path="/data/{{ parameters.region }}/", connection="bank").recipients(RunAudience(WORDS))

    assert recipient.address == f"ftp://ftp_default/{FOLDER}"
    assert absolute.address == "ftp://bank//data/Süd"
    assert channel(files=["pdf", "csv", "pdf"]).formats() == ("pdf", "csv")
    assert channel().repeats_safely


def test_tls_is_explicit_unless_said_otherwise_and_nothing_else_than_three_words() -> None:
    assert [channel().tls, channel(tls="implicit").tls, channel(tls="none").tls] == ["explicit", "implicit", "none"]
    with pytest.raises(ValidationError, match="explicit"):
        channel(tls="auto")


@pytest.mark.parametrize(
    "region", ["..", "a/../../b", "..\\b", "a\nb", "a\r\nDELE x", "\x00", "\x7f", "\x85", "\u2028", "\ud800"]
)
def test_a_path_that_leads_out_of_its_folder_or_ends_a_command_is_refused(region: str) -> None:
    words = {**WORDS, "parameters": {"region": region}}

    with pytest.raises(SpecError, match="cannot be used"):
        channel(path="in/{{ parameters.region }}").recipients(RunAudience(words))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(region=st.text(max_size=20))
def test_whatever_a_parameter_holds_a_path_stays_one_line_below_its_folder(region: str) -> None:
    words = {**WORDS, "parameters": {"region": region}}
    try:
        (recipient,) = channel(path="in/{{ parameters.region }}").recipients(RunAudience(words))
    except SpecError:
        return

    path = recipient.address.removeprefix("ftp://ftp_default/")
    assert path.split("/")[0] == "in"
    assert ".." not in path.split("/")
    assert path.encode().decode() == path
    assert len(path.splitlines()) == 1


# What arrives


@pytest.mark.parametrize(("handler", "tls"), [(Encrypted, "explicit"), (Implicit, "implicit")])
def test_files_arrive_whole_over_tls_in_folders_made_for_them(
    serve: Serve, delivery: Deliver, handler: Any, tls: str
) -> None:
    root = serve(handler)
    receipt = send(channel(files=["pdf", "csv"], tls=tls), delivery, pdf=PDF, csv=CSV)

    assert content(root) == {f"{FOLDER}/{PDF[0]}": PDF[2], f"{FOLDER}/{CSV[0]}": CSV[2]}
    assert receipt == Receipt(f"{FOLDER}/{PDF[0]}, {FOLDER}/{CSV[0]}", len(PDF[2]) + len(CSV[2]))


def test_a_server_with_tls_1_2_wants_the_session_of_the_commands_too(serve: Serve, delivery: Deliver) -> None:
    root = serve(ssl_options=Encrypted.ssl_options | SSL.OP_NO_TLSv1_3)
    send(channel(files=["pdf", "csv"]), delivery, pdf=PDF, csv=CSV)

    assert len(content(root)) == 2


def test_a_server_without_tls_gets_files_only_where_the_spec_says_so(serve: Serve, delivery: Deliver) -> None:
    root = serve(FTPHandler)
    error = failure(channel(), delivery)
    assert (error.retryable, content(root)) == (False, {})
    assert "correct `tls` in the spec" in error.fix

    send(channel(tls="none"), delivery, pdf=PDF)
    assert content(root) == {f"{FOLDER}/{PDF[0]}": PDF[2]}


def test_a_server_behind_nat_is_reached_where_it_was_dialled(serve: Serve, delivery: Deliver) -> None:
    root = serve(masquerade_address="203.0.113.7")
    send(channel(), delivery, pdf=PDF)

    assert len(content(root)) == 1


def test_a_second_upload_replaces_the_first(serve: Serve, delivery: Deliver) -> None:
    root = serve()
    send(channel(path="/"), delivery, pdf=PDF)
    send(channel(path="."), delivery, pdf=(PDF[0], PDF[1], b""))

    assert content(root) == {PDF[0]: b""}


def test_a_server_that_does_not_rename_over_a_file_is_served_too(serve: Serve, delivery: Deliver) -> None:
    class Old(Encrypted):
        def ftp_RNTO(self, path: str) -> Any:  # noqa: N802 - as pyftpdlib calls it
            if self.fs.lexists(path):
                self.respond("550 File exists.")
                return None
            return super().ftp_RNTO(path)

    root = serve(Old)
    for text in (b"old", b"new"):
        send(channel(), delivery, pdf=(PDF[0], PDF[1], text))

    assert content(root) == {f"{FOLDER}/{PDF[0]}": b"new"}


@pytest.mark.parametrize(
    ("lines", "proof"),
    [
        (["-rw-r--r--   1 reports  users  {size} Nov 22 01:30 a.pdf"], ""),
        (["11-22-26  01:30AM       {size} a.pdf"], ""),
        ([], " (the server does not tell its size)"),
    ],
)
def test_a_server_without_size_is_asked_for_its_list(
    serve: Serve, delivery: Deliver, lines: list[str], proof: str
) -> None:
    class Terse(Encrypted):
        def ftp_SIZE(self, path: str) -> None:  # noqa: N802
            self.respond("502 Command not implemented.")

        def ftp_LIST(self, path: str) -> None:  # noqa: N802
            if not Path(path).exists():
                self.respond("450 No such file or directory.")
                return
            size = Path(path).stat().st_size
            self.push_dtp_data("".join(line.format(size=size) + "\r\n" for line in lines).encode(), cmd="LIST")

    root = serve(Terse)
    receipt = send(channel(), delivery, pdf=PDF)

    assert receipt.text == f"{FOLDER}/{PDF[0]}{proof}"
    assert content(root) == {f"{FOLDER}/{PDF[0]}": PDF[2]}


def test_what_an_old_server_says_in_latin_1_does_no_harm(serve: Serve, delivery: Deliver) -> None:
    class Old(Encrypted):
        encoding = "latin-1"
        banner = "Grüß Gott"

    root = serve(Old)
    send(channel(files="csv"), delivery, csv=CSV)

    assert content(root) == {f"{FOLDER}/{CSV[0]}": CSV[2]}


# What a probe sees


def test_a_probe_looks_and_a_thorough_one_writes_and_leaves_nothing(serve: Serve) -> None:
    root = serve()
    audience = RunAudience(WORDS)

    seen = channel().probe(airflow_connection, audience, thorough=False)
    assert seen == f". is there; {FOLDER} is made when it is needed"
    (root / FOLDER).mkdir(parents=True)
    assert channel().probe(airflow_connection, audience, thorough=True) == f"{FOLDER} can be written"
    assert content(root) == {}
