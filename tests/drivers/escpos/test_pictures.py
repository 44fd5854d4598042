"""From files to dots: what is accepted, what it becomes, what is refused and why."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from drivers.escpos.document import Bitmap
from drivers.escpos.pictures import LARGEST_FILE, MOST_DOTS_HIGH, PictureRefused, read_picture


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    packed = io.BytesIO()
    image.save(packed, kind, **options)
    return packed.getvalue()


def fitted(image: Image.Image, dots: int = 576) -> Bitmap:
    return read_picture(file_of(image), "logo.png").fitted(dots)


def share_of_black(bitmap: Bitmap) -> float:
    return sum(byte.bit_count() for byte in bitmap.rows) / (bitmap.width * bitmap.height)


@pytest.mark.parametrize(("dots", "size"), [(576, (576, 288)), (384, (384, 192)), (512, (512, 256))])
def test_a_large_logo_fits_each_paper(dots: int, size: tuple[int, int]) -> None:
    bitmap = fitted(Image.new("L", (1200, 600), "black"), dots)
    assert (bitmap.width, bitmap.height) == size


def test_a_small_logo_is_not_blown_up() -> None:
    assert (fitted(Image.new("1", (120, 40))).width, fitted(Image.new("1", (120, 40))).height) == (120, 40)


def test_a_tall_logo_does_not_eat_the_roll() -> None:
    bitmap = fitted(Image.new("L", (100, 2000)))
    assert (bitmap.width, bitmap.height) == (24, MOST_DOTS_HIGH)


def test_transparency_is_paper() -> None:
    clear = Image.new("RGBA", (16, 8), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, 8, 8))
    assert fitted(clear).rows == b"\xff\x00" * 8


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_black_where_it_is_black(mode: str) -> None:
    drawn = Image.new("L", (16, 1), 255)
    drawn.paste(0, (0, 0, 8, 1))
    picture = drawn.point(lambda value: value * 257, "I").convert("I;16") if mode == "I;16" else drawn.convert(mode)
    assert fitted(picture).rows == b"\xff\x00"


def test_a_photo_is_read_the_way_its_camera_held_it() -> None:
    photo = Image.new("RGB", (32, 16), "white")
    exif = photo.getexif()
    exif[0x0112] = 6
    bitmap = read_picture(file_of(photo, "JPEG", exif=exif), "photo.jpg").fitted(576)
    assert (bitmap.width, bitmap.height) == (16, 32)


def test_a_jpeg_in_printers_colours_can_be_used() -> None:
    assert share_of_black(read_picture(file_of(Image.new("CMYK", (8, 8)), "JPEG"), "logo.jpg").fitted(576)) == 0


def test_shades_become_scattered_dots_and_line_art_keeps_its_edges() -> None:
    grey = fitted(Image.linear_gradient("L"))
    assert 0.4 < share_of_black(grey) < 0.6
    assert len(set(grey.rows)) > 20
    art = Image.new("L", (1152, 200), "white")
    ImageDraw.Draw(art).ellipse((10, 10, 190, 190), fill="black")
    rows = fitted(art)
    width = rows.row_bytes
    runs = [f"{int.from_bytes(rows.rows[at : at + width], 'big'):0576b}" for at in range(0, len(rows.rows), width)]
    assert max(len(row.replace("0", " ").split()) for row in runs) == 1


def test_a_light_colour_is_not_lost_nor_a_pale_background_printed() -> None:
    assert share_of_black(fitted(Image.new("RGB", (64, 64), (200, 30, 30)))) > 0.4
    assert share_of_black(fitted(Image.new("RGB", (64, 64), (250, 250, 245)))) < 0.05


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "PNG or JPEG"),
        (b"<svg/>", "PNG or JPEG"),
        (file_of(Image.new("L", (8, 8)), "GIF"), "PNG or JPEG"),
        (file_of(Image.effect_noise((64, 64), 90))[:-300], "PNG or JPEG"),
        (bytes(LARGEST_FILE + 1), "5 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_rule(data: bytes, rule: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        read_picture(data, "logo.png")
    assert rule in refused.value.rule
    assert refused.value.device == "logo.png"


@pytest.mark.parametrize("side", [5_000, 10_000, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    """A few bytes of PNG may claim gigabytes; Pillow warns from 89 million pixels and refuses from twice as many."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(PictureRefused) as refused:
        read_picture(bomb, "bomb.png")
    assert refused.value.rule == "at most 20 million pixels"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


WHOLE = file_of(Image.effect_noise((40, 40), 90))


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, byte: int) -> None:
    damaged = WHOLE[:at] + bytes((byte,)) + WHOLE[at + 1 :]
    try:
        read_picture(damaged, "logo.png").fitted(384)
    except PictureRefused as refused:
        assert refused.rule
