"""The report before it has a format: blocks, and blocks bound to data."""

from typing import Annotated

from pydantic import Field

from scheduled_reports.document.appendix import Appendix, AppendixBlock
from scheduled_reports.document.block import Binding, Block, Bound
from scheduled_reports.document.callout import Callout, CalloutBlock
from scheduled_reports.document.chart import Chart, ChartBlock
from scheduled_reports.document.columns import Columns, ColumnsBlock
from scheduled_reports.document.comparison import Comparison
from scheduled_reports.document.contents import Contents, ContentsBlock, Entry
from scheduled_reports.document.document import Document, Freshness, Notice, Provenance, mark, walk
from scheduled_reports.document.glossary import Glossary, GlossaryBlock, Term
from scheduled_reports.document.heading import Heading, HeadingBlock
from scheduled_reports.document.image import Image, ImageBlock
from scheduled_reports.document.kpis import Kpi, Kpis, KpisBlock
from scheduled_reports.document.lines import LineKind, Lines
from scheduled_reports.document.outline import arranged
from scheduled_reports.document.page_break import PageBreak, PageBreakBlock
from scheduled_reports.document.table import Column, Detail, Table
from scheduled_reports.document.table_block import TableBlock
from scheduled_reports.document.text import Text, TextBlock

AnyBlock = Annotated[
    HeadingBlock | TextBlock | KpisBlock | TableBlock | ChartBlock | ImageBlock | CalloutBlock | ColumnsBlock
    | PageBreakBlock | ContentsBlock | AppendixBlock | GlossaryBlock,
    Field(discriminator="type"),
]  # fmt: skip

__all__ = [
    "AnyBlock", "Appendix", "AppendixBlock", "Binding", "Block", "Bound", "Callout", "CalloutBlock", "Chart",
    "ChartBlock", "Column", "Columns", "ColumnsBlock", "Comparison", "Contents", "ContentsBlock", "Detail", "Document",
    "Entry", "Freshness", "Glossary", "GlossaryBlock", "Heading", "HeadingBlock", "Image", "ImageBlock", "Kpi", "Kpis",
    "KpisBlock", "LineKind", "Lines", "Notice", "PageBreak", "PageBreakBlock", "Provenance", "Table", "TableBlock",
    "Term", "Text", "TextBlock", "arranged", "mark", "walk",
]  # fmt: skip
