"""What a spec may write under `language` and `locale`: codes of BCP 47 (`de-AT`) or of CLDR (`de_AT`)."""

from __future__ import annotations

import difflib
from typing import Annotated, Any

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers
from pydantic import AfterValidator, BeforeValidator, Field

from scheduled_reports.spec.problems import did_you_mean


def locale_code(given: str) -> str:
    """Return a code as CLDR writes it: `de_AT` for `de-AT`.

    Raises:
        ValueError: CLDR has no such locale; it names the nearest ones.
    """
    try:
        return str(Locale.parse(given.strip().replace("-", "_")))
    except UnknownLocaleError:
        raise ValueError(f"there is no locale {given!r}; {_near(given)}") from None
    except (ValueError, TypeError):
        raise ValueError(f"{given!r} is no code of a language or locale; write one like 'de' or 'de-AT'") from None


def require_one_language(language: str, locale: str | None) -> None:
    """Raise ValueError where a locale is one of another language than the report's."""
    if locale is None:
        return
    one, other = Locale.parse(language).language, Locale.parse(locale).language
    if one != other:
        raise ValueError(f"locale {locale!r} is not one of the language {language!r}; "
                         + did_you_mean(locale, _of_language(one)))  # fmt: skip


def _near(given: str) -> str:
    language = given.strip().replace("-", "_").partition("_")[0].lower()
    if of_it := _of_language(language):
        return did_you_mean(given.replace("-", "_"), of_it)
    near = difflib.get_close_matches(given.lower(), [name for name in locale_identifiers() if len(name) <= 3], n=3)
    return "did you mean " + " or ".join(map(repr, near)) + "?" if near else "write one like 'de' or 'de-AT'"


def _of_language(language: str) -> list[str]:
    return [name for name in locale_identifiers() if name.partition("_")[0] == language]


def _not_a_truth(given: Any) -> Any:
    """Refuse what YAML made of a bare `no`, which is Norwegian."""
    if isinstance(given, bool):
        raise ValueError(  # noqa: TRY004 - what pydantic makes a problem of the spec
            "YAML reads no, yes, on and off as true and false; write it in quotes, or Norwegian as 'nb'"
        )
    return given


_Code = Annotated[str, BeforeValidator(_not_a_truth), AfterValidator(locale_code)]

LanguageCode = Annotated[_Code, Field(json_schema_extra={"examples": ["en", "de"]})]
"""The language of a report's own texts."""

LocaleCode = Annotated[_Code, Field(json_schema_extra={"examples": ["de-AT", "de-CH", "en-GB"]})]
"""The locale that says how numbers and dates are written."""
