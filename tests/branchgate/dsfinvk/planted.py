"""The list of planted faults: what is done to a right export, and the fault that must be found, with its place.

Every rule stands here at least once (`test_checker.py` sees to it), and with them the mistakes seen in other exporters.
"""

from __future__ import annotations

from typing import Final

from branchgate.dsfinvk.facts import DTD_FILE
from tests.branchgate.dsfinvk.exports import Export
from tests.branchgate.dsfinvk.planted_keys import PLANTED_KEYS
from tests.branchgate.dsfinvk.planting import Planted, bytes_changed, cell, done, dropped, in_index

SALE: Final = "K1-03-2"
"""A sale of 3.87 at 7 % and 11.90 at 19 %, paid with cash."""
CARD: Final = "K1-03-3"
FLOAT: Final = "K1-03-1"
RETURN: Final = "K1-04-6"
"""A return that points to the sale of the day before."""
OUTAGE: Final = "K1-03-13"
TERMINAL: Final = "K1-03-15"


def remove_file(export: Export, file: str) -> None:
    export.edits.append(lambda files: files.__delitem__(file))


def rename_file(export: Export, old: str, new: str) -> None:
    export.edits.append(lambda files: files.__setitem__(new, files.pop(old)))


def only_line_feeds(files: dict[str, bytes]) -> None:
    files["lines.csv"] = files["lines.csv"].replace(b"\r\n", b"\n")


def latin_1(files: dict[str, bytes]) -> None:
    files["location.csv"] = files["location.csv"].decode().encode("latin-1")


def without_header(files: dict[str, bytes]) -> None:
    files["vat.csv"] = files["vat.csv"].partition(b"\r\n")[2]


def without_table(files: dict[str, bytes], file: str) -> None:
    index = files["index.xml"]
    start = index.index(b"<Table>\n<URL>" + file.encode())
    end = index.index(b"</Table>\n", start) + len(b"</Table>\n")
    files["index.xml"] = index[:start] + index[end:]


def twice_in_index(files: dict[str, bytes]) -> None:
    index = files["index.xml"]
    start = index.index(b"<Table>\n<URL>slaves.csv")
    end = index.index(b"</Table>\n", start) + len(b"</Table>\n")
    files["index.xml"] = index[:end] + index[start:end] + index[end:]


def other_key(export: Export) -> int:
    """Another TSE's key under the old serial number."""
    line = export.line_of("tse.csv", Z_NR="43", Z_KASSE_ID="K2")
    key = export.tables["tse.csv"][line - 2]["TSE_PUBLIC_KEY"]
    export.put("tse.csv", line, TSE_PUBLIC_KEY=key[:20] + ("A" if key[20] != "A" else "B") + key[21:])
    return line


def bad_signature(export: Export) -> int:
    line = export.line_of("transactions_tse.csv", BON_ID=SALE)
    signature = export.tables["transactions_tse.csv"][line - 2]["TSE_TA_SIG"]
    export.put(
        "transactions_tse.csv",
        line,
        TSE_TA_SIG=signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:],
    )
    return line


def swapped_counters(export: Export) -> int:
    first, second = (
        export.line_of("transactions_tse.csv", BON_ID=FLOAT),
        export.line_of("transactions_tse.csv", BON_ID=SALE),
    )
    rows = export.tables["transactions_tse.csv"]
    counters = rows[first - 2]["TSE_TA_SIGZ"], rows[second - 2]["TSE_TA_SIGZ"]
    rows[first - 2]["TSE_TA_SIGZ"], rows[second - 2]["TSE_TA_SIGZ"] = counters[1], counters[0]
    return first


def drop_closing(export: Export) -> int:
    """The middle day of register K1 is nowhere."""
    for file, rows in export.tables.items():
        export.tables[file] = [row for row in rows if (row["Z_KASSE_ID"], row["Z_NR"]) != ("K1", "42")]
    return export.line_of("cashpointclosing.csv", Z_KASSE_ID="K1", Z_NR="43")


def renumbered(export: Export) -> int:
    """K2 closes number 42 a second time instead of 43."""
    for rows in export.tables.values():
        for row in rows:
            if (row["Z_KASSE_ID"], row["Z_NR"]) == ("K2", "43"):
                row["Z_NR"] = "42"
    return len(export.tables["cashpointclosing.csv"]) + 1


