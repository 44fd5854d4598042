"""From the register's TSE to the customer's phone: a whole gateway, its printed receipts, and what is left when the TSE is pulled."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from branchgate.catalogue import SETTINGS_KEY, EntryType
from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.receipts.codec import decode_receipt
from branchgate.register import RegisterClient
from branchgate.sync.source import Entry
from branchgate.tse import decode_master_data, parse_code, verify_signature
from gateway.journal import JournalReader
from tests.branchgate.register.receipts import sold
from tests.gateway.printing.shop import SETTINGS as SHOP
from tests.rigs.branch import BRANCH_ID, Branch
from tests.rigs.patience import patient, until
from tests.rigs.tse import SoftwareSigner, SoftwareTse

SETTINGS = """
[listen]
address = "127.0.0.1"
service_port = 0
pairing_port = 0
advertised_host = "127.0.0.1"

[[devices]]
name = "theke"
address = "virtual:theke?paper={folder}/paper"
"""


def slips(folder: Path) -> list[dict[str, Any]]:
    journal = folder / "paper" / "paper.jsonl"
    whole, _, _half_written = (journal.read_text(encoding="utf-8") if journal.exists() else "").rpartition("\n")
    return [record for record in map(json.loads, whole.splitlines()) if record["kind"] == "slip"]


async def test_the_code_on_the_receipt_verifies_and_a_pulled_tse_is_told_on_the_next(tmp_path: Path) -> None:
    tse = SoftwareTse(tmp_path / "tse", SystemClock())
    with Branch(tmp_path, registers=1) as branch:
        branch.data.joinpath("gateway.toml").write_text(SETTINGS.format(folder=tmp_path), encoding="utf-8")
        await branch.stock(
            [Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, replace(SHOP, branch_id=BRANCH_ID).encode())]
        )
        await asyncio.to_thread(branch.start)
        async with RegisterClient(branch.register_folder("kasse-1"), signer=SoftwareSigner(tse)) as register:
            signed = (await register.record(sold)).receipt
            tse.broken = "USB-Gerät entfernt"
            unsigned = (await register.record(sold)).receipt
            async with patient("all events at the gateway"):
                await register.until(lambda state: state.pending == 0)
        await until(lambda: len(slips(tmp_path)) == 2, "two receipts on paper")
        reader = JournalReader(branch.store)
        entries = [entry for entry in reader.read(0, 100) if entry.register_id == "kasse-1"]
        reader.close()
    told = {entry.kind: entry.body for entry in reversed(entries)}
    assert decode_master_data(told[EventKind.TSE]).tse_serial == decode_receipt(told[EventKind.RECEIPT]).tse.tse_serial  # type: ignore[union-attr]
    first, second = slips(tmp_path)
    (code,) = first["qr"]
    assert signed.tse is not None
    assert verify_signature(parse_code(code), tse_serial=signed.tse.tse_serial).signed
    assert parse_code(code).transaction_number == signed.tse.transaction_number
    assert "TESTBETRIEB - keine zertifizierte TSE" in first["text"]
    assert second["receipt_number"] == unsigned.receipt_number
    assert second["qr"] == []
    assert "TSE AUSGEFALLEN seit" in second["text"]
    assert "Grund: USB-Gerät entfernt" in second["text"]
