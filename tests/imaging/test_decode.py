"""Every kind of file shops serve, checked by pixels."""

from __future__ import annotations

import io
import struct
import threading
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw, ImageFile, ImageFont

from imagequant.imaging.decode import (
    MAX_PIXELS,
    ImageError,
    ImageInfo,
    TooManyPixelsError,
    decode,
    decode_rgb,
    is_plain_jpeg,
    probe,
)
from imagequant.imaging.load import load_image

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def corners(size=(60, 40)):
    """Upright: red top left, green top right, blue bottom left, white bottom right."""
    width, height = size
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = WHITE
    return Image.fromarray(pixels)


def encode(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def assert_corners(rgb, tolerance=12):
    """Looks at the middles of the quarters, away from JPEG's ringing."""
    height, width, channels = rgb.shape
    assert (rgb.dtype, channels) == (np.uint8, 3)
    quarters = {(1, 1): RED, (1, 3): GREEN, (3, 1): BLUE, (3, 3): WHITE}
    for (down, across), colour in quarters.items():
        pixel = rgb[height * down // 4, width * across // 4].astype(int)
        assert np.abs(pixel - colour).max() <= tolerance, (down, across)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO", "PPM"])
def test_formats(format):
    payload = encode(corners(), format, **({"sizes": [(60, 40)]} if format == "ICO" else {}))
    assert probe(payload) == ImageInfo(60, 40, format.lower())
    rgb = decode_rgb(payload)
    assert rgb.shape == (40, 60, 3)
    assert_corners(rgb, 40 if format in ("WEBP", "AVIF") else 12)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(format, orientation):
    # How a camera held that way stores the scene: the inverse of the turn the tag asks for.
    turn = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(turn(np.asarray(corners()))))
    payload = encode(stored, format, exif=exif.tobytes())
    assert probe(payload) == ImageInfo(60, 40, format.lower())
    rgb = decode_rgb(payload)
    assert rgb.shape == (40, 60, 3)
    assert_corners(rgb, 40)


@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"])
def test_damaged_exif_leaves_the_pixels_as_they_lie(exif):
    payload = encode(corners(), "JPEG", exif=exif)
    assert probe(payload) == ImageInfo(60, 40, "jpeg")
    assert_corners(decode_rgb(payload))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_unknown_orientations_turn_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert_corners(decode_rgb(encode(corners(), "JPEG", exif=exif.tobytes())))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.4, 0.7, 0.99])
def test_a_jpeg_cut_short_gives_what_is_there(progressive, share):
    rows = np.arange(400, dtype=np.uint8)[:, None].repeat(400, axis=1)
    noisy = np.random.default_rng(0).integers(0, 60, (400, 400), dtype=np.uint8) // 2 + rows // 2
    payload = encode(Image.fromarray(noisy), "JPEG", quality=90, progressive=progressive)
    assert decode(payload).warning == ""
    whole, found = decode_rgb(payload), decode(payload[: int(len(payload) * share)])
    assert found.warning.startswith("the JPEG is cut short or damaged")
    cut = found.pixels
    assert cut.shape == whole.shape
    difference = np.abs(cut.astype(int) - whole)
    top = int(400 * share) - 40
    if progressive:
        assert difference.mean() < 40  # every row is there, coarser
    else:
        assert difference[:top].max() == 0
    assert share == 0.99 or difference.max() > 0
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_jpeg_cut_short_is_turned_and_shrunk_too():
    exif = Image.Exif()
    exif[0x0112] = 6
    payload = encode(corners((600, 400)), "JPEG", exif=exif.tobytes())
    assert decode_rgb(payload[: len(payload) * 3 // 4], max_side=60).shape == (60, 40, 3)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_greyscale(format):
    payload = encode(Image.fromarray(np.array([[0, 128, 255]] * 3, dtype=np.uint8)), format, quality=100)
    assert np.abs(decode_rgb(payload)[1].astype(int) - [[0] * 3, [128] * 3, [255] * 3]).max() <= 2


def test_bilevel():
    assert decode_rgb(encode(Image.new("1", (3, 2), 1), "PNG")).tolist() == [[[255] * 3] * 3] * 2


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk(format):
    payload = encode(corners().convert("CMYK"), format)
    assert Image.open(io.BytesIO(payload)).mode == "CMYK"
    assert_corners(decode_rgb(payload))


def test_sixteen_bit_grey_keeps_the_upper_bits():
    deep = np.array([[0, 255, 256, 0x80FF, 0xFFFF]], dtype=np.uint16)
    rgb = decode_rgb(encode(Image.fromarray(deep), "PNG"))
    assert rgb[0, :, 0].tolist() == [0, 0, 1, 0x80, 0xFF]
    assert (rgb == rgb[..., :1]).all()


def test_sixteen_bit_colour_keeps_the_upper_bits():
    # Written by hand: Pillow cannot.
    pixels = struct.pack(">B6H", 0, 0x12FF, 0x80FF, 0xFFFF, 0, 0x00FF, 0x7F00)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)
    payload = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    )
    assert decode_rgb(payload).tolist() == [[[0x12, 0x80, 0xFF], [0, 0, 0x7F]]]