def recreated(export: Export) -> int:
    """K2's third closing says it was made before the second."""
    for rows in export.tables.values():
        for row in rows:
            if (row["Z_KASSE_ID"], row["Z_NR"]) == ("K2", "43"):
                row["Z_ERSTELLUNG"] = "2026-09-02T20:00:00+02:00"
    return len(export.tables["cashpointclosing.csv"]) + 1


def all_lines_dropped(export: Export) -> int:
    for file in ("lines.csv", "lines_vat.csv"):
        export.tables[file] = [row for row in export.tables[file] if row["BON_ID"] != CARD]
    return export.line_of("transactions.csv", BON_ID=CARD)


def rounded_quantity(export: Export) -> int:
    line = export.line_of("lines.csv", MENGE="0,486")
    export.put("lines.csv", line, MENGE="0,500")
    return line


def seven_percent_only(export: Export) -> int:
    """The receipt's two rates as one: the lines still have both."""
    export.drop("transactions_vat.csv", export.line_of("transactions_vat.csv", BON_ID=SALE, UST_SCHLUESSEL="2"))
    line = export.line_of("transactions_vat.csv", BON_ID=SALE, UST_SCHLUESSEL="1")
    export.put("transactions_vat.csv", line, BON_BRUTTO="15,77", BON_NETTO="13,25", BON_UST="2,52")
    return export.line_of("lines_vat.csv", BON_ID=SALE, UST_SCHLUESSEL="2")


def rate_with_the_lines_nowhere(export: Export) -> int:
    """The lines' rates as one: the receipt still has both."""
    line = export.line_of("lines_vat.csv", BON_ID=SALE, UST_SCHLUESSEL="2")
    export.put("lines_vat.csv", line, UST_SCHLUESSEL="1")
    return export.line_of("transactions_vat.csv", BON_ID=SALE, UST_SCHLUESSEL="2")


def empty_certificate_columns(export: Export) -> int:
    export.own_columns["tse.csv"] = [f"TSE_ZERTIFIKAT_{part}" for part in ("III", "IV", "V", "VI", "VII")]
    return 1


