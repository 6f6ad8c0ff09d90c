import io
import os
import random
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vicinal._errors import InputError
from vicinal.data import read_picture
from vicinal.data._picture import shown

RED, WHITE, BLACK = (255, 0, 0), (255, 255, 255), (0, 0, 0)
COLOURS = np.array([[RED, WHITE, BLACK], [(0, 255, 0), (0, 0, 255), (128, 128, 128)]], dtype=np.uint8)


@pytest.fixture
def saved(tmp_path):
    def save(picture: Image.Image, name: str, form: str | None = None, **options: object) -> Path:
        picture.save(tmp_path / name, form, **options)
        return tmp_path / name

    return save


def colours() -> Image.Image:
    return Image.fromarray(COLOURS)


def pixels(path: Path) -> list[list[tuple[int, ...]]]:
    picture = read_picture(path)
    assert picture.mode == "RGB"
    return [[tuple(pixel) for pixel in row] for row in np.asarray(picture).tolist()]


EXPECTED = [[tuple(pixel) for pixel in row] for row in COLOURS.tolist()]


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "PPM", "TGA", "PCX"])
def test_colours_are_read_from_any_lossless_form(saved, form):
    assert pixels(saved(colours(), "x", form)) == EXPECTED


@pytest.mark.parametrize("options", [{"form": "WEBP", "lossless": True}, {"form": "GIF"}])
def test_webp_and_gif(saved, options):
    assert pixels(saved(colours(), "x", **options)) == EXPECTED


@pytest.mark.parametrize("name", ["a.jpg", "A.PNG", "a.JPeG", "a", ".png", "a b#%'\"$.png", "ö漢.png", "a\nb.png"])
def test_the_name_tells_nothing(saved, name):
    assert pixels(saved(colours(), name, "PNG")) == EXPECTED


@pytest.mark.skipif(os.name != "posix", reason="names of bytes are Unix's")
def test_a_name_that_is_no_text(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.png"))
    colours().save(path, "PNG")
    assert pixels(path) == EXPECTED
    assert shown(path).endswith("/\\udcff\\udcfe.png")
    shown(path).encode()


def test_a_palette_with_and_without_transparency(saved):
    assert pixels(saved(colours().quantize(6), "p.png")) == EXPECTED
    palette = colours().quantize(6)
    index = palette.getpixel((0, 0))
    assert pixels(saved(palette, "t.png", transparency=index))[0][0] == WHITE
    assert pixels(saved(palette, "t.gif", transparency=index))[0][:2] == [WHITE, WHITE]
    assert pixels(saved(palette, "h.png", transparency=bytes([128] * 6)))[0][2] == (127, 127, 127)


def test_what_is_transparent_lies_over_white(saved):
    picture = Image.new("RGBA", (3, 1))
    picture.putdata([(*RED, 255), (*RED, 0), (*BLACK, 128)])
    for form in ("PNG", "TIFF"):
        assert pixels(saved(picture, "x", form)) == [[RED, WHITE, (127, 127, 127)]]
    assert pixels(saved(picture, "x", "WEBP", lossless=True, exact=True)) == [[RED, WHITE, (127, 127, 127)]]
    grey = Image.new("LA", (2, 1))
    grey.putdata([(10, 255), (10, 0)])
    assert pixels(saved(grey, "x.png")) == [[(10, 10, 10), WHITE]]
    assert pixels(saved(Image.new("RGB", (1, 1), RED), "k.png", transparency=RED)) == [[WHITE]]
    assert pixels(saved(Image.new("L", (1, 1), 7), "l.png", transparency=7)) == [[WHITE]]


@pytest.mark.parametrize(
    ("form", "dtype"), [("PNG", "<u2"), ("TIFF", "<u2"), ("TIFF", ">u2"), ("TIFF", "<i4"), ("PPM", "<u2")]
)
def test_sixteen_bits_of_grey_are_scaled_and_not_clipped(saved, form, dtype):
    shades = np.array([[0, 257, 128 * 257, 65535]], dtype=dtype)
    mode = {"<u2": "I;16", ">u2": "I;16B", "<i4": "I"}[dtype]
    picture = Image.frombytes(mode, (4, 1), shades.tobytes())
    assert pixels(saved(picture, "x", form)) == [[(v, v, v) for v in (0, 1, 128, 255)]]


@pytest.mark.parametrize("top", [1, 255, 65535, 1e6])
def test_numbers_with_a_point_are_scaled(saved, top):
    shades = np.array([[0, 0.2, np.nan, -1, 1]], dtype=np.float32) * top
    assert [pixel[0] for pixel in pixels(saved(Image.fromarray(shades), "x.tif"))[0]] == [0, 51, 0, 0, 255]


def test_sixteen_bits_of_colour(tmp_path):
    """A PNG written by hand, since Pillow writes none."""
    import struct
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = b"\0" + struct.pack(">6H", 65535, 0, 0, 257 * 16, 257 * 32, 257 * 64)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0))
    (tmp_path / "x").write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b""))
    assert pixels(tmp_path / "x") == [[RED, (16, 32, 64)]]


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP", "PPM", "GIF"])
def test_black_and_white(saved, form):
    picture = Image.new("1", (2, 1))
    picture.putpixel((1, 0), 1)
    assert pixels(saved(picture, "x", form)) == [[BLACK, WHITE]]


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_printers_inks(saved, form):
    picture = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert np.abs(np.asarray(read_picture(saved(picture, "x", form))).astype(int) - RED).max() < 12


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "turned"),
    [
        (1, lambda a: a),
        (3, lambda a: a[::-1, ::-1]),
        (6, lambda a: np.rot90(a, 3)),
        (8, np.rot90),
        (2, lambda a: a[:, ::-1]),
    ],
)
def test_a_camera_held_otherwise(saved, form, orientation, turned):
    blocks = COLOURS.repeat(16, 0).repeat(16, 1)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(form, {})
    found = np.asarray(read_picture(saved(Image.fromarray(blocks), "x", form, exif=exif, **options)))
    assert np.abs(found.astype(int) - turned(blocks)).max() < 30