def test_floating_point_is_stretched_over_its_own_range():
    values = np.array([[-1.0, 0.0, 1.0, np.nan]], dtype=np.float32)
    assert decode_rgb(encode(Image.fromarray(values), "TIFF"))[0, :3, 0].tolist() == [0, 128, 255]


def test_a_flat_floating_point_image_is_black():
    assert not decode_rgb(encode(Image.fromarray(np.full((2, 2), 3.0, dtype=np.float32)), "TIFF")).any()


@pytest.mark.parametrize(
    ("mode", "pixel", "expected"),
    [
        ("RGBA", (255, 0, 0, 255), (255, 0, 0)),
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),  # what shows through is the shop's white page
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("LA", (0, 0), (255, 255, 255)),
        ("LA", (0, 255), (0, 0, 0)),
    ],
)
@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white(format, mode, pixel, expected):
    payload = encode(Image.new(mode, (4, 4), pixel), format, **({"lossless": True} if format == "WEBP" else {}))
    assert np.abs(decode_rgb(payload)[2, 2].astype(int) - expected).max() <= 1


def test_a_transparent_palette_entry_is_white():
    image = Image.new("P", (4, 4), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.putpixel((1, 1), 1)
    rgb = decode_rgb(encode(image, "PNG", transparency=0))
    assert rgb[0, 0].tolist() == [255, 255, 255]
    assert rgb[1, 1].tolist() == [255, 0, 0]


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(format):
    frames = [corners(), Image.new("RGB", (60, 40), "black")]
    payload = encode(frames[0], format, save_all=True, append_images=frames[1:], duration=50)
    assert_corners(decode_rgb(payload), 40)


@pytest.mark.parametrize(
    ("size", "max_side", "expected"),
    [
        ((600, 400), None, (600, 400)),
        ((600, 400), 600, (600, 400)),
        ((600, 400), 1000, (600, 400)),  # never enlarged
        ((600, 400), 60, (60, 40)),
        ((400, 600), 299, (199, 299)),
        ((3000, 4), 100, (100, 1)),  # a side is never lost
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_max_side(format, size, max_side, expected):
    rgb = decode_rgb(encode(corners(size), format), max_side)
    assert rgb.shape == (expected[1], expected[0], 3)
    if min(expected) > 1:
        assert_corners(rgb)


def png_header(width, height):
    data = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + data + struct.pack(">I", zlib.crc32(data)) + b"\0\0\0\0IDAT"


@pytest.mark.parametrize("read", [probe, decode_rgb])
@pytest.mark.parametrize("size", [(MAX_PIXELS + 1, 1), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_bombs_are_refused_by_their_header(read, size):
    with pytest.raises(TooManyPixelsError, match="pixels"):
        read(png_header(*size))


def test_bombs_are_refused_even_if_a_library_switched_pillows_own_check_off(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    with pytest.raises(TooManyPixelsError, match="60000x60000"):
        decode_rgb(png_header(60_000, 60_000))


@pytest.mark.parametrize("read", [probe, decode_rgb, is_plain_jpeg])
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html>not here</html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",  # Pillow would start Ghostscript
        b"%PDF-1.4",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"GIF89a",
        bytes(1000),
    ],
)
def test_what_is_no_image_is_refused_in_one_line(read, payload):
    with pytest.raises(ImageError) as caught:
        read(payload)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_header_without_pixels_is_refused_when_decoded():
    payload = encode(corners(), "PNG")[:60]
    assert probe(payload).width == 60
    with pytest.raises(ImageError, match="damaged PNG"):
        decode_rgb(payload)


def test_random_damage_ends_in_pixels_or_in_an_image_error():
    generator = np.random.default_rng(3)
    for format in ("JPEG", "PNG", "WEBP", "GIF", "TIFF"):
        good = np.frombuffer(encode(corners(), format), dtype=np.uint8)
        for _ in range(60):
            bad = good.copy()
            places = generator.integers(0, len(bad), 6)
            bad[places] = generator.integers(0, 256, 6)
            try:
                rgb = decode_rgb(bad.tobytes())
            except ImageError as error:
                assert "\n" not in str(error)
            else:
                assert rgb.ndim == 3


@pytest.mark.parametrize(
    ("payload", "plain"),
    [
        (encode(corners(), "JPEG"), True),
        (encode(corners(), "JPEG") + b"\0\0", True),  # some cameras pad
        (encode(corners().convert("L"), "JPEG"), True),
        (encode(corners().convert("CMYK"), "JPEG"), False),
        (encode(corners(), "JPEG")[:-20], False),
        (encode(corners(), "PNG"), False),
    ],
)
def test_is_plain_jpeg(payload, plain):
    assert is_plain_jpeg(payload) is plain


def test_threads_do_not_disturb_one_another():
    """A cut JPEG beside a cut PNG: with a global switch the PNG would now and then be taken."""
    jpeg, png = encode(corners((300, 300)), "JPEG")[:-200], encode(corners((300, 300)), "PNG")[:-100]
    taken = []

    def decode_jpegs():
        for _ in range(50):
            decode_rgb(jpeg)

    def decode_pngs():
        for _ in range(200):
            try:
                decode_rgb(png)
                taken.append(True)
            except ImageError:
                pass

    threads = [threading.Thread(target=target) for target in (decode_jpegs, decode_pngs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not taken


def heif(image, **options):
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=90, **options)
    return buffer.getvalue()


def test_heic_is_read_upright_without_changing_pillow():
    payload = heif(corners((64, 48)))
    assert probe(payload) == ImageInfo(64, 48, "heif")
    assert_corners(decode_rgb(payload), 40)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = heif(
        Image.fromarray(np.ascontiguousarray(np.rot90(np.asarray(corners((64, 48))), 1))), exif=exif.tobytes()
    )
    assert probe(turned) == ImageInfo(64, 48, "heif")
    assert_corners(decode_rgb(turned), 40)
    assert "HEIF" not in Image.OPEN


def test_avif_stays_with_pillow_whatever_brand_comes_first():
    payload = encode(corners(), "AVIF")
    other = payload[:8] + b"mif1" + payload[12:]
    assert payload[8:12] == b"avif" and b"avif" in other[16:48]
    np.testing.assert_array_equal(decode_rgb(other), decode_rgb(payload))


@pytest.mark.parametrize("kept", [16, 40, 200, -30])
def test_a_damaged_heic_is_an_image_error(kept):
    with pytest.raises(ImageError):
        decode_rgb(heif(corners((64, 48)))[:kept])


def printed(colour, size=(240, 80), mode="RGBA"):
    layer = Image.new("RGBA", size, (255, 255, 255, 0))
    ImageDraw.Draw(layer).text((20, 20), "500 g", fill=colour, font=ImageFont.load_default(40))
    return layer.convert(mode)


@pytest.mark.parametrize(
    ("colour", "background"),
    [("white", 104), ("#e8f0f0", 104), ("black", 255), ("#a01020", 255)],
)
@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_print_on_transparency_stands_out(colour, background, format):
    layer = printed(colour)
    rgb = decode_rgb(encode(layer, format, **({"lossless": True} if format == "WEBP" else {})))
    assert rgb[0, 0].tolist() == [background] * 3
    solid = np.asarray(layer)[..., 3] == 255
    print_there = rgb[solid].astype(int).mean(axis=0)
    assert np.abs(print_there - background).max() > 100
    np.testing.assert_array_equal(load_image(layer), rgb)


def test_both_black_and_white_print_on_transparency_can_be_read():
    layer = printed("white", (240, 160))
    ImageDraw.Draw(layer).text((60, 90), "2 V", fill="black", font=ImageFont.load_default(40))
    rgb = decode_rgb(encode(layer, "PNG"))
    values = set(rgb[..., 0].ravel().tolist())
    assert {0, 104, 255} <= values


def test_an_alpha_channel_that_hides_nothing_changes_nothing():
    solid = corners().convert("RGBA")
    np.testing.assert_array_equal(decode_rgb(encode(solid, "PNG")), np.asarray(corners()))
    light = Image.new("RGBA", (20, 20), "white")
    assert (decode_rgb(encode(light, "PNG")) == 255).all()


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_pictures_in_memory_are_read_as_their_file(mode):
    ramp = np.linspace(0, 65535, 64 * 32).reshape(32, 64)
    image = Image.fromarray(ramp.astype({"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]))
    assert image.mode == mode
    from_file = decode_rgb(encode(image, "TIFF"))
    np.testing.assert_array_equal(load_image(image), from_file)
    assert from_file.min() == 0 and from_file.max() == 255