FILES = (
    done("no index.xml", "INDEX_MISSING", "index.xml", "", 0, lambda export: remove_file(export, "index.xml")),
    done("the DTD is not there", "DTD_MISSING", DTD_FILE, "", 0, lambda export: remove_file(export, DTD_FILE)),
    done("the DTD has the old name", "DTD_MISSING", DTD_FILE, "", 0, lambda e: rename_file(e, DTD_FILE, "gdpdu-01-08-2002.dtd")),
    in_index("index.xml points to the old DTD", "INDEX_DOCTYPE", "", DTD_FILE.encode(), b"gdpdu-01-08-2002.dtd"),
    in_index("index.xml is cut off", "INDEX_XML", "", b"</DataSet>\n", b""),
    done(
        "index.xml declares an entity", "INDEX_ENTITY", "index.xml", "", 0,
        lambda e: e.edit("index.xml", b'.dtd">', b'.dtd" [<!ENTITY a "b">]>'),
    ),
    in_index("a name behind the text marks", "INDEX_GRAMMAR", "DataSupplier", b"<DataSupplier><Name>Laden</Name>", b"<DataSupplier>"),
    in_index("an element nobody knows", "INDEX_GRAMMAR", "Verfahren", b"<DataSupplier>", b"<Verfahren/><DataSupplier>"),
    done("a table is described twice", "INDEX_TABLE_TWICE", "index.xml", "URL", -1, lambda e: e.edits.append(twice_in_index)),
    in_index("a table of an unknown name", "INDEX_TABLE_UNKNOWN", "URL", b"<URL>slaves.csv</URL>", b"<URL>terminals.csv</URL>"),
    in_index("a table's German name is wrong", "INDEX_TABLE_NAME", "slaves.csv", b"<Name>Stamm_Terminals</Name>", b"<Name>Terminals</Name>"),
    in_index("a column is renamed", "INDEX_COLUMN", "vat.csv/UST_SATZ", b"<VariableColumn><Name>UST_SATZ<", b"<VariableColumn><Name>SATZ<"),
    in_index("a number is described as text", "INDEX_TYPE", "vat.csv/UST_SATZ",
        b"<VariableColumn><Name>UST_SATZ</Name><Description>UST_SATZ</Description><Numeric><Accuracy>2</Accuracy></Numeric>",
        b"<VariableColumn><Name>UST_SATZ</Name><Description>UST_SATZ</Description><AlphaNumeric/>"),
    in_index("another accuracy", "INDEX_ACCURACY", "lines.csv/STK_BR",
        b"<VariableColumn><Name>STK_BR</Name><Description>STK_BR</Description><Numeric><Accuracy>5<",
        b"<VariableColumn><Name>STK_BR</Name><Description>STK_BR</Description><Numeric><Accuracy>2<"),
    in_index("another length", "INDEX_LENGTH", "subitems.csv/ZI_NAME",
        b"<VariableColumn><Name>ZI_NAME</Name><Description>ZI_NAME</Description><AlphaNumeric/><MaxLength>60<",
        b"<VariableColumn><Name>ZI_NAME</Name><Description>ZI_NAME</Description><AlphaNumeric/><MaxLength>50<"),
    in_index("a decimal point is declared", "INDEX_DIALECT", "cashpointclosing.csv", b"<DecimalSymbol>,", b"<DecimalSymbol>."),
    done("no encoding is declared", "INDEX_DIALECT", "index.xml", "cashpointclosing.csv", 8, lambda e: e.edit("index.xml", b"<UTF8/>", b"")),
    done("a table without rows is left out but described", "FILE_MISSING", "slaves.csv", "", 0, lambda e: remove_file(e, "slaves.csv")),
    done("a file is not described", "FILE_NOT_IN_INDEX", "pa.csv", "", 0, lambda e: e.edits.append(lambda files: without_table(files, "pa.csv"))),
    done("a file of an unknown name", "FILE_UNKNOWN", "Lines.csv", "", 0, lambda e: e.edits.append(lambda f: f.__setitem__("Lines.csv", b""))),
    done("a table that must be there is left out", "TABLE_MISSING", "location.csv", "", 0, lambda e: e.left_out.add("location.csv")),
    done("certificate columns that are always empty", "CERTIFICATE_COLUMNS", "tse.csv", "TSE_ZERTIFIKAT_III", 1, empty_certificate_columns),
)  # fmt: skip

DIALECT = (
    done("a byte order mark", "TEXT_BOM", "vat.csv", "", 1, lambda e: e.edits.append(lambda f: f.__setitem__("vat.csv", b"\xef\xbb\xbf" + f["vat.csv"]))),
    done("Latin-1 bytes", "TEXT_ENCODING", "location.csv", "LOC_STRASSE", 2, lambda e: e.edits.append(latin_1)),
    bytes_changed("a NUL in a text", "TEXT_CONTROL", "location.csv", "LOC_NAME", 2, b'"Filiale"', b'"Fil\0ale"'),
    done("line feeds alone", "LINE_END", "lines.csv", "", 2, lambda e: e.edits.append(only_line_feeds)),
    bytes_changed("a quote that is not doubled", "QUOTES", "lines.csv", "", 3, b'""1,5 %""', b'"1,5 %""'),
    bytes_changed("quotes inside an unquoted text", "QUOTES", "lines.csv", "", 3, b'"Milch ""1,5 %""; frisch"', b'Milch "1,5 %"'),
    bytes_changed("a text that is not quoted though it holds a semicolon", "COLUMN_COUNT", "location.csv", "", 2, b'"Filiale"', b"Fil;iale"),
    bytes_changed("a row without its last cell", "COLUMN_COUNT", "vat.csv", "", 2, b';"Satz 1"', b""),
    done("an empty line", "COLUMN_COUNT", "vat.csv", "", 20, lambda e: e.edits.append(lambda f: f.__setitem__("vat.csv", f["vat.csv"] + b"\r\n"))),
    bytes_changed("a line of 300 kB", "RECORD_TOO_LONG", "location.csv", "", 2, b'"Filiale"', b'"' + b"F" * 300_000 + b'"'),
    done("no header", "HEADER_MISSING", "vat.csv", "", 1, lambda e: e.edits.append(without_header)),
    done("an empty file", "HEADER_MISSING", "slaves.csv", "", 1, lambda e: e.edits.append(lambda f: f.__setitem__("slaves.csv", b""))),
    bytes_changed("a header name in small letters", "HEADER", "vat.csv", "UST_SATZ", 1, b"UST_SATZ", b"ust_satz"),
    bytes_changed("two columns changed their places", "HEADER", "vat.csv", "UST_SCHLUESSEL", 1, b"UST_SCHLUESSEL;UST_SATZ", b"UST_SATZ;UST_SCHLUESSEL"),
    bytes_changed("a column that index.xml does not know", "HEADER_UNDECLARED", "vat.csv", "FARBE", 1, b"UST_BESCHR\r\n", b"UST_BESCHR;FARBE\r\n"),
)  # fmt: skip

