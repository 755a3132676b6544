"""The report before it has a format: blocks, and blocks bound to data."""

from typing import Annotated

from pydantic import Field

from scheduled_reports.document.block import Block, Bound
from scheduled_reports.document.chart import Chart, ChartBlock
from scheduled_reports.document.document import Document, Notice, Provenance, mark
from scheduled_reports.document.heading import Heading, HeadingBlock
from scheduled_reports.document.kpis import Kpi, Kpis, KpisBlock
from scheduled_reports.document.table import Column, Table, TableBlock
from scheduled_reports.document.text import Text, TextBlock

AnyBlock = Annotated[HeadingBlock | TextBlock | KpisBlock | TableBlock | ChartBlock, Field(discriminator="type")]

__all__ = [
    "AnyBlock", "Block", "Bound", "Chart", "ChartBlock", "Column", "Document", "Heading", "HeadingBlock", "Kpi", "Kpis",
    "KpisBlock", "Notice", "Provenance", "Table", "TableBlock", "Text", "TextBlock", "mark",
]  # fmt: skip
