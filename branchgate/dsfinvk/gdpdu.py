"""The grammar of index.xml: the element declarations of the GDPdU description standard, version of 2004-09-01.

Media is declared as it is meant. The official declaration, with Command* on both sides of Table*, is not deterministic, and parsers that
insist on that call every index.xml invalid.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

TEXT: Final = [
    "Version",
    "Location",
    "Comment",
    "Length",
    "References",
    "From",
    "To",
    "AcceptNoTables",
    "MaxLength",
    "TextEncapsulator",
    "Accuracy",
    "ImpliedAccuracy",
    "Format",
    "DecimalSymbol",
    "DigitGroupingSymbol",
    "Command",
    "URL",
    "Description",
    "Name",
    "Epoch",
    "ColumnDelimiter",
    "RecordDelimiter",
    "SkipNumBytes",
]
EMPTY: Final = ["AlphaNumeric", "ANSI", "Macintosh", "OEM", "UTF16", "UTF7", "UTF8"]
MODELS: Final = {
    "Alias": "From, To",
    "Extension": "Name, URL",
    "Range": "From, (To | Length)?",
    "FixedRange": "From, (To | Length)",
    "DataSet": "Extension*, Version, DataSupplier?, Command*, Media+, Command*",
    "Date": "Format?",
    "Numeric": "(ImpliedAccuracy | Accuracy)?",
    "FixedLength": "(Length | RecordDelimiter)?, ((FixedPrimaryKey+, FixedColumn*) | FixedColumn+), ForeignKey*",
    "FixedColumn": "Name, Description?, (Numeric | AlphaNumeric | Date), Map*, FixedRange",
    "FixedPrimaryKey": "Name, Description?, (Numeric | AlphaNumeric | Date), Map*, FixedRange",
    "VariableLength": "ColumnDelimiter?, RecordDelimiter?, TextEncapsulator?,"
    " ((VariablePrimaryKey+, VariableColumn*) | VariableColumn+), ForeignKey*",
    "VariableColumn": "Name, Description?, (Numeric | (AlphaNumeric, MaxLength?) | Date), Map*",
    "VariablePrimaryKey": "Name, Description?, (Numeric | (AlphaNumeric, MaxLength?) | Date), Map*",
    "DataSupplier": "Name, Location, Comment",
    "Media": "Name, Command*, (Table+, Command*)?, AcceptNoTables?",
    "Table": "URL, Name?, Description?, Validity?, (ANSI | Macintosh | OEM | UTF16 | UTF7 | UTF8)?, (DecimalSymbol, DigitGroupingSymbol)?,"
    " SkipNumBytes?, Range?, Epoch?, (VariableLength | FixedLength)",
    "ForeignKey": "Name+, References, Alias*",
    "Map": "Description?, From, To",
    "Validity": "Range, Format?",
}


def model_of(element: str) -> str | None:
    """What an element holds, as the standard writes it; None when it does not know the element."""
    if element in TEXT:
        return "#PCDATA"
    return "EMPTY" if element in EMPTY else MODELS.get(element)


def fits(element: str, children: list[str], text: str) -> bool:
    """Whether an element may hold these children in this order, and this text."""
    if element in TEXT:
        return not children
    if text.strip():
        return False
    if element in EMPTY:
        return not children
    return element in MODELS and bool(_expression(element).fullmatch("".join(f"{child} " for child in children)))


@cache
def _expression(element: str) -> re.Pattern[str]:
    spelled = re.sub(r"\w+", lambda name: f"(?:{name[0]}~)", MODELS[element])
    return re.compile(re.sub(r"[\s,]+", "", spelled).replace("~", " "))
