"""A browser for all tests of a file, and a report with every kind of block."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chromium import Page, chromium
from sample_document import showcase
from scheduled_reports.document import Document


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, need: Callable[[str], None]) -> Iterator[Page]:
    need("chromium")
    with chromium(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return showcase(tmp_path_factory.mktemp("showcase"))