CELLS = (
    cell("MANDATORY", "location.csv", "LOC_NAME", ""),
    cell("MANDATORY", "lines.csv", "ARTIKELTEXT", "   "),
    cell("MANDATORY", "transactions.csv", "UMS_BRUTTO", ""),
    bytes_changed("a number that is none", "NUMBER", "vat.csv", "UST_SATZ", 2, b";19,00;", b";neunzehn;"),
    bytes_changed("a number in quotes", "NUMBER_QUOTED", "vat.csv", "UST_SATZ", 2, b";19,00;", b';"19,00";'),
    cell("NUMBER_GROUPED", "cashpointclosing.csv", "Z_SE_ZAHLUNGEN", "11.900,00"),
    cell("NUMBER_GROUPED", "transactions_tse.csv", "TSE_TA_SIGZ", "1.002", BON_ID=FLOAT),
    cell("NUMBER_GROUPED", "transactions.csv", "BON_NR", "1.234"),
    cell("NUMBER_POINT", "transactions.csv", "UMS_BRUTTO", "15.77", BON_ID=SALE),
    cell("NUMBER_SIGN", "transactions.csv", "UMS_BRUTTO", "+15,77", BON_ID=SALE),
    cell("NUMBER_SIGN", "datapayment.csv", "BASISWAEH_BETRAG", "-0,00", "minus nothing", ZAHLART_TYP="Keine"),
    cell("NUMBER_LEADING_ZERO", "transactions.csv", "UMS_BRUTTO", "015,77", BON_ID=SALE),
    cell("NUMBER", "transactions.csv", "UMS_BRUTTO", ",77", "no digit before the comma", BON_ID=SALE),
    cell("NUMBER_TOO_LONG", "transactions.csv", "UMS_BRUTTO", "1234567890123,00", BON_ID=SALE),
    cell("NUMBER_DECIMALS", "transactions.csv", "UMS_BRUTTO", "15,770", BON_ID=SALE),
    cell("NUMBER_DECIMALS", "transactions.csv", "UMS_BRUTTO", "200", BON_ID=FLOAT),
    cell("NUMBER_DECIMALS", "lines.csv", "MENGE", "3,00", GV_TYP="Umsatz"),
    cell("NUMBER_DECIMALS", "transactions.csv", "BON_NR", "2,0", BON_ID=SALE),
    cell("TEXT_LENGTH", "lines.csv", "EINHEIT", "x" * 51),
    cell("ENUM", "transactions.csv", "BON_TYP", "Rechnung"),
    cell("ENUM", "lines.csv", "GV_TYP", "umsatz", GV_TYP="Umsatz"),
    cell("ENUM", "datapayment.csv", "ZAHLART_TYP", "EC-Karte", ZAHLART_TYP="ECKarte"),
    cell("ENUM", "references.csv", "REF_TYP", "Bon"),
    cell("ENUM", "itemamounts.csv", "TYP", "rabatt"),
    cell("ENUM", "tse.csv", "TSE_SIG_ALGO", "ecdsa-SHA256"),
    cell("ENUM", "transactions_tse.csv", "TSE_TA_VORGANGSART", "KassenBeleg-V1", BON_ID=SALE),
    cell("VAT_KEY_UNKNOWN", "lines_vat.csv", "UST_SCHLUESSEL", "77", BON_ID=SALE),
    cell("COUNTRY", "location.csv", "LOC_LAND", "DE"),
    cell("COUNTRY", "cashpointclosing.csv", "LAND", "GER"),
    cell("CURRENCY", "datapayment.csv", "ZAHLWAEH_CODE", "eur", BON_ID=SALE),
    cell("BOOLEAN", "lines.csv", "INHAUS", "ja"),
    cell("BOOLEAN", "transactions.csv", "BON_STORNO", "nein"),
    cell("TIME", "transactions.csv", "BON_START", "03.09.2026 08:20", BON_ID=SALE),
    cell("TIME", "transactions.csv", "BON_START", "2026-02-29T08:20:00+02:00", BON_ID=SALE),
    cell("TIME_OFFSET", "transactions.csv", "BON_ENDE", "2026-09-03T08:20:40", BON_ID=SALE),
    cell("TSE_TIME", "transactions_tse.csv", "TSE_TA_START", "2026-09-03T06:20:00Z", BON_ID=SALE),
    cell("TSE_TIME", "transactions_tse.csv", "TSE_TA_ENDE", "2026-09-03T08:20:40.000+02:00", BON_ID=SALE),
    cell("DATE", "cashpointclosing.csv", "Z_BUCHUNGSTAG", "03.09.2026"),
    cell("SERIAL_CHARACTERS", "cashregister.csv", "KASSE_SERIENNR", "KASSE/1"),
    cell("SERIAL_CHARACTERS", "slaves.csv", "TERMINAL_SERIENNR", "TERMINAL_1"),
)  # fmt: skip

