"""The files themselves: what an auditor's program meets, byte by byte, also when receipts are hostile, damaged or strange."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from branchgate.catalogue import SETTINGS_KEY, BranchSettings, EntryType
from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.receipts.model import Customer, Payment, PaymentType
from branchgate.vat import VatSum
from gateway.catalogue.replica import FILE_NAME as CATALOGUE_FILE
from gateway.catalogue.tables import open_for_writing
from gateway.dsfinvk.export import own_dtd
from gateway.dsfinvk.index import DTD_NAME
from gateway.dsfinvk.tables import tables
from gateway.dsfinvk.times import LocalTimes, utc_ms
from gateway.recording.states import RegisterState, write_state
from gateway.store import connect_for_writing
from tests.branchgate.receipt_strategies import NOON_MS
from tests.gateway.dsfinvk.everything import Case, line, receipt, till_day
from tests.gateway.dsfinvk.exported import Exported, Shop, export, unpacked
from tests.gateway.sales.written_journal import WrittenJournal

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(,[0-9]{2,5})?")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(WrittenJournal(tmp_path))


def exported_day(shop: Shop, folder: Path) -> Exported:
    for each in till_day():
        shop.sell("kasse-1", each)
    shop.close_day("kasse-1")
    return export(folder)


def cells(record: str) -> list[str]:
    """The cells of a record as they are written, quotes and all."""
    return re.findall(r'(?:^|;)("(?:[^"]|"")*"|[^;"]*)', record)


def test_every_file_is_written_as_dsfinvk_wants_it(shop: Shop, tmp_path: Path) -> None:
    big = replace(
        receipt(12_345_678, [line(1, Case.UMSATZ, 9_876_543)], [Payment(PaymentType.BAR, 9_876_543)]), user_name='A"na'
    )
    shop.sell("kasse-1", big)
    exported = exported_day(shop, tmp_path)
    assert list(exported.files) == ["index.xml", DTD_NAME, *(table.file for table in tables())]
    for table in tables():
        content = exported.files[table.file]
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
        first, *records = content.decode("utf-8").removesuffix("\r\n").split("\r\n")
        assert first == ";".join(column.name for column in table.columns)
        for record in records:
            written = cells(record)
            assert len(written) == len(table.columns)
            for cell, column in zip(written, table.columns, strict=True):
                if column.is_text:
                    assert cell == "" or (cell[0] == cell[-1] == '"' and len(cell) > 2)
                else:
                    assert cell == "" or NUMBER.fullmatch(cell), (table.file, column.name, cell)
    head = exported.rows("transactions")[0]
    assert (head["BON_NR"], head["UMS_BRUTTO"], head["BEDIENER_NAME"]) == ("12345678", "98765,43", 'A"na')


def test_index_xml_describes_exactly_the_files(shop: Shop, tmp_path: Path) -> None:
    exported = exported_day(shop, tmp_path)
    root = ElementTree.fromstring(exported.files["index.xml"])
    told = {
        table.findtext("URL"): [column.findtext("Name") for column in table.iter("VariableColumn")]
        for table in root.iter("Table")
    }
    assert told == {
        file: content.decode().split("\r\n", 1)[0].split(";")
        for file, content in exported.files.items()
        if file.endswith(".csv")
    }
    assert root.findtext("DataSupplier/Name") == "Käse & Co. KG"
    assert {element.tag for element in root.iter()} <= set(re.findall(r"<!ELEMENT (\w+)", own_dtd()))


def test_index_xml_is_valid_by_its_grammar(shop: Shop, tmp_path: Path) -> None:
    """The standard's model of Media is not deterministic, and libxml2 calls every file invalid; the same without that trap."""
    etree = pytest.importorskip(
        "lxml.etree", reason="lxml is not installed: the checker's grammar judges index.xml instead"
    )
    exported = exported_day(shop, tmp_path)
    trap = "(Name, Command*, Table*, Command*, AcceptNoTables?)"
    assert trap in own_dtd()
    patched = own_dtd().split("?>", 1)[1].replace(trap, "(Name, Command*, (Table+, Command*)?, AcceptNoTables?)")
    file = tmp_path / "patched.dtd"
    file.write_text(patched, encoding="utf-8")
    grammar = etree.DTD(str(file))
    document = etree.fromstring(exported.files["index.xml"])
    assert grammar.validate(document), grammar.error_log
    document.find("Media/Table").insert(3, document.find("Media/Table/URL"))
    assert not grammar.validate(document)


