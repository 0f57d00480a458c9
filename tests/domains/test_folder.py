"""Folders of image files of every common kind, and files that are none."""

import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from tlcourse.domains import from_folder
from tlcourse.domains.folder import SUFFIXES

ORANGE = (230, 120, 20)


def picture(colour=ORANGE, size=(12, 12), mode="RGB"):
    return Image.new(mode, size, colour)


@pytest.fixture
def folder(tmp_path):
    """Two classes of two orange squares each."""
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for number in (1, 2):
            picture().save(tmp_path / name / f"{number}.png")
    return tmp_path


def read_one(folder, file_name, save, *, channels=3, size=8):
    """Saves an image by `save(path)` and returns it as a domain holds it."""
    for name in ("1.png", "2.png"):
        (folder / "cat" / name).unlink()
    for prefix in ("", "copy of "):  # one to train and one to test
        save(folder / "cat" / f"{prefix}{file_name}")
    domain = from_folder(folder, size=size, channels=channels)
    return domain.x_train[domain.labels_train == 0][0]


def test_two_folders_become_two_classes(folder):
    domain = from_folder(folder, size=8)
    assert domain.class_names == ("cat", "dog")
    assert domain.name == folder.name
    assert (len(domain.x_train), len(domain.x_test)) == (2, 2)
    assert domain.input_shape == (8, 8, 3)
    np.testing.assert_allclose(domain.x_train[0, 4, 4] * 255, ORANGE, atol=0.5)
    assert from_folder(str(folder), size=np.int64(8), channels=1, name="pets").name == "pets"


