"""What a spec may write under `language` and `locale`."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.language import LanguageCode, LocaleCode, require_one_language

LANGUAGE: TypeAdapter[str] = TypeAdapter(LanguageCode)
LOCALE: TypeAdapter[str] = TypeAdapter(LocaleCode)


@pytest.mark.parametrize(
    ("given", "code"),
    [("de", "de"), ("de-AT", "de_AT"), ("de_at", "de_AT"), ("pt-BR", "pt_BR"), ("zh-Hant-TW", "zh_Hant_TW")],
)
def test_a_code_is_read_as_bcp_47_and_as_cldr_write_it(given: str, code: str) -> None:
    assert LANGUAGE.validate_python(given) == LOCALE.validate_python(given) == code


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("de-XX", "there is no locale 'de-XX'; did you mean"),
        ("german", "no locale 'german'"),
        ("d", "write one like 'de'|did you mean"),
        ("", "no code"),
        (False, "Norwegian as 'nb'"),
        (5, "valid string"),
    ],
)
def test_a_code_that_there_is_not_says_what_to_write(given: Any, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        LOCALE.validate_python(given)


def test_a_locale_is_one_of_the_reports_language() -> None:
    require_one_language("de", "de_CH")
    require_one_language("de", None)
    with pytest.raises(ValueError, match=r"locale 'fr_FR' is not one of the language 'de'.*de_AT"):
        require_one_language("de", "fr_FR")


def test_the_schema_says_examples() -> None:
    assert "de-AT" in LOCALE.json_schema()["examples"]
    assert "de" in LANGUAGE.json_schema()["examples"]