PAIRS = (
    done("neither tax number", "ONE_OF_PAIR", "cashpointclosing.csv", "STNR", 2, lambda e: e.put("cashpointclosing.csv", 2, STNR="", USTID="")),
    cell("ONE_OF_PAIR", "pa.csv", "AGENTUR_STNR", ""),
    cell("TERMINAL_UNKNOWN", "transactions.csv", "TERMINAL_ID", "T9", BON_ID=TERMINAL),
    cell("TERMINAL_UNKNOWN", "lines.csv", "POS_TERMINAL_ID", "T9", BON_ID=TERMINAL),
)  # fmt: skip

RECEIPTS = (
    done("a receipt without lines", "LINES_MISSING", "transactions.csv", "BON_ID", 4, all_lines_dropped),
    dropped("a receipt without payment", "PAYMENT_MISSING", "transactions.csv", "BON_ID", "datapayment.csv", {"BON_ID": SALE}, {"BON_ID": SALE}),
    dropped("a receipt without VAT", "RECEIPT_VAT_MISSING", "transactions.csv", "BON_ID", "transactions_vat.csv", {"BON_ID": FLOAT}, {"BON_ID": FLOAT}),
    dropped("a line without VAT", "LINE_VAT_MISSING", "lines.csv", "POS_ZEILE", "lines_vat.csv", {"BON_ID": SALE}, {"BON_ID": SALE}),
    cell("VOID_TYPE", "transactions.csv", "BON_TYP", "AVBelegstorno", BON_ID=RETURN),
    cell("VOID_FLAG", "transactions.csv", "BON_STORNO", "1", BON_ID=RETURN),
    cell("NAME_MISSING", "transactions.csv", "BON_NAME", "", BON_TYP="AVSonstige"),
    cell("OPERATOR_MISSING", "transactions.csv", "BEDIENER_NAME", ""),
    cell("ABORT_WITH_AMOUNT", "transactions.csv", "UMS_BRUTTO", "1,00", BON_TYP="AVBelegabbruch"),
    cell("TIME_ORDER", "transactions.csv", "BON_ENDE", "2026-09-03T08:20:10+03:00", BON_ID=SALE),
    cell("BON_NR_TWICE", "transactions.csv", "BON_NR", "1", BON_ID=SALE),
    cell("ARTICLE_FIELD", "lines.csv", "ART_NR", "", BON_ID=SALE),
    cell("ARTICLE_FIELD", "lines.csv", "MENGE", "", BON_ID=SALE),
    cell("ARTICLE_FIELD", "lines.csv", "STK_BR", "", BON_ID=SALE),
    cell("SUM_RECEIPT_VAT", "transactions.csv", "UMS_BRUTTO", "15,78", BON_ID=SALE),
    cell("SUM_RECEIPT_PAYMENTS", "transactions.csv", "UMS_BRUTTO", "16,77", BON_ID=SALE),
    cell("SUM_LINES_VAT", "transactions_vat.csv", "BON_BRUTTO", "11,91", BON_ID=SALE, UST_SCHLUESSEL="1"),
    done("both rates as one in transactions_vat", "VAT_SPLIT", "lines_vat.csv", "UST_SCHLUESSEL", 3, seven_percent_only),
    done("both rates as one in lines_vat", "VAT_SPLIT", "transactions_vat.csv", "UST_SCHLUESSEL", 4, rate_with_the_lines_nowhere),
    done("a quantity that was rounded silently", "LINE_AMOUNT", "lines.csv", "STK_BR", 5, rounded_quantity),
    cell("LINE_AMOUNT", "lines.csv", "STK_BR", "1,49", BON_ID=SALE),
    cell("PAYMENT_CURRENCY", "datapayment.csv", "ZAHLWAEH_BETRAG", "", ZAHLWAEH_CODE="CHF"),
    cell("PAYMENT_CURRENCY", "datapayment.csv", "ZAHLWAEH_BETRAG", "15,00", BON_ID=SALE),
    cell("CASH_CASE_PAYMENT", "datapayment.csv", "ZAHLART_TYP", "Unbar", BON_ID=FLOAT),
    cell("CASH_CASE_VAT", "lines_vat.csv", "UST_SCHLUESSEL", "6", BON_ID=FLOAT),
)  # fmt: skip

