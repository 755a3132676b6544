"""What a mail server's refusals mean, in words and in seconds."""

import pytest

from scheduled_reports.mail.answers import PATIENCE, patience, refusal


@pytest.mark.parametrize(
    ("code", "reply", "meaning", "fix"),
    [
        (550, b"5.1.1 <a@x.example>: user unknown", "there is no such mailbox", "correct the address"),
        (550, b"5.1.2 host unknown", "there is no such mail domain", "correct the address"),
        (552, b"5.2.2 over quota", "the mailbox is full", "make room"),
        (552, b"5.3.4 too big", "the message is larger than the server takes", "smaller files"),
        (552, b"message exceeds fixed maximum message size", "larger than the server takes", "smaller files"),
        (554, b"5.7.1 relay access denied", "it is not permitted", "let this sender send"),
        (550, b"5.7.26 unauthenticated", "neither SPF nor DKIM vouches", "set `sender`"),
        (556, b"5.1.10 null mx", "takes no mail at all", "correct the address"),
        (599, b"5.9.9 what", "599 5.9.9 what", "mend it"),
    ],
)
def test_a_refusal_for_good_says_in_plain_words_why_and_what_to_do(
    code: int, reply: bytes, meaning: str, fix: str
) -> None:
    error = refusal("the mail was not sent", "mail:25", "recipient a@x.example", "mend it", (code, reply))

    assert not error.retryable
    assert error.why.startswith(f"mail:25 refused recipient a@x.example: {code} {reply.decode()}")
    assert meaning in error.why
    assert fix in error.fix
    assert error.retry_after is None


@pytest.mark.parametrize(
    ("code", "text", "seconds"),
    [
        (421, "4.7.0 too many connections", PATIENCE),
        (450, "4.7.1 Error: too much mail from 127.0.0.1", PATIENCE),
        (451, "4.7.1 Greylisting in action, please come back in 00:04:32", 272),
        (451, "4.7.500 Server busy. Please try again later from [192.0.2.1]", PATIENCE),
        (450, "4.2.0 <a@x.example>: Recipient address rejected: Greylisted for 300 seconds", 300),
        (450, "4.2.0 greylisted", PATIENCE),
        (452, "4.7.0 try again in 5 minutes", 300),
        (451, "throttled, retry after 30s", 30),
        (421, "4.7.28 rate limited, wait 2 hours", 7200),
        (421, "4.4.2 idle for too long", None),
        (452, "4.2.2 mailbox full", None),
        (451, "4.3.0 queue file write error", None),
        (550, "5.7.1 rate of spam too high, try again in 5 minutes", None),
        (250, "2.0.0 rate", None),
    ],
)
def test_a_server_that_wants_less_mail_is_left_alone_for_as_long_as_it_says(
    code: int, text: str, seconds: float | None
) -> None:
    assert patience(code, text) == seconds


def test_what_may_be_accepted_later_is_tried_again_whatever_the_code_says() -> None:
    error = refusal("the mail was not sent", "mail:25", "the message", "mend it", (452, b"4.3.1 disk\r\n full"))

    assert (error.retryable, error.fix) == (True, "the server may accept it later")
    assert error.why == "mail:25 refused the message: 452 4.3.1 disk full (the mail server's disk is full)"


def test_a_sender_that_is_not_permitted_is_what_has_to_be_changed() -> None:
    error = refusal("the mail was not sent", "mail:25", "sender a@x.example", "set another", (553, b"5.7.1 not yours"))

    assert error.fix == "set another"
