"""index.xml: what an auditor's program must know to read the files (description standard of 2004-09-01, DSFinV-K 2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from gateway.dsfinvk.tables import Column, ExportTable

FILE_NAME: Final = "index.xml"
DTD_NAME: Final = "gdpdu-01-09-2004.dtd"
"""The name that DSFinV-K prescribes; exporters that wrote another one pointed to a file that was not there."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """Whose data it is, and what it is."""

    name: str
    location: str
    comment: str


def index_xml(tables: Iterable[ExportTable], supplier: Supplier, medium: str) -> str:
    """The whole file."""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<!DOCTYPE DataSet SYSTEM "{DTD_NAME}">',
            "<DataSet>",
            "  <Version>1.0</Version>",
            "  <DataSupplier>",
            f"    <Name>{escape(supplier.name)}</Name>",
            f"    <Location>{escape(supplier.location)}</Location>",
            f"    <Comment>{escape(supplier.comment)}</Comment>",
            "  </DataSupplier>",
            "  <Media>",
            f"    <Name>{escape(medium)}</Name>",
            *(line for table in tables for line in _table(table)),
            "  </Media>",
            "</DataSet>",
            "",
        ]
    )


def _table(table: ExportTable) -> Iterable[str]:
    yield "    <Table>"
    yield f"      <URL>{escape(table.file)}</URL>"
    yield f"      <Name>{escape(table.name)}</Name>"
    yield f"      <Description>{escape(table.description)}</Description>"
    yield "      <UTF8/>"
    yield "      <DecimalSymbol>,</DecimalSymbol>"
    # The grammar wants both symbols; no number is ever grouped.
    yield "      <DigitGroupingSymbol>.</DigitGroupingSymbol>"
    yield "      <Range><From>2</From></Range>"
    yield "      <VariableLength>"
    yield "        <ColumnDelimiter>;</ColumnDelimiter>"
    yield "        <RecordDelimiter>&#xD;&#xA;</RecordDelimiter>"
    yield '        <TextEncapsulator>"</TextEncapsulator>'
    for column in table.columns:
        yield f"        <VariableColumn>{_column(column)}</VariableColumn>"
    yield "      </VariableLength>"
    yield "    </Table>"


def _column(column: Column) -> str:
    head = f"<Name>{escape(column.name)}</Name><Description>{escape(column.description)}</Description>"
    if column.is_text:
        return f"{head}<AlphaNumeric/><MaxLength>{column.max_length}</MaxLength>"
    return (
        f"{head}<Numeric><Accuracy>{column.decimals}</Accuracy></Numeric>" if column.decimals else f"{head}<Numeric/>"
    )
