"""What WeasyPrint reads of a page's HTML, the short way and its own."""

from __future__ import annotations

from typing import Any

import pytest

from scheduled_reports.brands import HOUSE
from scheduled_reports.pages.style import fetcher_of
from scheduled_reports.typeset.source import source, usual_style

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"/><title>A &amp; B &#39;c&#39;</title></head>
<body class="upright"><p id="one">Zwölf<br/>Boxkämpfer &lt;b&gt;</p><ol><li>One</li></ol></body>
</html>"""
PICTURE = (
    "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI4IiBoZWlnaHQ9IjgiLz4="
)


def read(html: str) -> Any:
    return source(html, fetcher_of(HOUSE))


def elements(html: str) -> list[tuple[Any, ...]]:
    return [
        (element.tag, dict(element.attrib), (element.text or "").strip(), (element.tail or "").strip())
        for element in read(html).etree_element.iter()
    ]


def test_well_formed_pages_have_the_same_elements_as_html() -> None:
    loose = PAGE.replace("/>", ">").replace("</li>", "").replace("</p>", "")
    assert elements(PAGE) == elements(loose)


@pytest.mark.parametrize("text", ["&nbsp;", "a & b", "<p>One<p>Two", "bell \x07", "half \ud83d"])
def test_what_is_no_xml_is_read_as_html(text: str) -> None:
    page = read(PAGE.replace("<ol>", f"<div>{text}</div><ol>"))
    assert page.etree_element.find("body").findall(".//li")


def test_a_page_of_many_entities_is_not_opened_up() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + PAGE.partition("\n")[2].replace("Zwölf", "&b;")
    assert "haha" not in "".join(read(bomb).etree_element.itertext())


def test_pages_look_as_with_all_of_weasyprints_own_style() -> None:
    import weasyprint

    html = PAGE.replace("<ol>", '<h2>Two</h2><ul><li>Dot</li></ul><p>“<q>Three</q>”</p><ol start="7">')
    usual = weasyprint.HTML(string=html, url_fetcher=fetcher_of(HOUSE)).render()
    assert texts(read(html).render()) == texts(usual)
    assert len(texts(usual)) > 8


def texts(document: Any) -> list[tuple[Any, ...]]:
    boxes = document.pages[0]._page_box.descendants(placeholders=True)
    return [(box.text, box.position_x, box.position_y) for box in boxes if hasattr(box, "text")]


def test_elements_have_no_styles_of_notes() -> None:
    sheets = [usual_style().matcher.match(element) for element in read(PAGE).wrapper_element.iter_subtree()]
    assert [pseudo for found in sheets for _, _, pseudo, _ in found if pseudo] == ["before", "marker"]


def test_pictures_of_a_page_come_from_its_fetcher() -> None:
    page = read(PAGE.replace("<ol>", f'<img alt="" src="{PICTURE}"/><ol>')).render().pages[0]
    assert any(box.element_tag == "img" for box in page._page_box.descendants())
