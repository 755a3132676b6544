"""What a PDF says of itself: its metadata, and the standards that it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scheduled_reports.document import Document
from scheduled_reports.language import ENGLISH

ACCESSIBLE, ARCHIVABLE, UNTAGGED = "pdf/ua-1", "pdf/a-3a", "pdf/a-3u"
"""ISO 14289-1; ISO 19005-3, level A, and level U, which needs no tags."""

MOST_TAGGED = 5_000
"""Rows of long tables that are tagged though nobody asked for it: each cell is an object more. 20,000 rows of 8 columns
take 2 seconds and 85 MB without tags, 5 seconds and 285 MB with them."""

UA_IN_A = """<rdf:Description rdf:about="" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>\
<rdf:Description rdf:about="" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""
"""PDF/A lets metadata have properties of other standards where it describes them (ISO 19005-3, 6.6.2.3)."""


def metadata(document: Document) -> Iterator[tuple[str, str]]:
    """Yield names and contents for `<meta>`: those that readers of PDF know, then where the report comes from."""
    source = document.provenance
    keywords = (source.report_id, source.schedule_id, document.period.slug, f"run {source.run_id}",
                f"spec {source.spec_digest}")  # fmt: skip
    made = source.generated_at.isoformat(timespec="seconds")
    yield "author", source.owner
    yield "description", document.description or document.period_label
    yield "keywords", ", ".join(keywords)
    yield "generator", "airflow-scheduled-reports"
    yield "dcterms.created", made
    yield "dcterms.modified", made
    yield from replace(document, language=ENGLISH).facts().items()


def standards(rows: int, *, accessible: bool, archivable: bool) -> dict[str, Any]:
    """Return WeasyPrint's options for the standards that a file is to keep, and whether it is tagged.

    Args:
        rows: How many rows its long tables have.
        accessible: Whether it keeps PDF/UA-1.
        archivable: Whether it keeps PDF/A-3.
    """
    tagged = accessible or rows <= MOST_TAGGED
    variant = ACCESSIBLE if accessible else None
    if archivable:
        variant = _archive(ARCHIVABLE if tagged else UNTAGGED, accessible=accessible)
    return {"pdf_variant": variant, "pdf_tags": tagged}


def _archive(level: str, *, accessible: bool) -> str:
    """Make PDF/A known to WeasyPrint as we need it, and return its name: with PDF/UA, and with each attachment once."""
    from weasyprint.pdf import VARIANTS

    name = f"{level}+{ACCESSIBLE}" if accessible else f"{level}+data"
    archive, options = VARIANTS[level]

    def ours(pdf: Any, document: Any, page_streams: Any, attachments: Any, compress: bool) -> None:
        archive(pdf, document, page_streams, attachments, compress)
        if "AF" in pdf.catalog:  # WeasyPrint 70 lists each attachment twice
            pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
        if accessible:
            stream = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
            stream.stream = [part.replace(b"</rdf:RDF>", UA_IN_A.encode()) for part in stream.stream]

    VARIANTS.setdefault(name, (ours, options))
    return name
