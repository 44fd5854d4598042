"""Makes a right export of a business, and lets tests break it: cells, rows, bytes."""

from __future__ import annotations

import base64
import zipfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from branchgate.dsfinvk.facts import DTD_FILE, INDEX_FILE, tables
from tests.branchgate.dsfinvk.business import RATES, Bon, Closing, Paid, two_registers
from tests.branchgate.dsfinvk.signing import POINT, SERIAL, Row, Signing, certificate, money


@dataclass
class Export:
    """Rows by file, and what shall happen to the bytes when they are written."""

    tables: dict[str, list[Row]]
    edits: list[Callable[[dict[str, bytes]], None]] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    own_columns: dict[str, list[str]] = field(default_factory=dict)

    def put(self, file: str, line: int, **cells: str) -> None:
        """Overwrites cells of the row that will stand in that line."""
        row = self.tables[file][line - 2]
        assert cells.keys() <= row.keys()
        assert all(row[name] != value for name, value in cells.items())
        row.update(cells)

    def line_of(self, file: str, **cells: str) -> int:
        """The line of the first row with these cells."""
        rows = self.tables[file]
        return next(n for n, row in enumerate(rows, 2) if all(row[name] == value for name, value in cells.items()))

    def drop(self, file: str, line: int) -> None:
        """Removes the row of that line."""
        del self.tables[file][line - 2]

    def edit(self, file: str, old: bytes, new: bytes) -> None:
        """Replaces bytes of a file, once."""

        def change(files: dict[str, bytes]) -> None:
            assert old in files[file]
            files[file] = files[file].replace(old, new, 1)

        self.edits.append(change)

    def files(self) -> dict[str, bytes]:
        """Everything that is written."""
        made = {file: self._csv(file) for file in tables() if file not in self.left_out}
        made[INDEX_FILE] = self._index()
        made[DTD_FILE] = b"<!-- the grammar -->"
        for edit in self.edits:
            edit(made)
        return made

    def write(self, folder: Path) -> Path:
        """As a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files().items():
            (folder / name).write_bytes(content)
        return folder

    def pack(self, path: Path, folder: str = "") -> Path:
        """As a ZIP."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files().items():
                archive.writestr(folder + name, content)
        return path

    def _csv(self, file: str) -> bytes:
        names = [*tables()[file].names, *self.own_columns.get(file, [])]
        numbers = {column.name for column in tables()[file].columns if column.numeric}
        lines = [";".join(names)]
        for row in self.tables[file]:
            cells = [(row.get(name, ""), name in numbers) for name in names]
            lines.append(";".join(text if number or not text else _quoted(text) for text, number in cells))
        return "".join(f"{line}\r\n" for line in lines).encode()

    def _index(self) -> bytes:
        described = "".join(self._described(file) for file in tables() if file not in self.left_out)
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE DataSet SYSTEM "{DTD_FILE}">\n<DataSet>\n<Version>1.0</Version>\n'
            "<DataSupplier><Name>Laden</Name><Location>Berlin</Location><Comment>DSFinV-K</Comment></DataSupplier>\n"
            f"<Media>\n<Name>Kassendaten</Name>\n{described}</Media>\n</DataSet>\n"
        ).encode()

    def _described(self, file: str) -> str:
        table = tables()[file]
        columns = "".join(
            f"<VariableColumn><Name>{column.name}</Name><Description>{column.name}</Description>"
            + (
                f"<AlphaNumeric/><MaxLength>{column.length}</MaxLength>"
                if column.decimals is None
                else f"<Numeric><Accuracy>{column.decimals}</Accuracy></Numeric>"
                if column.decimals
                else "<Numeric/>"
            )
            + "</VariableColumn>\n"
            for column in table.columns
        ) + "".join(
            f"<VariableColumn><Name>{name}</Name><AlphaNumeric/><MaxLength>1000</MaxLength></VariableColumn>\n"
            for name in self.own_columns.get(file, [])
        )
        return (
            f"<Table>\n<URL>{file}</URL><Name>{table.name}</Name><Description>{table.name}</Description><UTF8/>"
            "<DecimalSymbol>,</DecimalSymbol><DigitGroupingSymbol>.</DigitGroupingSymbol><Range><From>2</From></Range>\n"
            "<VariableLength><ColumnDelimiter>;</ColumnDelimiter><RecordDelimiter>&#xD;&#xA;</RecordDelimiter>"
            f'<TextEncapsulator>"</TextEncapsulator>\n{columns}</VariableLength>\n</Table>\n'
        )


def right_export() -> Export:
    """The export of `two_registers`, without a fault; every caller has one of his own."""
    return Export({file: [dict(row) for row in rows] for file, rows in _right_tables().items()})


@cache
def _right_tables() -> dict[str, list[Row]]:
    return export_of(two_registers()).tables


