"""The shop's logo: checked at the start, printed above the name, right on 58 and 80 mm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from branchgate.clock import SystemClock
from branchgate.errors import Refused
from drivers.escpos.compose import compose
from drivers.escpos.document import Picture
from drivers.escpos.profile import PROFILES
from drivers.virtual.paper import Picture as Printed
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.settings import PrinterSettings
from gateway.config import load
from gateway.printing.documents import Documents
from gateway.printing.logo import load_logo
from tests.gateway.printing.shop import SETTINGS, open_shop


def save_logo(folder: Path, name: str = "logo.png") -> None:
    picture = Image.new("L", (1152, 400), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, 1151, 399), outline="black", width=24)
    picture.save(folder / name)


@pytest.mark.parametrize(("name", "width"), [("generic-80", 576), ("generic-58", 384), ("TM-T88V", 512)])
async def test_one_file_fits_every_paper(tmp_path: Path, name: str, width: int) -> None:
    save_logo(tmp_path)
    profile = PROFILES[name]
    async with open_shop(tmp_path, running=False) as shop:
        documents = Documents(shop.reader, SystemClock(), load_logo(tmp_path, "logo.png"))
        documents.settings = SETTINGS
        _, document = await documents.digital(await shop.sell(role=""), profile)
    (picture,) = (element for element in document.elements if isinstance(element, Picture))
    assert (picture.bitmap.width, picture.bitmap.height) == (width, width * 400 // 1152)
    printer = VirtualPrinter(PrinterSettings(columns=profile.columns))
    printer.receive(b"".join(compose(document, profile)), 0)
    printer.tear_off(0)
    bands = [element for element in printer.slips[0].elements if isinstance(element, Printed)]
    assert sum(band.image.rows for band in bands) == picture.bitmap.height


def test_no_name_is_no_logo(tmp_path: Path) -> None:
    assert load_logo(tmp_path, load(tmp_path).receipt.logo) is None


def test_the_setting_names_a_file_in_the_data_folder(tmp_path: Path) -> None:
    save_logo(tmp_path, "unser-logo.png")
    (tmp_path / "gateway.toml").write_text('[receipt]\nlogo = "unser-logo.png"\n', encoding="utf-8")
    logo = load_logo(tmp_path, load(tmp_path).receipt.logo)
    assert logo is not None
    assert logo.name == "unser-logo.png"


def test_an_unknown_setting_of_receipts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text('[receipt]\nlogos = "x.png"\n', encoding="utf-8")
    with pytest.raises(Refused, match="SETTINGS_INVALID"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("content", "rule"),
    [(None, "can be read (No such file or directory)"), (b"", "PNG or JPEG"), (b"GIF89a", "PNG or JPEG")],
)
def test_what_is_no_picture_stops_the_start_with_field_value_and_rule(
    tmp_path: Path, content: bytes | None, rule: str
) -> None:
    if content is not None:
        (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(Refused) as refused:
        load_logo(tmp_path, "logo.png")
    assert (refused.value.reason, refused.value.field, refused.value.value) == (
        "SETTINGS_INVALID",
        "receipt.logo",
        "logo.png",
    )
    assert rule in str(refused.value.rule)


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="SETTINGS_INVALID"):
        load_logo(tmp_path, ".")


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "logo\0.png", "huge.png"])
def test_a_name_of_something_endless_is_refused_at_once(tmp_path: Path, name: str) -> None:
    """A FIFO kept the start waiting for a writer, /dev/zero ate all memory, and a NUL in the name was a traceback."""
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge.png").open("wb") as huge:
        huge.truncate(2**40)
    with pytest.raises(Refused) as refused:
        load_logo(tmp_path, name)
    assert (refused.value.reason, refused.value.field, refused.value.value) == (
        "SETTINGS_INVALID",
        "receipt.logo",
        name,
    )