VAT = (
    cell("VAT_GROSS_NET", "transactions_vat.csv", "BON_UST", "1,91", "BON_BRUTTO shows it", "BON_BRUTTO", BON_ID=SALE, UST_SCHLUESSEL="1"),
    cell("VAT_GROSS_NET", "lines_vat.csv", "POS_NETTO", "3,63", "POS_BRUTTO shows it", "POS_BRUTTO", BON_ID=SALE),
    cell("VAT_GROSS_NET", "businesscases.csv", "Z_UST", "99,00", "Z_UMS_BRUTTO shows it", "Z_UMS_BRUTTO", UST_SCHLUESSEL="1"),
    cell("VAT_GROSS_NET", "itemamounts.csv", "PF_NETTO", "99,00", "PF_BRUTTO shows it", "PF_BRUTTO"),
    cell("VAT_GROSS_NET", "subitems.csv", "ZI_BASISPREIS_UST", "0,20", "ZI_BASISPREIS_BRUTTO shows it", "ZI_BASISPREIS_BRUTTO"),
    done("a receipt's VAT of another rate", "VAT_RATE", "transactions_vat.csv", "BON_NETTO", 3,
        lambda e: e.put("transactions_vat.csv", 3, BON_NETTO="11,12", BON_UST="0,78")),
    done("VAT added up from rounded lines, two cents off", "VAT_RATE", "transactions_vat.csv", "BON_NETTO", 3,
        lambda e: e.put("transactions_vat.csv", 3, BON_NETTO="9,98", BON_UST="1,92")),
    done("a line's VAT of another rate", "VAT_RATE", "lines_vat.csv", "POS_NETTO", 4,
        lambda e: e.put("lines_vat.csv", 4, POS_NETTO="11,12", POS_UST="0,78")),
    *(
        dropped(f"a key of {file} that vat.csv does not have", "VAT_KEY_UNDECLARED", file, column,
            "vat.csv", {"UST_SCHLUESSEL": "1"}, {column: "1"})
        for file, column in (("businesscases.csv", "UST_SCHLUESSEL"), ("lines_vat.csv", "UST_SCHLUESSEL"),
            ("itemamounts.csv", "UST_SCHLUESSEL"), ("subitems.csv", "ZI_UST_SCHLUESSEL"))
    ),
    dropped("a key that vat.csv does not have", "VAT_KEY_UNDECLARED", "transactions_vat.csv", "UST_SCHLUESSEL",
        "vat.csv", {"UST_SCHLUESSEL": "2"}, {"UST_SCHLUESSEL": "2"}),
    cell("VAT_TABLE_RATE", "vat.csv", "UST_SATZ", "16,00", UST_SCHLUESSEL="1"),
    cell("VAT_TABLE_RATE", "vat.csv", "UST_SATZ", "7,01", UST_SCHLUESSEL="2"),
)  # fmt: skip