@pytest.mark.parametrize(
    ("file_name", "image", "tolerance"),
    [
        ("a.png", picture(), 0),
        ("a.PNG", picture(), 0),
        ("a.bmp", picture(), 0),
        ("a.ppm", picture(), 0),
        ("a.tif", picture(), 0),
        ("a.TIFF", picture(), 0),
        ("a.jpg", picture(), 4),
        ("a.JPeG", picture(), 4),
        ("a.webp", picture(), 8),
        ("a.gif", picture().quantize(4), 4),
        ("palette.png", picture().quantize(4), 0),
        ("alpha.png", picture((*ORANGE, 255), mode="RGBA"), 0),
        ("alpha.webp", picture((*ORANGE, 255), mode="RGBA"), 8),
        ("cmyk.jpg", picture().convert("CMYK"), 6),
        ("cmyk.tif", picture().convert("CMYK"), 2),
        ("Ünï cødé – 猫 (1).jpg", picture(), 4),
        ("spaces and.dots.v2.png", picture(), 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_common_kind_of_file_in_colour(folder, file_name, image, tolerance):
    x = read_one(folder, file_name, image.save)
    np.testing.assert_allclose(x[4, 4] * 255, ORANGE, atol=tolerance + 0.5)


@pytest.mark.parametrize(
    ("file_name", "image"),
    [
        ("8 bits.png", picture(100, mode="L")),
        ("8 bits.pgm", picture(100, mode="L")),
        ("16 bits.png", Image.fromarray(np.full((12, 12), 100 * 256 + 37, "uint16"))),
        ("16 bits.tif", Image.fromarray(np.full((12, 12), 100 * 256 + 37, "uint16"))),
        ("16 bits.pgm", Image.fromarray(np.full((12, 12), 100 * 256 + 100, "uint16"))),
        ("alpha.png", picture((100, 255), mode="LA")),
        ("palette.gif", picture(100, mode="L").convert("P")),
        ("colour.png", picture((100, 100, 100))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("channels", [1, 3])
def test_every_common_kind_of_grey(folder, file_name, image, channels):
    x = read_one(folder, file_name, image.save, channels=channels)
    assert x.shape == (8, 8, channels)
    np.testing.assert_allclose(x * 255, 100, atol=0.5)


def test_black_and_white(folder):
    x = read_one(folder, "fax.tif", picture(1, mode="1").save, channels=1)
    np.testing.assert_array_equal(x, 1)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", ["RGBA", "LA", "P", "P with alphas", "RGB with a key"])
def test_what_is_transparent_is_laid_on_white(folder, kind, channels):
    """A black stroke on a transparent ground, as icons are: the ground must not turn black too."""
    drawn = np.zeros((12, 12), bool)
    drawn[:, :6] = True
    options = {}
    if kind in ("RGBA", "LA"):
        image = Image.new(kind, (12, 12))
        image.putalpha(Image.fromarray(drawn.astype("uint8") * 255))
    elif kind == "RGB with a key":
        image = Image.fromarray(np.where(drawn[..., None], 0, [9, 0, 0]).astype("uint8"))
        options["transparency"] = (9, 0, 0)
    else:
        image = Image.fromarray(drawn.astype("uint8"), mode=None).convert("P")
        image.putpalette([9, 0, 0] + [0] * 765)
        options["transparency"] = 0 if kind == "P" else bytes([0, 255])
    x = read_one(
        folder, "icon.png", lambda path: image.save(path, **options), channels=channels, size=12
    )
    assert x[:, :5].max() < 0.05
    assert x[:, 7:].min() > 0.99


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (0, 0)), (3, (1, 1)), (6, (0, 1)), (8, (1, 0))]
)
def test_a_turned_photograph_stands_upright(folder, orientation, corner):
    pixels = np.zeros((16, 16, 3), "uint8")
    pixels[:8, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    x = read_one(
        folder,
        "phone.jpg",
        lambda path: Image.fromarray(pixels).save(path, exif=exif, quality=95),
        size=16,
    )
    bright = x.mean(axis=2) > 0.5
    assert bright[4::8, 4::8].sum() == 1
    assert bright[4::8, 4::8][corner]


def test_a_long_picture_is_cut_about_its_middle_not_squeezed(folder):
    pixels = np.zeros((10, 30, 3), "uint8")
    pixels[:, 10:20] = 255
    x = read_one(folder, "panorama.png", Image.fromarray(pixels).save, size=10)
    assert x.min() == 1


def test_a_moving_picture_gives_its_first(folder):
    frames = [picture(), picture("blue")]
    x = read_one(
        folder,
        "moving.gif",
        lambda path: frames[0].save(path, save_all=True, append_images=frames[1:]),
    )
    np.testing.assert_allclose(x[4, 4] * 255, ORANGE, atol=4)


def test_hidden_and_other_files_are_passed_over(folder):
    for name in (".hidden.png", "._1.png", "Thumbs.db", "notes.txt", "no_suffix", ".DS_Store"):
        (folder / "cat" / name).write_bytes(b"no image")
    (folder / "cat" / "album.png").mkdir()
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / "readme.md").write_text("about")
    domain = from_folder(folder, size=8)
    assert len(domain.x_train) + len(domain.x_test) == 4
    assert domain.class_names == ("cat", "dog")


def test_classes_with_unicode_and_spaces_in_one_order_everywhere(tmp_path):
    for name in ("b c", "Zebra", "ärmel", "a"):
        (tmp_path / name).mkdir()
        for number in (1, 2):
            picture().save(tmp_path / name / f"{number}.png")
    assert from_folder(tmp_path, size=4).class_names == ("Zebra", "a", "b c", "ärmel")


def test_the_split_follows_seed_and_share(folder):
    for number in range(3, 13):
        for name in ("cat", "dog"):
            picture((number, 0, 0)).save(folder / name / f"{number}.png")
    one, same, other = (from_folder(folder, size=4, seed=seed).x_test for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(np.sort(one, axis=0), np.sort(other, axis=0))
    assert len(from_folder(folder, size=4, test_share=0.5).x_test) == 12


@pytest.fixture
def split_folder(tmp_path):
    for part, number in (("train", 3), ("test", 1)):
        for name in ("cat", "dog"):
            (tmp_path / part / name).mkdir(parents=True)
            for i in range(number):
                picture("white" if part == "test" else "black").save(
                    tmp_path / part / name / f"{i}.png"
                )
    return tmp_path


def test_train_and_test_folders_are_kept_apart(split_folder):
    domain = from_folder(split_folder, size=4)
    assert (len(domain.x_train), len(domain.x_test)) == (6, 2)
    assert domain.x_train.max() == 0
    assert domain.x_test.min() == 1


def test_train_and_test_with_other_classes(split_folder):
    (split_folder / "test" / "dog").rename(split_folder / "test" / "hen")
    with pytest.raises(ValueError, match=r"same class folders .* one of them has 'dog', 'hen'"):
        from_folder(split_folder)


def test_only_a_train_folder_says_where_to_look(split_folder):
    for part in (split_folder / "test").rglob("*.png"):
        part.unlink()
    for part in ("cat", "dog", ""):
        (split_folder / "test" / part).rmdir()
    with pytest.raises(ValueError, match=r"found only 'train': did you mean .*train\?"):
        from_folder(split_folder)
    assert from_folder(split_folder / "train", size=4).class_names == ("cat", "dog")


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: b"<html>404</html>",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:100] + bytes(20) + raw[120:],
    ],
    ids=["empty", "web page", "half", "bytes changed"],
)
@pytest.mark.parametrize("suffix", [".png", ".PNG"])
def test_a_broken_file_is_named(folder, suffix, damage, rng):
    file = folder / "dog" / f"3{suffix}"
    Image.fromarray(rng.integers(0, 255, (12, 12, 3), dtype="uint8")).save(file)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match=rf"dog.3\{suffix} \(.*\)\. Remove or replace it\."):
        from_folder(folder)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_a_damaged_file_of_any_kind_is_read_or_named(folder, suffix, rng):
    """Decoders raise nearly anything: whatever it is, the reader learns which file."""
    file = folder / "cat" / f"damaged{suffix}"
    image = Image.fromarray(rng.integers(0, 255, (12, 12, 3), dtype="uint8"))
    (image.convert("L") if suffix == ".pgm" else image).save(file)
    whole = file.read_bytes()
    for _ in range(25):
        raw = bytearray(whole[: rng.integers(1, len(whole) + 1)])
        for place in rng.integers(0, min(len(raw), 200), 3):
            raw[place] = rng.integers(256)
        file.write_bytes(raw)
        try:
            from_folder(folder, size=4)
        except ValueError as error:
            assert str(file) in str(error)  # noqa: PT017 (either outcome is right)


