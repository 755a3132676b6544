"""What a spec may say of an e-mail."""

import pytest
from pydantic import ValidationError

from channels.letters import channel
from scheduled_reports.audience import RunAudience
from scheduled_reports.channels.email import Email
from scheduled_reports.mail.pace import Pacing


@pytest.mark.parametrize("one", ["to", "body", "attach"])
def test_a_list_of_one_may_be_written_as_a_text(one: str) -> None:
    value = "anna@example.org" if one == "to" else "pdf"
    mail = channel(**{one: value})

    assert getattr(mail, one) == (value,)
    shapes = Email.model_json_schema()["properties"][one]["anyOf"]
    alone, listed = shapes
    assert listed["type"] == "array"
    assert "string" in {shape.get("type") for shape in alone.get("anyOf", [alone])}


def test_an_email_that_carries_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs 'body' or 'attach'"):
        Email.model_validate({"type": "email", "to": "anna@example.org"})


def test_an_email_to_nobody_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        channel(to=[])


@pytest.mark.parametrize(
    "address", ["@anna", "anna@example.org\nBcc: eve@example.org", "Anna <anna@example.org>", "a b@c.d"]
)
def test_what_is_not_a_bare_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="is not an e-mail address"):
        channel(to=address)


def test_an_address_that_is_named_twice_gets_one_delivery() -> None:
    found = channel(to=["Anna@example.org", "bo@example.org", "anna@EXAMPLE.org"]).recipients(RunAudience({}))

    assert [str(recipient) for recipient in found] == ["Anna@example.org", "bo@example.org"]


def test_a_format_in_body_and_attach_is_carried_once() -> None:
    assert channel(body=["html", "txt"], attach=["pdf", "html"]).formats() == ("html", "txt", "pdf")


def test_a_rate_is_a_number_in_a_span_of_time() -> None:
    assert channel(rate="30/minute").rate == Pacing(30, 60.0)
    assert channel(rate="30/minute").model_dump(mode="json")["rate"] == "30/minute"
    assert Email.model_json_schema()["properties"]["rate"]["anyOf"][0]["examples"] == ["30/minute"]
    with pytest.raises(ValidationError, match="for example 30/minute"):
        channel(rate="30 per minute")


def test_a_connection_takes_at_least_one_message() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        channel(messages_per_connection=0)