def test_damaged_camera_data_turn_nothing(saved):
    blocks = Image.fromarray(COLOURS.repeat(16, 0).repeat(16, 1))
    for exif in (b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\x00\x02\x01\x12"):
        assert read_picture(saved(blocks, "x", "JPEG", exif=exif)).size == (48, 32)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_an_animation(saved, form):
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, BLACK, WHITE)]
    options = {"lossless": True} if form == "WEBP" else {}
    path = saved(frames[0], "x", form, save_all=True, append_images=frames[1:], **options)
    assert pixels(path)[0][0] == RED


def test_real_photos_are_read_as_pillow_converts_them(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (30, 20, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "x.jpg")
    with Image.open(tmp_path / "x.jpg") as opened:
        np.testing.assert_array_equal(np.asarray(read_picture(tmp_path / "x.jpg")), np.asarray(opened))


def content(form: str) -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_picture_that_is_cut_off_is_refused(tmp_path, form, share):
    whole = content(form)
    (tmp_path / "x.bin").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match=r"/x\.bin cannot be read as a picture: .+[^.]\.$") as refusal:
        read_picture(tmp_path / "x.bin")
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    ("name", "made", "reason"),
    [
        ("nothing.png", None, "No such file or directory"),
        ("folder.png", "folder", "Is a directory"),
        ("empty.png", b"", "it is no picture of a known kind"),
        ("text.jpg", b"hello\n", "it is no picture of a known kind"),
        ("page.png", b"<!doctype html>", "it is no picture of a known kind"),
    ],
)
def test_what_is_no_picture_is_told_with_the_reason(tmp_path, name, made, reason):
    if made == "folder":
        (tmp_path / name).mkdir()
    elif made is not None:
        (tmp_path / name).write_bytes(made)
    with pytest.raises(InputError) as refusal:
        read_picture(tmp_path / name)
    assert str(refusal.value) == f"{tmp_path / name} cannot be read as a picture: {reason}."


def test_a_picture_too_large_for_any_memory_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    (tmp_path / "x.png").write_bytes(content("PNG"))
    with pytest.raises(InputError, match=r"exceeds limit of 200 pixels"):
        read_picture(tmp_path / "x.png")


def test_pillows_warnings_are_not_passed_on(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # between its warning and its refusal
    (tmp_path / "x.png").write_bytes(content("PNG"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_picture(tmp_path / "x.png").size == (30, 40)


@settings(max_examples=150)
@given(st.sampled_from(["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF"]), st.data())
def test_a_damaged_picture_is_read_or_refused_in_a_sentence(tmp_path_factory, form, data):
    changed = bytearray(content(form))
    for _ in range(data.draw(st.integers(1, 5))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed"
    path.write_bytes(changed)
    before = torch.get_rng_state(), random.getstate()
    try:
        assert read_picture(path).mode == "RGB"
    except InputError as refusal:
        assert "cannot be read as a picture: " in str(refusal)  # noqa: PT017 - to be read is right too
        assert "\n" not in str(refusal)  # noqa: PT017
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == random.getstate()
