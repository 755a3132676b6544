"""A brand as a value."""

from __future__ import annotations

import base64
import pickle
from dataclasses import replace

import pytest

from scheduled_reports.brands import HOUSE, Picture, font_family


def test_a_brand_travels_to_another_process_and_is_the_same_there() -> None:
    copy = pickle.loads(pickle.dumps(HOUSE))

    assert copy == HOUSE
    assert {HOUSE: "cached"}[copy] == "cached"
    assert copy.colors == HOUSE.colors
    with pytest.raises(TypeError):
        copy.colors["ink"] = "#ffffff"


def test_brands_of_other_files_are_others() -> None:
    assert replace(HOUSE, digest="1") != HOUSE
    assert replace(HOUSE, key="acme") != HOUSE
    assert HOUSE != "house"


def test_a_font_stack_begins_with_the_brand_s_font_and_names_none_twice() -> None:
    brand = replace(HOUSE, font="Noto Sans")

    assert brand.font_stack == ("Noto Sans", "Noto Sans CJK SC", "DejaVu Sans", "sans-serif")
    assert brand.mail_font_stack[0] == "Noto Sans"
    assert brand.mail_font_stack.count("Noto Sans") == 1
    assert font_family(HOUSE.font_stack) == "Inter, 'Noto Sans', 'Noto Sans CJK SC', 'DejaVu Sans', sans-serif"


def test_a_picture_becomes_a_uri_that_holds_it() -> None:
    uri = Picture("image/png", b"\x89PNG", 1, 1).data_uri

    assert uri.startswith("data:image/png;base64,")
    assert base64.b64decode(uri.partition(",")[2]) == b"\x89PNG"