def export_of(closings: list[Closing]) -> Export:
    """The right export of any closings; TSE numbers follow the time of the receipts."""
    made = Export({file: [] for file in tables()})
    signing = Signing()
    in_order = sorted(((bon, day) for day in closings for bon in day.bons), key=lambda made: made[0].end)
    for bon, day in in_order:
        signing.sign(bon, day)
    for closing in closings:
        _Writer(made, closing, signing).write()
    return made


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _net(gross: int, key: int) -> int:
    """Rounded to cents, half away from zero."""
    base = 10000 + RATES[key]
    net = (2 * abs(gross) * 10000 + base) // (2 * base)
    return -net if gross < 0 else net


def _shares(bon: Bon) -> dict[int, int]:
    """Net of each line: its share of the receipt's net of the same key, by largest remainder."""
    shares = dict[int, int]()
    for key in {line.key for line in bon.lines}:
        places = [n for n, line in enumerate(bon.lines) if line.key == key]
        exact = {n: bon.lines[n].cents * 10000 / (10000 + RATES[key]) for n in places}
        floors = {n: int(exact[n] // 1) for n in places}
        missing = _net(sum(bon.lines[n].cents for n in places), key) - sum(floors.values())
        by_remainder = sorted(places, key=lambda n: exact[n] - floors[n], reverse=True)
        shares |= {n: floors[n] + (place < missing) for place, n in enumerate(by_remainder)}
    return shares


class _Writer:
    """Rows of one closing."""

    def __init__(self, export: Export, closing: Closing, signing: Signing) -> None:
        self._export, self._closing, self._signing = export, closing, signing
        self._key = {
            "Z_KASSE_ID": closing.register,
            "Z_ERSTELLUNG": closing.created.isoformat(),
            "Z_NR": str(closing.number),
        }

    def write(self) -> None:
        self._master_data()
        self._closing_sums()
        for bon in self._closing.bons:
            self._bon(bon)

    def _add(self, file: str, **cells: str) -> None:
        row = dict.fromkeys(tables()[file].names, "") | self._key
        assert cells.keys() <= row.keys(), cells.keys() - row.keys()
        self._export.tables[file].append(row | cells)

    def _master_data(self) -> None:
        closing, paid = self._closing, self._paid()
        address = {"STRASSE": "Hauptstraße 1", "PLZ": "10115", "ORT": "Berlin", "LAND": "DEU"}
        self._add(
            "cashpointclosing.csv",
            Z_BUCHUNGSTAG=f"{closing.created:%Y-%m-%d}",
            TAXONOMIE_VERSION="2.4",
            Z_START_ID=closing.bons[0].id,
            Z_ENDE_ID=closing.bons[-1].id,
            NAME="Laden GmbH",
            STNR="11/222/33333",
            USTID="DE123456789",
            Z_SE_ZAHLUNGEN=money(sum(payment.cents for payment in paid)),
            Z_SE_BARZAHLUNGEN=money(sum(payment.cents for payment in paid if payment.kind == "Bar")),
            **address,
        )
        self._add("location.csv", LOC_NAME="Filiale", **{f"LOC_{name}": value for name, value in address.items()})
        brand = {"KASSE_BRAND": "branchgate", "KASSE_MODELL": "till", "KASSE_SERIENNR": closing.serial}
        self._add("cashregister.csv", KASSE_BASISWAEH_CODE="EUR", KEINE_UST_ZUORDNUNG="0", **brand)
        self._add("slaves.csv", TERMINAL_ID="T1", TERMINAL_SERIENNR="TERMINAL-1")
        agency = {f"AGENTUR_{name}": value for name, value in address.items()}
        self._add("pa.csv", AGENTUR_ID="7", AGENTUR_NAME="Zeitungen KG", AGENTUR_STNR="11/222/44444", **agency)
        self._add(
            "tse.csv",
            TSE_ID="1",
            TSE_SERIAL=SERIAL,
            TSE_SIG_ALGO="ecdsa-plain-SHA256",
            TSE_ZEITFORMAT="unixTime",
            TSE_PD_ENCODING="UTF-8",
            TSE_PUBLIC_KEY=base64.b64encode(POINT).decode(),
            TSE_ZERTIFIKAT_I=certificate(),
        )
        for key in (1, 2, 5):
            self._add("vat.csv", UST_SCHLUESSEL=str(key), UST_SATZ=money(RATES[key]), UST_BESCHR=f"Satz {key}")

    def _receipts(self) -> list[Bon]:
        return [bon for bon in self._closing.bons if bon.type == "Beleg"]

    def _paid(self) -> list[Paid]:
        return [payment for bon in self._receipts() for payment in bon.payments]

    def _closing_sums(self) -> None:
        cases = defaultdict[tuple[str, int, int], list[int]](lambda: [0, 0])
        for bon in self._receipts():
            for n, net in _shares(bon).items():
                line = bon.lines[n]
                cases[line.case, line.agency, line.key][0] += line.cents
                cases[line.case, line.agency, line.key][1] += net
        for (case, agency, key), (gross, net) in cases.items():
            sums = {"Z_UMS_BRUTTO": money(gross), "Z_UMS_NETTO": money(net), "Z_UST": money(gross - net)}
            self._add("businesscases.csv", GV_TYP=case, AGENTUR_ID=str(agency), UST_SCHLUESSEL=str(key), **sums)
        kinds, currencies = defaultdict[tuple[str, str], int](int), defaultdict[str, int](int)
        for payment in self._paid():
            kinds[payment.kind, payment.name] += payment.cents
            if payment.kind == "Bar":
                currencies[payment.currency] += payment.cents if payment.foreign is None else payment.foreign
        for (kind, name), cents in kinds.items():
            self._add("payment.csv", ZAHLART_TYP=kind, ZAHLART_NAME=name, Z_ZAHLART_BETRAG=money(cents))
        for currency, cents in currencies.items():
            self._add("cash_per_currency.csv", ZAHLART_WAEH=currency, ZAHLART_BETRAG_WAEH=money(cents))

    def _bon(self, bon: Bon) -> None:
        self._add(
            "transactions.csv",
            BON_ID=bon.id,
            BON_NR=str(bon.number),
            BON_TYP=bon.type,
            BON_NAME=bon.name,
            TERMINAL_ID=bon.terminal,
            BON_STORNO="0",
            BON_START=bon.start.isoformat(),
            BON_ENDE=bon.end.isoformat(),
            BEDIENER_ID="anna",
            BEDIENER_NAME="Anna",
            UMS_BRUTTO=money(bon.cents),
            KUNDE_NAME=bon.customer,
            BON_NOTIZ=bon.note,
        )
        for payment in bon.payments:
            foreign = "" if payment.foreign is None else money(payment.foreign)
            kind = {"ZAHLART_TYP": payment.kind, "ZAHLART_NAME": payment.name, "ZAHLWAEH_CODE": payment.currency}
            self._add(
                "datapayment.csv", BON_ID=bon.id, ZAHLWAEH_BETRAG=foreign, BASISWAEH_BETRAG=money(payment.cents), **kind
            )
        self._lines(bon)
        self._add("transactions_tse.csv", BON_ID=bon.id, **self._signing.rows[bon.id])
        self._add("allocation_groups.csv", BON_ID=bon.id, ABRECHNUNGSKREIS="Tisch 1")
        for target, register, number, created in bon.references:
            place = {"REF_Z_KASSE_ID": register, "REF_Z_NR": str(number), "REF_BON_ID": target}
            self._add("references.csv", BON_ID=bon.id, REF_TYP="Transaktion", REF_DATUM=created.isoformat(), **place)

    def _lines(self, bon: Bon) -> None:
        shares = _shares(bon)
        for n, line in enumerate(bon.lines):
            place = {"BON_ID": bon.id, "POS_ZEILE": str(n + 1)}
            self._add(
                "lines.csv",
                GUTSCHEIN_NR=line.voucher,
                ARTIKELTEXT=line.text,
                GV_TYP=line.case,
                AGENTUR_ID=str(line.agency),
                ART_NR=line.article,
                MENGE=f"{'-' if line.thousandths < 0 else ''}{abs(line.thousandths) // 1000},{abs(line.thousandths) % 1000:03d}",
                FAKTOR="1,000",
                EINHEIT="Stk",
                STK_BR=money(line.price // 1000),
                P_STORNO="0",
                INHAUS="0",
                **place,
            )
            taxed = {"UST_SCHLUESSEL": str(line.key)}
            amounts = {
                "POS_BRUTTO": money(line.cents),
                "POS_NETTO": money(shares[n]),
                "POS_UST": money(line.cents - shares[n]),
            }
            self._add("lines_vat.csv", **amounts, **taxed, **place)
            for kind, cents in line.parts:
                net = _net(cents, line.key)
                parts = {"PF_BRUTTO": money(cents), "PF_NETTO": money(net), "PF_UST": money(cents - net)}
                self._add("itemamounts.csv", TYP=kind, **parts, **taxed, **place)
            if line.parts:
                content = {"ZI_ART_NR": "1", "ZI_MENGE": "1,000", "ZI_UST_SCHLUESSEL": str(line.key)}
                prices = {"ZI_BASISPREIS_BRUTTO": "1,19", "ZI_BASISPREIS_NETTO": "1,00", "ZI_BASISPREIS_UST": "0,19"}
                self._add("subitems.csv", **content, **prices, **place)
        for key in sorted({line.key for line in bon.lines}):
            gross = sum(line.cents for line in bon.lines if line.key == key)
            net = _net(gross, key)
            sums = {"BON_BRUTTO": money(gross), "BON_NETTO": money(net), "BON_UST": money(gross - net)}
            self._add("transactions_vat.csv", BON_ID=bon.id, UST_SCHLUESSEL=str(key), **sums)