def test_the_official_grammar_takes_the_place_of_ours(shop: Shop, tmp_path: Path) -> None:
    exported_day(shop, tmp_path)
    official = "<!ELEMENT DataSet (Version)>\n"
    assert export(tmp_path, dtd=official).files[DTD_NAME] == official.encode()
    with pytest.raises(Refused, match="DataSet"):
        export(tmp_path, dtd="<html>")


def test_a_receipt_that_breaks_every_rule_is_exported_all_the_same(shop: Shop, tmp_path: Path) -> None:
    text = "Zeile\r\nzwei\t" + "x" * 300
    strange = replace(
        receipt(
            7,
            [line(1, Case.UMSATZ, 100, 77), line(1, Case.UMSATZ, 200, 1, text="")],
            [Payment(PaymentType.BAR, 5, "n" * 70)],
        ),
        lines=(
            line(1, Case.UMSATZ, 100, 77, text=text, vat_rate_basis_points=1234),
            line(1, Case.UMSATZ, 200, 1, text="", article_number=""),
        ),
        vat_sums=(VatSum(77, 1234, 99, 88, 11), VatSum(1, 1900, 200, 168, 32), VatSum(1, 700, 1, 1, 0)),
        total_cents=987,
        user_id="",
        user_name="",
        started_at_ms=-5,
        note="\x00" * 3,
        customer=Customer(name="k" * 60, country="Deutschland"),
    )
    event_id = shop.sell("kasse-1", strange)
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    (head,) = exported.rows("transactions")
    assert (head["BON_ID"], head["UMS_BRUTTO"], head["BEDIENER_ID"], head["KUNDE_LAND"]) == (
        event_id.hex(),
        "9,87",
        "-",
        "Deu",
    )
    assert head["BON_START"].startswith("2026-10-16T12:07:30")
    first, second = exported.rows("lines")
    assert first["ARTIKELTEXT"] == ("Zeile  zwei " + "x" * 300)[:255]
    assert (first["POS_ZEILE"], second["POS_ZEILE"], second["ARTIKELTEXT"]) == ("1", "2", "Umsatz")
    assert [(row["UST_SCHLUESSEL"], row["BON_BRUTTO"]) for row in exported.rows("transactions_vat")] == [
        ("1", "2,01"),
        ("77", "0,99"),
    ]
    assert [(row["UST_SCHLUESSEL"], row["UST_SATZ"], row["UST_BESCHR"]) for row in exported.rows("vat")] == [
        ("1", "19,00", "Allgemeiner Steuersatz (§ 12 Abs. 1 UStG)"),
        ("77", "12,34", "Unbekannter Steuerschlüssel"),
    ]
    assert exported.notes() == {
        ("EXPORT_LINES_NUMBERED", "POS_ZEILE"): 1,
        ("EXPORT_TEXT_CLEANED", "ARTIKELTEXT"): 1,
        ("EXPORT_TEXT_CLEANED", "BON_NOTIZ"): 1,
        ("EXPORT_TEXT_CUT", "ARTIKELTEXT"): 1,
        ("EXPORT_TEXT_CUT", "KUNDE_LAND"): 1,
        ("EXPORT_TEXT_CUT", "KUNDE_NAME"): 1,
        ("EXPORT_TEXT_CUT", "ZAHLART_NAME"): 1,
        ("EXPORT_TEXT_MISSING", "ARTIKELTEXT"): 1,
        ("EXPORT_TEXT_MISSING", "BEDIENER_ID"): 1,
        ("EXPORT_TIME_REPLACED", "BON_START"): 1,
    }


def test_a_damaged_body_is_told_and_the_others_are_exported(shop: Shop, tmp_path: Path) -> None:
    shop.sell("kasse-1", till_day()[0])
    shop.journal.append("kasse-1", EventKind.RECEIPT, b"\xff\xff\xff")
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert len(exported.rows("transactions")) == 1
    assert exported.notes() == {("EXPORT_RECEIPT_UNREADABLE", "journal"): 1}


