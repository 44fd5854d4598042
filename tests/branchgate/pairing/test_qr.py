"""The QR code beside the authorization code: read back by a real reader, and small enough to scan."""

from __future__ import annotations

import io

import pytest
import qrcode
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from branchgate.errors import Refused
from branchgate.pairing.code import parsed_code
from branchgate.pairing.qr import PairingInvitation, as_blocks, parsed_invitation

ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
INVITATION = PairingInvitation(parsed_code("737C-JM8E-TVEZ"), "192.168.1.10:7444", bytes(range(32)))


@given(
    st.sampled_from(["192.168.1.10:7444", "gateway.local:7444", "[fe80::1]:7444", "kasse:1"]),
    st.binary(min_size=32, max_size=32),
)
def test_an_invitation_reads_back_and_stays_in_the_small_character_set(address: str, key: bytes) -> None:
    invitation = PairingInvitation(INVITATION.code, address, key)
    assert parsed_invitation(invitation.text) == invitation
    assert set(invitation.text) <= ALPHANUMERIC


def test_a_reader_sees_what_the_symbol_says_and_the_symbol_is_small() -> None:
    symbol = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    symbol.add_data(INVITATION.text)
    drawn = io.BytesIO()
    symbol.make_image().save(drawn)
    (seen,) = zxingcpp.read_barcodes(Image.open(drawn).convert("L"))
    assert parsed_invitation(seen.text) == INVITATION
    assert symbol.version <= 5


def test_a_terminal_shows_it_in_block_characters() -> None:
    lines = as_blocks(INVITATION.text).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert set("".join(lines)) <= set("█▀▄ \xa0")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org/",
        INVITATION.text.replace("BG1", "BG2"),
        INVITATION.text[:-1],
        INVITATION.text.replace("7444", "PORT"),
        INVITATION.text.replace("192.168.1.10", ""),
        INVITATION.text + "/MORE",
    ],
)
def test_other_qr_codes_are_named_so(text: str) -> None:
    with pytest.raises(Refused, match="PAIRING_QR_UNREADABLE"):
        parsed_invitation(text)
