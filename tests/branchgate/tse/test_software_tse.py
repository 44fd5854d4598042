"""The rigs' software TSE is a TSE: its receipts verify, its counters outlast it, its faults are those of real ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from branchgate.catalogue import Article
from branchgate.errors import OutcomeUnknown, Refused, TryAgain
from branchgate.receipts.basket import Basket, Header
from branchgate.receipts.model import Receipt
from branchgate.tse import code_of, decode_base64, parse_code, process_of, verify_signature
from tests.rigs.clock import TurnedClock
from tests.rigs.tse import SoftwareSigner, SoftwareTse

NOON_MS = 1_795_000_000_000


def sale() -> Receipt:
    basket = Basket()
    basket.add(Article("1", "Käse", 995_000, 2, 700))
    return basket.pay_cash(Header("", 0, NOON_MS, NOON_MS, "anna", "Anna"), 5_000)


def tse_in(folder: Path) -> SoftwareTse:
    return SoftwareTse(folder, TurnedClock(NOON_MS))


async def test_what_it_signs_verifies_and_says_that_it_is_not_certified(tmp_path: Path) -> None:
    signed = await SoftwareSigner(tse_in(tmp_path)).sign(sale())
    code = code_of(signed, "KASSE-1")
    assert verify_signature(parse_code(code.text()), tse_serial=signed.tse_serial).signed
    assert not verify_signature(replace(code, process_data=code.process_data.replace("9.95", "8.95"))).signed
    assert signed.uncertified
    assert (signed.process_type, signed.process_data) == process_of(sale())


async def test_every_step_is_a_log_whose_counters_go_on_in_another_life(tmp_path: Path) -> None:
    first = tse_in(tmp_path)
    one = await first.start("KASSE-1")
    await first.update("KASSE-1", one.transaction_number, "Kassenbeleg-V1", "Beleg^")
    again = tse_in(tmp_path)
    assert again.open_transactions == (1,)
    assert again.master_data() == first.master_data()
    await again.finish("KASSE-1", 1, "Kassenbeleg-V1", "Beleg^")
    two = await again.start("KASSE-1")
    assert (two.transaction_number, two.signature_counter) == (2, 4)
    assert [log.name.split("_Log-")[1] for log in again.logs] == [
        "Tra_No-1_Start_Client-KASSE-1.log",
        "Tra_No-1_Update_Client-KASSE-1.log",
        "Tra_No-1_Finish_Client-KASSE-1.log",
        "Tra_No-2_Start_Client-KASSE-1.log",
    ]


async def test_a_lost_answer_has_burnt_its_numbers(tmp_path: Path) -> None:
    tse = tse_in(tmp_path)
    tse.lose_next_answer = True
    signer = SoftwareSigner(tse)
    with pytest.raises(OutcomeUnknown):
        await signer.sign(sale())
    assert (await signer.sign(sale())).transaction_number == 2
    assert not tse.open_transactions


async def test_it_refuses_strangers_and_what_is_not_open_and_nothing_works_while_it_is_broken(tmp_path: Path) -> None:
    tse = tse_in(tmp_path)
    with pytest.raises(Refused, match="nicht angemeldet"):
        await tse.start("KASSE-2")
    with pytest.raises(Refused, match="nicht offen"):
        await tse.finish("KASSE-1", 7, "", "")
    tse.broken = "gezogen"
    with pytest.raises(TryAgain, match="gezogen"):
        await tse.start("KASSE-1")


def test_its_certificate_bears_its_serial_number_and_says_what_it_is_not(tmp_path: Path) -> None:
    data = tse_in(tmp_path).master_data()
    certificate = x509.load_der_x509_certificate(decode_base64(data.certificate, "certificate"))
    assert data.tse_serial in certificate.subject.rfc4514_string()
    assert "NOT CERTIFIED" in certificate.subject.rfc4514_string()
    assert "NOT CERTIFIED" in certificate.issuer.rfc4514_string()
    assert not data.certified