def test_a_closing_without_master_data_takes_todays_and_says_so(shop: Shop, tmp_path: Path) -> None:
    settings = BranchSettings(
        "mitte", "Mitte", company="Heute GmbH", street="Weg 1", postcode="1", town="Ort", tax_id="12/345/67890"
    )
    connection = open_for_writing(tmp_path / CATALOGUE_FILE)
    row = (int(EntryType.BRANCH_SETTINGS), SETTINGS_KEY, settings.encode())
    connection.execute("INSERT INTO entries VALUES (?, ?, ?, 1, NULL)", row)
    connection.commit()
    connection.close()
    shop.sell("kasse-1", till_day()[0])
    shop.close_day("kasse-1", master_data=None)
    exported = export(tmp_path)
    (head,) = exported.rows("cashpointclosing")
    assert (head["NAME"], head["STNR"], head["USTID"]) == ("Heute GmbH", "12/345/67890", "")
    assert exported.notes() == {("EXPORT_MASTER_DATA_CURRENT", "closing"): 1}


def test_a_preview_is_marked_everywhere_and_has_no_number(shop: Shop, tmp_path: Path) -> None:
    shop.sell("kasse-1", till_day()[0])
    shop.close_day("kasse-1")
    open_sale = shop.sell("kasse-1", till_day()[1])
    connection = connect_for_writing(shop.journal.path)
    write_state(connection, "kasse-1", RegisterState(z_number=1, period_first_sequence=shop.journal.head))
    connection.close()
    plain = export(tmp_path)
    assert (plain.summary.open_periods, plain.summary.closings, len(plain.rows("transactions"))) == (1, 1, 1)
    assert "VORSCHAU" not in plain.files["index.xml"].decode()
    preview = export(tmp_path, preview=True)
    assert [row["Z_NR"] for row in preview.rows("transactions")] == ["1", "0"]
    assert preview.rows("transactions")[1]["BON_ID"] == open_sale.hex()
    assert preview.summary.file_name == "dsfinvk-VORSCHAU-2026-10-01-2026-11-18.zip"
    assert preview.files["index.xml"].decode().count("VORSCHAU") == 2
    assert unpacked(plain.content).keys() == preview.files.keys()


def test_what_makes_no_sense_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.sell("kasse-1", till_day()[0])
    shop.close_day("kasse-1")
    for from_day, to_day, register_id, reason in (
        ("2026-11-02", "2026-11-01", "", "INVALID_VALUE"),
        ("2026-02-30", "2026-11-01", "", "INVALID_VALUE"),
        ("20261001", "2026-11-01", "", "INVALID_VALUE"),
        ("2026-10-01", "2026-11-19", "", "EXPORT_FUTURE"),
        ("2026-10-17", "2026-10-18", "", "EXPORT_NOTHING_CLOSED"),
        ("2026-10-01", "2026-11-01", "kasse-9", "EXPORT_REGISTER_UNKNOWN"),
    ):
        with pytest.raises(Refused) as refused:
            export(tmp_path, from_day, to_day, register_id=register_id)
        assert refused.value.reason == reason


def test_a_full_disk_is_told_before_anything_is_written(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.sell("kasse-1", till_day()[0])
    shop.close_day("kasse-1")
    monkeypatch.setattr("gateway.dsfinvk.workplace.KEPT_FREE", 10**18)
    with pytest.raises(Refused) as refused:
        export(tmp_path)
    assert refused.value.reason == "EXPORT_NO_ROOM"


def test_the_night_when_summer_ends_has_two_hours_of_one_name() -> None:
    times = LocalTimes("Europe/Berlin")
    first = 1_792_888_200_000  # 2026-10-25 02:30 in summer
    assert times.iso(first) == "2026-10-25T02:30:00+02:00"
    assert times.iso(first + 3_600_000) == "2026-10-25T02:30:00+01:00"
    assert LocalTimes("America/St_Johns").iso(NOON_MS)[19:] == "-02:30"
    assert (utc_ms(NOON_MS + 7), utc_ms(0)) == ("2026-10-16T10:00:00.007Z", "")