CLOSINGS = (
    cell("TAXONOMY", "cashpointclosing.csv", "TAXONOMIE_VERSION", "2.1"),
    Planted("the same closing number twice", "Z_NR_TWICE", "cashpointclosing.csv", "Z_NR", renumbered),
    Planted("a closing is missing", "Z_NR_GAP", "cashpointclosing.csv", "Z_NR", drop_closing),
    Planted("a closing is older than the one before", "Z_ORDER", "cashpointclosing.csv", "Z_ERSTELLUNG", recreated),
    cell("Z_BOUND_UNKNOWN", "cashpointclosing.csv", "Z_START_ID", "K1-04-1"),
    cell("Z_BOUND_UNKNOWN", "cashpointclosing.csv", "Z_ENDE_ID", "K1-04-18"),
    cell("Z_BOUND_WRONG", "cashpointclosing.csv", "Z_START_ID", SALE),
    cell("Z_BOUND_WRONG", "cashpointclosing.csv", "Z_ENDE_ID", SALE),
    cell("SUM_BUSINESS_CASES", "businesscases.csv", "Z_UMS_BRUTTO", "199,00", GV_TYP="Anfangsbestand"),
    cell("SUM_BUSINESS_CASES", "businesscases.csv", "Z_UMS_NETTO", "199,00", GV_TYP="Anfangsbestand"),
    cell("SUM_BUSINESS_CASES", "businesscases.csv", "Z_UST", "1,00", GV_TYP="Anfangsbestand"),
    done("a group of business cases is missing", "SUM_BUSINESS_CASES", "businesscases.csv", "Z_UMS_BRUTTO", 0, lambda e: e.drop("businesscases.csv", 2)),
    done("training counts in the closing", "SUM_BUSINESS_CASES", "businesscases.csv", "Z_UMS_BRUTTO", 3, lambda e: e.put("businesscases.csv", 3,
        Z_UMS_BRUTTO="12,76", Z_UMS_NETTO="11,93", Z_UST="0,83")),
    cell("SUM_PAYMENT_TYPES", "payment.csv", "Z_ZAHLART_BETRAG", "1,00", ZAHLART_TYP="ECKarte"),
    cell("SUM_PAYMENT_TYPES", "payment.csv", "ZAHLART_TYP", "Unbar", "Z_ZAHLART_BETRAG shows it", "Z_ZAHLART_BETRAG", ZAHLART_TYP="ECKarte"),
    cell("SUM_CASH_CURRENCY", "cash_per_currency.csv", "ZAHLART_BETRAG_WAEH", "1,00"),
    cell("SUM_CASH_CURRENCY", "cash_per_currency.csv", "ZAHLART_BETRAG_WAEH", "9,50", ZAHLART_WAEH="CHF"),
    cell("SUM_Z_PAYMENTS", "cashpointclosing.csv", "Z_SE_ZAHLUNGEN", "1,00"),
    cell("SUM_Z_CASH", "cashpointclosing.csv", "Z_SE_BARZAHLUNGEN", "1,00"),
)  # fmt: skip

REFERENCES = (
    dropped("a return without its sale", "REFERENCE_MISSING", "transactions.csv", "BON_ID", "references.csv", {"BON_ID": RETURN}, {"BON_ID": RETURN}),
    cell("REFERENCE_INCOMPLETE", "references.csv", "REF_Z_NR", "", BON_ID=RETURN),
    cell("REFERENCE_INCOMPLETE", "references.csv", "REF_Z_KASSE_ID", "", BON_ID=RETURN),
    cell("REFERENCE_TARGET", "references.csv", "REF_BON_ID", "K1-03-99", BON_ID=RETURN),
    cell("REFERENCE_DATE", "references.csv", "REF_DATUM", "2026-09-03T20:00:01+02:00", BON_ID=RETURN),
    cell("REFERENCE_LINE", "references.csv", "POS_ZEILE", "9", BON_ID=RETURN),
    done("a receipt refers to itself", "REFERENCE_SELF", "references.csv", "REF_BON_ID", 3, lambda e: e.put("references.csv", 3,
        REF_BON_ID=RETURN, REF_Z_NR="42", REF_DATUM="2026-09-04T20:00:00+02:00")),
)  # fmt: skip

