"""MNIST's and Fashion-MNIST's own files, read as they are; damaged ones are named."""

import gzip
import io

import numpy as np
import pytest

from tlcourse.domains import DataError, available, fetch, load_domain, load_pair
from tlcourse.domains.images.textures import over_textures

IMAGES, LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


def idx(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype("uint8").tobytes()


def numbered(n):
    """Images whose first pixel tells their number, and labels that follow from it."""
    images = np.zeros((n, 28, 28), "uint8")
    images[:, 0, 0] = np.arange(n)
    return images, np.arange(n) % 10


def files_of_part(prefix, n):
    images, labels = numbered(n)
    return {
        f"{prefix}-images-idx3-ubyte.gz": gzip.compress(idx(images)),
        f"{prefix}-labels-idx1-ubyte.gz": gzip.compress(idx(labels)),
    }


def npz(**arrays):
    body = io.BytesIO()
    np.savez(body, **arrays)
    return body.getvalue()


def assert_numbered(domain, n_train, n_test):
    for part, n in (("train", n_train), ("test", n_test)):
        x, labels = getattr(domain, f"x_{part}"), getattr(domain, f"labels_{part}")
        assert x.shape == (n, 28, 28, 1)
        number = np.rint(x[:, 0, 0, 0] * 255).astype(int)
        assert len(set(number)) == n
        np.testing.assert_array_equal(number % 10, labels)


@pytest.fixture
def folder(mirror, put):
    """Forty images of the test set alone, in MNIST's format."""
    for name, content in files_of_part("t10k", 40).items():
        put(f"mnist/{name}", content)
    return mirror / "mnist"


def test_the_real_files(shared_data, monkeypatch, no_test_image_was_trained_on):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    assert available("mnist") == (True, "")
    domain = load_domain("mnist")
    assert repr(domain).startswith("Domain('mnist': 7499 train + 2501 test, 28 × 28 × 1, 10")
    per_digit = np.bincount(np.r_[domain.labels_train, domain.labels_test])
    assert per_digit.tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    no_test_image_was_trained_on(domain)
    assert domain.x_train.max() == 1
    assert domain.x_train.mean() == pytest.approx(0.1325, abs=0.002)
    assert domain.licence == "CC BY-SA 3.0"
    assert domain.source.endswith("its test set")
    pair = load_pair("glyphs->mnist")
    assert pair.same_classes


def test_a_test_set_alone_is_split(folder):
    domain = load_domain("mnist")
    assert_numbered(domain, 30, 10)
    assert domain.source.endswith("its test set")


@pytest.mark.parametrize(
    ("name", "class_names", "licence"),
    [
        ("mnist", tuple("0123456789"), "CC BY-SA 3.0"),
        ("fashion-mnist", ("T-shirt", "trouser", "pullover", "dress", "coat"), "MIT"),
    ],
)
def test_the_original_four_files_over_the_web(
    web, cache, publish, file_of, name, class_names, licence
):
    web.pages = {
        f"/{file}": content
        for prefix, n in (("train", 40), ("t10k", 20))
        for file, content in files_of_part(prefix, n).items()
    }
    files = (file_of(f"{name}{page}", body, web.url + page) for page, body in web.pages.items())
    publish(name, tuple(files))
    assert not available(name)[0]
    with pytest.raises(DataError, match=f"`tlcourse data fetch {name}`"):
        load_domain(name)
    fetch(name)
    domain = load_domain(name)
    assert_numbered(domain, 40, 20)
    assert domain.name == name
    assert domain.class_names[: len(class_names)] == class_names
    assert domain.licence == licence
    assert "test set" not in domain.source


def test_the_form_of_keras_over_the_web(web, cache, publish, file_of):
    train, test = numbered(40), numbered(20)
    web.pages["/npz"] = npz(x_train=train[0], y_train=train[1], x_test=test[0], y_test=test[1])
    publish("mnist", (file_of("mnist/mnist.npz", web.pages["/npz"], f"{web.url}/npz"),))
    fetch("mnist")
    assert_numbered(load_domain("mnist"), 40, 20)


def test_textured_digits_keep_their_labels(folder):
    digits, textured = load_domain("mnist"), load_domain("mnist-textured")
    assert textured.input_shape == (32, 32, 3)
    np.testing.assert_array_equal(textured.labels_train, digits.labels_train)
    np.testing.assert_array_equal(textured.x_train, over_textures(digits.x_train, seed=0))
    np.testing.assert_array_equal(textured.x_test, over_textures(digits.x_test, seed=1))
    assert textured.name == "mnist-textured"
    assert "textures" in textured.source
    assert load_pair("mnist->mnist-textured").same_classes


@pytest.mark.parametrize("missing", [IMAGES, LABELS])
def test_a_missing_file_is_said_beforehand(folder, missing):
    (folder / missing).unlink()
    ok, help_line = available("mnist")
    assert not ok
    assert "TLCOURSE_DATA" in help_line
    assert "\n" not in help_line
    with pytest.raises(DataError, match="'mnist' is not on this machine"):
        load_domain("mnist")


@pytest.mark.parametrize("value", [None, "", "/no/such/folder", "https://mirror.example/data"])
def test_no_folder(value, monkeypatch, mirror):
    if value is None:
        monkeypatch.delenv("TLCOURSE_DATA")
    else:
        monkeypatch.setenv("TLCOURSE_DATA", value)
    assert not available("mnist")[0]
    with pytest.raises(DataError, match="`tlcourse data fetch mnist` fetches it"):
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
    with pytest.raises(DataError, match=rf"{name} is damaged \(.+\); fetch it again"):
        load_domain("mnist")


@pytest.mark.parametrize("labels", [np.arange(39) % 10, np.arange(40) % 11, np.zeros(40)])
def test_labels_that_do_not_fit(folder, labels):
    (folder / LABELS).write_bytes(gzip.compress(idx(labels)))
    with pytest.raises(DataError, match=r"is damaged \(`labels` must"):
        load_domain("mnist")


class Evil:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


def test_an_npz_runs_nothing(put, tmp_path):
    evil = npz(**{**WHOLE, "x_test": np.array([Evil(tmp_path / "marker")])})
    put("mnist/mnist.npz", evil)
    with pytest.raises(DataError, match=r"mnist\.npz is damaged \(x_test\.npy: Object arrays"):
        load_domain("mnist")
    assert not (tmp_path / "marker").exists()
    with np.load(io.BytesIO(evil), allow_pickle=True) as stored:
        stored["x_test"][0].close()
    assert (tmp_path / "marker").exists()  # it would work


WHOLE = {"x_train": numbered(40)[0], "y_train": numbered(40)[1]}
WHOLE |= {"x_test": numbered(20)[0], "y_test": numbered(20)[1]}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html>", id="web page"),
        pytest.param(npz(**WHOLE)[:-100], id="truncated"),
        pytest.param(npz(**{**WHOLE, "x_test": np.array([{}])}), id="pickle"),
        pytest.param(npz(**{**WHOLE, "x_test": np.zeros(20, "uint8")}), id="rank"),
        pytest.param(npz(**{**WHOLE, "y_train": np.zeros(40) / 2}), id="floats"),
        pytest.param(npz(**{name: WHOLE[name] for name in ("x_train", "y_train")}), id="no test"),
        pytest.param(npz(**WHOLE).replace(b"(40, 28, 28)", b"(99, 28, 28)"), id="shape"),
    ],
)
def test_a_damaged_npz_is_named(put, content):
    put("mnist/mnist.npz", content)
    with pytest.raises(DataError, match=r"mnist\.npz is damaged \(.+\); fetch it again") as error:
        load_domain("mnist")
    assert "\n" not in str(error.value)
