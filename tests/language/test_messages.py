"""Every text of ours that readers see is found, and German says all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from scheduled_reports.language import language_of
from scheduled_reports.language.messages import Message, messages, missing
from scheduled_reports.language.texts import OURS, placeholders, read_texts

CODE = """
from sqlalchemy import text as sql, bindparam
import sqlalchemy as sa
KINDS: dict[str, str] = {"bar": "Bar chart"}
TITLES = {"a": translatable("marked")}
def said(document, text):
    language.text("simple"), document.language.text("filled {name}", name=1)
    text("by a shorter name"), sql("SELECT 1"), sa.text("SELECT 2")
    language.text("either" if document else "or"), language.text(f"made {document}")
    words = {"good": "better", "bad": {"x": "worse"}.get(document, "otherwise")}[document]
    language.text(words), language.text(KINDS[document]), language.text(document)
    language.counted("{count} row", "{count} rows", 5), t("in short"), cells.text(5)
"""
TEMPLATE = """<p title="{{ t('of a template') }}">{{ document.language.text("spelt out") }}</p>
{% for row in rows %}{{ counted("{count} page", "{count} pages", row) | upper }}{% endfor %}{{ other("not ours") }}"""


def test_texts_are_found_in_code_and_in_templates(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "page.html").write_text(TEMPLATE, encoding="utf-8")

    assert {(found.one, found.many, found.file) for found in messages(tmp_path)} == {
        *((one, "", "code.py") for one in ("marked", "simple", "filled {name}", "by a shorter name", "either", "or",
                                           "in short", "better", "worse", "otherwise", "Bar chart")),
        ("{count} row", "{count} rows", "code.py"),
        ("of a template", "", "page.html"),
        ("spelt out", "", "page.html"),
        ("{count} page", "{count} pages", "page.html"),
    }  # fmt: skip


def test_what_a_catalogue_lacks_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "xx.po").write_text('msgid "here"\nmsgstr "da"\n', encoding="utf-8")
    found = [Message("here", "", "a.py", 1), Message("there", "", "b.py", 22)]

    assert list(map(str, missing(found, tmp_path / "xx.po"))) == ["b.py:22: 'there'"]


@pytest.fixture(scope="module")
def ours() -> list[Message]:
    return messages()


def test_german_says_every_text_of_ours(ours: list[Message]) -> None:
    lacking = missing(ours, OURS / "de.po")

    assert not lacking, "language/de.po has no translation of:\n" + "\n".join(map(str, sorted(lacking)))


def test_german_has_the_placeholders_of_the_english_texts() -> None:
    texts = read_texts(OURS / "de.po")
    wrong = [one for one, german in texts.single.items() if placeholders(one) != placeholders(german)]

    assert not wrong
    assert len(texts.single) > 20


def test_english_and_german_can_say_everything_without_a_missing_placeholder(ours: list[Message]) -> None:
    german = language_of("de")
    for found in ours:
        values = dict.fromkeys(placeholders(found.one) | placeholders(found.many or found.one), "x")
        if found.many:
            values.pop("count")
            assert german.counted(found.one, found.many, 2, **values)
        else:
            assert german.text(found.one, **values)


@pytest.mark.parametrize("arguments", [[], [str(OURS / "de.po")]])
def test_a_template_for_translators_is_a_catalogue(arguments: list[str], tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "scheduled_reports.language.messages", *arguments],
        check=True, capture_output=True, env={"PYTHONPATH": str(OURS.parents[1])},
    ).stdout  # fmt: skip
    (tmp_path / "reports.pot").write_bytes(made)
    with (tmp_path / "reports.pot").open("rb") as file:
        catalogue = read_po(file)

    assert ("yes" in {message.id for message in catalogue if message.id}) is (not arguments)