TSE = (
    cell("TSE_SERIAL", "tse.csv", "TSE_SERIAL", "Swissbit 1"),
    cell("TSE_SERIAL_KEY", "tse.csv", "TSE_SERIAL", "0" * 64),
    cell("TSE_KEY", "tse.csv", "TSE_PUBLIC_KEY", "kein Schlüssel"),
    cell("TSE_CERTIFICATE", "tse.csv", "TSE_ZERTIFIKAT_I", "kein Zertifikat"),
    Planted("a certificate of another key", "TSE_CERTIFICATE_KEY", "tse.csv", "TSE_ZERTIFIKAT_I", other_key),
    done("a signature after the certificate's end", "TSE_CERTIFICATE_TIME", "tse.csv", "TSE_ZERTIFIKAT_I", 2,
        lambda e: e.put("transactions_tse.csv", 3, TSE_TA_ENDE="2033-09-03T06:20:40.000Z")),
    dropped("a receipt that the TSE never saw", "TSE_ROW_MISSING", "transactions.csv", "BON_ID", "transactions_tse.csv", {"BON_ID": SALE}, {"BON_ID": SALE}),
    cell("TSE_UNKNOWN", "transactions_tse.csv", "TSE_ID", "2", BON_ID=SALE),
    cell("TSE_FIELD_MISSING", "transactions_tse.csv", "TSE_TA_SIG", "", BON_ID=SALE),
    cell("TSE_FIELD_MISSING", "transactions_tse.csv", "TSE_TANR", "", BON_ID=SALE),
    done("an outage without a reason", "TSE_FIELD_MISSING", "transactions_tse.csv", "TSE_TA_SIG", 14, lambda e: e.put("transactions_tse.csv", 14, TSE_TA_FEHLER="")),
    done("an outage with a number but no TSE", "TSE_FIELD_MISSING", "transactions_tse.csv", "TSE_ID", 14, lambda e: e.put("transactions_tse.csv", 14, TSE_TANR="113")),
    cell("TSE_NUMBER_TWICE", "transactions_tse.csv", "TSE_TANR", "101", BON_ID=SALE),
    dropped("a transaction of the TSE is missing", "TSE_NUMBER_GAP", "transactions_tse.csv", "TSE_TANR", "transactions_tse.csv", {"BON_ID": SALE}, {"BON_ID": "K2-03-2"}),
    cell("TSE_COUNTER_TWICE", "transactions_tse.csv", "TSE_TA_SIGZ", "1002", BON_ID=SALE),
    Planted("the counter runs backwards", "TSE_COUNTER_ORDER", "transactions_tse.csv", "TSE_TA_SIGZ", swapped_counters),
    cell("TSE_TIME_ORDER", "transactions_tse.csv", "TSE_TA_START", "2026-09-03T06:21:00.000Z", "TSE_TA_ENDE shows it", "TSE_TA_ENDE", BON_ID=SALE),
    cell("TSE_PROCESS_TYPE", "transactions_tse.csv", "TSE_TA_VORGANGSART", "SonstigerVorgang", BON_ID=SALE),
    cell("PROCESS_DATA", "transactions_tse.csv", "TSE_VORGANGSDATEN", "Beleg^11.90_3.86_0.00_0.00_0.00^15.77:Bar", BON_ID=SALE),
    cell("PROCESS_DATA", "transactions_tse.csv", "TSE_VORGANGSDATEN", "Beleg^11,90_3,87_0,00_0,00_0,00^15,77:Bar", BON_ID=SALE),
    cell("PROCESS_DATA", "transactions_tse.csv", "TSE_VORGANGSDATEN", "2;Milch;1,29", TSE_TA_VORGANGSART="Bestellung-V1"),
    Planted("a signature that was changed", "TSE_SIGNATURE", "transactions_tse.csv", "TSE_TA_SIG", bad_signature),
    cell("TSE_SIGNATURE", "transactions_tse.csv", "TSE_TANR", "99", "TSE_TA_SIG shows it", "TSE_TA_SIG", BON_ID=FLOAT),
)  # fmt: skip

PLANTED: Final = (*FILES, *DIALECT, *CELLS, *PLANTED_KEYS, *PAIRS, *RECEIPTS, *VAT, *CLOSINGS, *REFERENCES, *TSE)
