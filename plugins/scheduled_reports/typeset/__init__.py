"""Long tables set straight into the pages of a PDF, inside a frame that WeasyPrint made.

WeasyPrint takes about 10 ms for a row of a table. Here it sets one small sample with the report's style sheet; a long
table is then written as operators of a page's content by what the sample measures: same fonts, lines, colours, breaks.
"""

from scheduled_reports.typeset.book import write_pdf
from scheduled_reports.typeset.parts import PAGE, PAGE_OF, PAGES, Flow, LongTable, Look

__all__ = ["PAGE", "PAGES", "PAGE_OF", "Flow", "LongTable", "Look", "write_pdf"]