def test_pixels_that_are_measurements_are_refused(folder):
    Image.fromarray(np.full((8, 8), 0.5, "float32")).save(folder / "cat" / "depth.tif")
    with pytest.raises(ValueError, match=r"depth\.tif \(its pixels are not of 8 or 16 bits\)"):
        from_folder(folder)


def png_that_declares(width, height):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_file_that_declares_a_huge_image_is_named_before_it_fills_memory(folder):
    (folder / "cat" / "bomb.png").write_bytes(png_that_declares(60_000, 60_000))
    with pytest.raises(ValueError, match=r"bomb\.png \(Image size \(3600000000 pixels\) exceeds"):
        from_folder(folder)


def test_a_large_photograph_is_read_without_alarm(folder, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # 12 × 12 is above it, below twice it
    assert len(from_folder(folder, size=4).x_train) == 2
    picture(size=(15, 15)).save(folder / "cat" / "1.png")
    with pytest.raises(ValueError, match=r"1\.png \(Image size \(225 pixels\)"):
        from_folder(folder, size=4)


def test_folders_that_hold_too_little(tmp_path):
    with pytest.raises(ValueError, match=r"two class folders, such as .*cat; found none"):
        from_folder(tmp_path)
    (tmp_path / "cat").mkdir()
    with pytest.raises(ValueError, match=r"at least two class folders.*; found only 'cat'\.$"):
        from_folder(tmp_path)
    (tmp_path / "dog").mkdir()
    picture().save(tmp_path / "cat" / "1.png")
    with pytest.raises(ValueError, match=r"images in every class folder .* none in .*dog\."):
        from_folder(tmp_path)
    picture().save(tmp_path / "dog" / "1.png")
    picture().save(tmp_path / "dog" / "2.png")
    with pytest.raises(ValueError, match=r"at least 2 images of each class.* class 'cat' has 1"):
        from_folder(tmp_path)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/no/such/folder", "there is none at .*no.such.folder"),
        (__file__, "there is none at .*test_folder.py"),
        (None, "`path` must be a folder's path; got None"),
        (3, "`path` must be a folder's path; got 3"),
    ],
)
def test_a_path_that_is_no_folder(path, message):
    with pytest.raises(ValueError, match=message):
        from_folder(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, "`size` must be a whole number, at least 1; got 0"),
        ({"size": 8.0}, "`size` must be a whole number"),
        ({"size": True}, "`size` must be a whole number"),
        ({"size": (8, 8)}, "`size` must be a whole number"),
        ({"channels": 4}, r"`channels` must be 1 \(grey\) or 3 \(colour\); got 4"),
        ({"channels": "RGB"}, "`channels` must be"),
        ({"test_share": 2}, "`test_share` must be"),
        ({"seed": None}, "`seed` must be"),
    ],
)
def test_options_that_do_not_fit_are_refused(folder, options, message):
    with pytest.raises(ValueError, match=message):
        from_folder(folder, **options)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_that_leads_nowhere_is_named(folder):
    (folder / "cat" / "gone.png").symlink_to(folder / "nowhere.png")
    with pytest.raises(ValueError, match=r"gone\.png"):
        from_folder(folder)
