"""What a faulty FTP server spoils: what is told of it, whether trying again can help, and what stays on the server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from channels.ftp_server import SSL, Authority, Demanding, Encrypted, channel, hang_up, point_at, serving
from channels.uploads import PDF, Connect, Deliver, content, failure, send
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError

CSV = ("sales.csv", "text/csv", b"a;b\r\n1;2\r\n")
FOLDER = "in/sales/2026-03-03"

Serve = Callable[..., Path]


@pytest.fixture
def serve(tmp_path: Path, connection: Connect) -> Iterator[Serve]:
    """Start a server of a kind that the connection names; returns its folder."""
    running: list[Any] = []
    authority = Authority(tmp_path)

    def start(handler: Any, **settings: Any) -> Path:
        running.append(serving(tmp_path / "root", handler, authority.certificate("127.0.0.1"), **settings))
        point_at(connection, running[-1].__enter__(), authority.ca_file, extra={"timeout": 1})
        return tmp_path / "root"

    yield start
    for server in running:
        server.__exit__(None, None, None)


def refusing(command: str, reply: str, when: str = "") -> type[Encrypted]:
    """Return a server that answers a command in one way, where its argument holds a text."""

    def refuse(self: Any, argument: str, *rest: Any) -> Any:
        if when not in argument:
            return getattr(Encrypted, f"ftp_{command}")(self, argument, *rest)
        self.respond(reply)
        return None

    return type("Refusing", (Encrypted,), {f"ftp_{command}": refuse})


@pytest.mark.parametrize(
    ("command", "reply", "retryable", "fix"),
    [
        ("MKD", "550 Permission denied.", False, "correct the path, or have it permitted"),
        ("STOR", "550 Permission denied.", False, "correct the path, or have it permitted"),
        ("STOR", "553 Name not allowed.", False, "correct the path, or have it permitted"),
        ("STOR", "552 Quota exceeded.", False, "have the login's quota raised, or remove old files on the server"),
        ("STOR", "452 Disk full.", True, "look at the server's disk and log"),
        ("STOR", "425 No data connection.", True, "look at the server's disk and log"),
        ("STOR", "421 Going down.", True, "look at the server's disk and log"),
        ("RNTO", "550 Permission denied.", False, "correct the path, or have it permitted"),
        ("RNTO", "450 Somebody reads it.", True, "look at the server's disk and log"),
        ("RNTO", "421 Going down.", True, "look at the server's disk and log"),
    ],
)
def test_what_a_server_refuses_is_told_in_its_words(
    serve: Serve, delivery: Deliver, command: str, reply: str, retryable: bool, fix: str
) -> None:
    root = serve(refusing(command, reply))

    error = failure(channel(), delivery)

    assert (type(error), error.retryable, error.why, error.fix) == (DeliveryError, retryable, reply, fix)
    assert "'ftp_default'" in error.what
    assert [name for name in content(root) if not name.endswith(".part")] == []
    if not reply.startswith("421"):
        assert content(root) == {}


@pytest.mark.parametrize("fault", ["refused", "lost"])
def test_the_old_file_stays_where_the_new_one_may_not_get_its_name(serve: Serve, delivery: Deliver, fault: str) -> None:
    class Stubborn(Encrypted):
        def ftp_RNTO(self, path: str) -> Any:  # noqa: N802 - as pyftpdlib calls it
            if str(self._rnfr).endswith(".part"):
                return hang_up(self) if fault == "lost" else self.respond("550 Permission denied.")
            return super().ftp_RNTO(path)

    root = serve(Stubborn)
    (root / "in").mkdir()
    (root / "in" / "sales.csv").write_bytes(b"the old one")

    error = failure(channel(path="in", files="csv"), delivery, csv=CSV)

    assert isinstance(error, UncertainDeliveryError) is (fault == "lost")
    assert f".part cannot be renamed to in/{CSV[0]}" in error.what
    found = content(root)
    assert found["in/sales.csv"] == b"the old one"
    assert fault == "lost" or len(found) == 1


def test_no_file_appears_before_all_have_arrived(serve: Serve, delivery: Deliver) -> None:
    root = serve(refusing("STOR", "452 Disk full.", when="-1.part"))

    error = failure(channel(files=["pdf", "csv"]), delivery, pdf=PDF, csv=CSV)

    assert (error.retryable, content(root)) == (True, {})


def test_a_disk_that_runs_full_is_told_and_the_half_file_removed(serve: Serve, delivery: Deliver) -> None:
    class Full(Demanding):
        def handle_read(self) -> None:
            super().handle_read()
            if self.tot_bytes_received > 30_000:
                self._resp = ("452 No space left on device.", self.log)
                self.close()

        handle_read_event = handle_read

    root = serve(Encrypted, dtp_handler=Full)
    error = failure(channel(), delivery, pdf=("a.pdf", "application/pdf", b"x" * 5_000_000))

    assert (type(error), error.retryable) == (DeliveryError, True)
    assert error.why == "452 No space left on device."
    assert content(root) == {}


def test_a_file_that_does_not_arrive_whole_is_not_given_its_name(serve: Serve, delivery: Deliver) -> None:
    class Lossy(Encrypted):
        def ftp_SIZE(self, path: str) -> None:  # noqa: N802 - as pyftpdlib calls it
            if Path(path).is_file():
                with Path(path).open("r+b") as file:
                    file.truncate(1000)
            super().ftp_SIZE(path)

    root = serve(Lossy)
    error = failure(channel(), delivery)

    assert (type(error), error.retryable) == (DeliveryError, True)
    assert error.why == f"{len(PDF[2]):,} bytes were sent, and 1,000 arrived"
    assert content(root) == {}


def test_a_connection_lost_in_the_middle_of_an_upload_may_be_tried_again(serve: Serve, delivery: Deliver) -> None:
    class Dropping(Demanding):
        def handle_read(self) -> None:
            super().handle_read()
            if self.tot_bytes_received:
                hang_up(self.cmd_channel)
                hang_up(self)

        handle_read_event = handle_read

    root = serve(Encrypted, dtp_handler=Dropping)
    error = failure(channel(), delivery, pdf=("a.pdf", "application/pdf", b"x" * 5_000_000))

    assert (type(error), error.retryable) == (DeliveryError, True)
    assert f"{FOLDER}/a.pdf" not in content(root)


@pytest.mark.parametrize("done", [True, False])
def test_a_connection_lost_while_a_file_is_given_its_name_leaves_it_uncertain(
    serve: Serve, delivery: Deliver, done: bool
) -> None:
    class Dropping(Encrypted):
        def ftp_RNTO(self, path: str) -> None:  # noqa: N802
            if done:
                self.fs.rename(self._rnfr, path)
            hang_up(self)

    root = serve(Dropping)
    error = failure(channel(), delivery)

    assert isinstance(error, UncertainDeliveryError)
    assert error.what.startswith("nobody knows whether")
    assert (f"{FOLDER}/{PDF[0]}" in content(root)) is done


@pytest.mark.parametrize(("command", "kind"), [("STOR", DeliveryError), ("RNTO", UncertainDeliveryError)])
def test_a_server_that_says_nothing_any_more_is_not_waited_for(
    serve: Serve, delivery: Deliver, command: str, kind: type[DeliveryError]
) -> None:
    silent = type("Silent", (Encrypted,), {f"ftp_{command}": lambda *_: None})

    serve(silent)
    error = failure(channel(), delivery)

    assert (type(error), "timed out" in error.why) == (kind, True)
    assert error.retryable is (kind is DeliveryError)


def test_a_data_connection_that_is_not_accepted_may_be_tried_again(serve: Serve, delivery: Deliver) -> None:
    class Firewalled(Encrypted):
        def ftp_PASV(self, line: str) -> None:  # noqa: N802
            self.respond("227 Entering passive mode (127,0,0,1,0,1).")

    root = serve(Firewalled)
    error = failure(channel(), delivery)

    assert (type(error), error.retryable, content(root)) == (DeliveryError, True, {})
    assert "Connection refused" in error.why


def test_a_session_that_the_server_does_not_resume_is_told(serve: Serve, delivery: Deliver) -> None:
    class Forgetful(Encrypted):
        def ftp_PROT(self, line: str) -> None:  # noqa: N802
            super().ftp_PROT(line)
            own = SSL.Context(SSL.TLS_SERVER_METHOD)
            own.use_certificate_chain_file(self.certfile)
            own.use_privatekey_file(self.certfile)
            self.ssl_context = own  # another key for tickets: none of the commands' is worth anything

    root = serve(Forgetful)
    error = failure(channel(), delivery)

    assert (type(error), error.retryable) == (DeliveryError, False)
    assert "session reuse required" in error.why
    assert content(root) == {}


def test_a_folder_or_a_file_in_the_way_is_told(serve: Serve, delivery: Deliver) -> None:
    root = serve(Encrypted)
    (root / "in" / CSV[0]).mkdir(parents=True)
    (root / "file").write_bytes(b"")

    error = failure(channel(path="in", files="csv"), delivery, csv=CSV)
    assert (error.retryable, error.why) == (False, "there is a folder of that name")
    error = failure(channel(path="file/below"), delivery)
    assert (error.retryable, error.why) == (False, "file is a file")
    assert content(root) == {"file": b""}


def test_a_folder_that_somebody_else_makes_meanwhile_is_used(serve: Serve, delivery: Deliver) -> None:
    class Busy(Encrypted):
        def ftp_MKD(self, path: str) -> None:  # noqa: N802
            Path(path).mkdir()
            self.respond("550 File exists.")

    root = serve(Busy)
    send(channel(), delivery, pdf=PDF)

    assert list(content(root)) == [f"{FOLDER}/{PDF[0]}"]
