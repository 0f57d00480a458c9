"""MNIST's own files, read as they are; damaged ones are named."""

import gzip

import numpy as np
import pytest

from tlcourse.domains import available, load_domain, load_pair

IMAGES, LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


def idx(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype("uint8").tobytes()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Forty images whose first pixel tells their number, in MNIST's format."""
    images = np.zeros((40, 28, 28), "uint8")
    images[:, 0, 0] = np.arange(40)
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / IMAGES).write_bytes(gzip.compress(idx(images)))
    (tmp_path / "mnist" / LABELS).write_bytes(gzip.compress(idx(np.arange(40) % 10)))
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    return tmp_path / "mnist"


def test_the_real_files(shared_data, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    assert available("mnist") == (True, "")
    domain = load_domain("mnist")
    assert repr(domain).startswith("Domain('mnist': 7499 train + 2501 test, 28 × 28 × 1, 10")
    per_digit = np.bincount(np.r_[domain.labels_train, domain.labels_test])
    assert per_digit.tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    train = {image.tobytes() for image in domain.x_train}
    assert len(train) == 7499
    assert not any(image.tobytes() in train for image in domain.x_test)
    assert domain.x_train.max() == 1
    assert domain.x_train.mean() == pytest.approx(0.1325, abs=0.002)
    assert domain.licence == "CC BY-SA 3.0"
    pair = load_pair("glyphs->mnist")
    assert pair.same_classes


def test_images_keep_their_labels(folder):
    domain = load_domain("mnist")
    number = np.rint(domain.x_train[:, 0, 0, 0] * 255).astype(int)
    np.testing.assert_array_equal(number % 10, domain.labels_train)
    assert (len(domain.x_train), len(domain.x_test)) == (30, 10)


@pytest.mark.parametrize("missing", [IMAGES, LABELS])
def test_a_missing_file_is_said_beforehand(folder, missing):
    (folder / missing).unlink()
    ok, help_line = available("mnist")
    assert not ok
    assert "TLCOURSE_DATA" in help_line
    assert "\n" not in help_line
    with pytest.raises(ValueError, match=rf"mnist/{IMAGES} and mnist/{LABELS}"):
        load_domain("mnist")


@pytest.mark.parametrize("value", [None, "", "/no/such/folder", "https://mirror.example/data"])
def test_no_folder(value, monkeypatch):
    if value is None:
        monkeypatch.delenv("TLCOURSE_DATA", raising=False)
    else:
        monkeypatch.setenv("TLCOURSE_DATA", value)
    assert not available("mnist")[0]
    with pytest.raises(ValueError, match=rf"needs TLCOURSE_DATA .* it is {value!r}"):
        load_domain("mnist")


@pytest.mark.parametrize("name", [IMAGES, LABELS])
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: b"", id="empty"),
        pytest.param(lambda raw: b"<html>not found</html>", id="web page"),
        pytest.param(lambda raw: raw[: len(raw) // 2], id="half"),
        pytest.param(lambda raw: raw[:10] + b"\xff\xff\xff\xff" + raw[14:], id="stream"),
        pytest.param(lambda raw: raw[:-6] + bytes(6), id="checksum"),
        pytest.param(lambda raw: gzip.compress(b""), id="nothing inside"),
        pytest.param(lambda raw: gzip.compress(b"\x00\x00\x08"), id="half a head"),
        pytest.param(lambda raw: gzip.compress(gzip.decompress(raw)[:-1]), id="one short"),
        pytest.param(lambda raw: gzip.compress(gzip.decompress(raw) + b"x"), id="one over"),
        pytest.param(
            lambda raw: gzip.compress(b"\x00\x00\x0d" + gzip.decompress(raw)[3:]), id="floats"
        ),
        pytest.param(lambda raw: gzip.compress(idx(np.zeros((4, 4)))), id="rank"),
    ],
)
def test_a_damaged_file_is_named(folder, name, damage):
    raw = (folder / name).read_bytes()
    (folder / name).write_bytes(damage(raw))
    with pytest.raises(ValueError, match=rf"{name} is .*; replace it"):
        load_domain("mnist")
