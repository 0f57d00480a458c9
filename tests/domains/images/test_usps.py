"""USPS in LIBSVM's form and in the mirror's."""

import bz2
import io

import h5py
import numpy as np
import pytest

from tlcourse.domains import DataError, fetch, load_domain, load_pair


def digits(n):
    """Images from dark above to bright below; the first pixel tells the number; labels from 0."""
    pixels = np.tile(np.repeat(np.linspace(0, 1, 16), 16), (n, 1))
    pixels[:, 0] = np.arange(n) / n
    return pixels, np.arange(n) % 10


def libsvm(pixels, labels):
    """As LIBSVM distributes it: labels from 1, columns from 1, pixels in [-1, 1], no zeros."""
    lines = []
    for row, label in zip(2 * pixels - 1, labels + 1, strict=True):
        values = (f"{column}:{value:.6g}" for column, value in enumerate(row, 1) if value != 0)
        lines.append(f"{label} {' '.join(values)} \n")
    return bz2.compress("".join(lines).encode())


WHOLE = libsvm(*digits(40))  # more may be added: bz2 files one after the other are one


def h5(**parts):
    body = io.BytesIO()
    with h5py.File(body, "w") as file:
        for part, (pixels, labels) in parts.items():
            file[f"{part}/data"], file[f"{part}/target"] = pixels.astype("float32"), labels
    return body.getvalue()


def assert_read(domain):
    assert repr(domain) == "Domain('usps': 40 train + 20 test, 28 × 28 × 1, 10 classes)"
    assert domain.class_names == tuple("0123456789")
    for part, n in (("train", 40), ("test", 20)):
        pixels, labels = digits(n)
        np.testing.assert_array_equal(getattr(domain, f"labels_{part}"), labels)
        x = getattr(domain, f"x_{part}")
        np.testing.assert_allclose(x[:, 0, 0, 0], pixels[:, 0], atol=1e-5)
        np.testing.assert_allclose(x[:, 14:].mean((1, 2, 3)), pixels[:, 128:].mean(1), atol=0.02)


def test_the_real_file(shared_data, monkeypatch, no_test_image_was_trained_on):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    domain = load_domain("usps")
    assert repr(domain) == "Domain('usps': 7291 train + 2007 test, 28 × 28 × 1, 10 classes)"
    per_digit = [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644]
    assert np.bincount(domain.labels_train).tolist() == per_digit
    per_digit = [359, 264, 198, 166, 200, 160, 170, 147, 166, 177]
    assert np.bincount(domain.labels_test).tolist() == per_digit
    no_test_image_was_trained_on(domain)
    assert (domain.x_train.min(), domain.x_train.max()) == (0, 1)
    assert domain.x_train[:, 0, 0].mean() < 0.05  # ink is bright, as MNIST's is
    assert domain.licence == "research use"
    pair = load_pair("mnist->usps")
    assert pair.same_classes
    assert load_pair("usps->mnist").source.name == "usps"


def test_libsvms_form_over_the_web(web, cache, publish, file_of):
    web.pages = {"/usps.bz2": libsvm(*digits(40)), "/usps.t.bz2": libsvm(*digits(20))}
    files = (file_of(f"usps{page}", body, web.url + page) for page, body in web.pages.items())
    publish("usps", tuple(files))
    fetch("usps")
    assert_read(load_domain("usps"))


def test_the_mirrors_form(put):
    put("usps/usps.h5", h5(train=digits(40), test=digits(20)))
    assert_read(load_domain("usps"))


@pytest.mark.parametrize("part", ["usps.bz2", "usps.t.bz2"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>", id="web page"),
        pytest.param(WHOLE[:-20], id="truncated"),
        pytest.param(bz2.compress(b""), id="nothing inside"),
        pytest.param(bz2.compress(b"seven 1:0.5\n"), id="text"),
        pytest.param(bz2.compress(b"7 257:0.5\n"), id="too wide"),
        pytest.param(bz2.compress(b"7 0:0.5\n"), id="columns from 0"),
        pytest.param(WHOLE + bz2.compress(b"11 1:0.5\n"), id="class 10"),
        pytest.param(WHOLE + bz2.compress(b"0 1:0.5\n"), id="class -1"),
        pytest.param(WHOLE + bz2.compress(b"1.5 1:0.5\n"), id="half a class"),
        pytest.param(WHOLE + bz2.compress(b"1 1:nan\n"), id="NaN"),
        pytest.param(WHOLE + bz2.compress(b"1 1:3\n"), id="a pixel of 3"),
    ],
)
def test_a_damaged_file_is_named(put, part, content):
    for name in ("usps.bz2", "usps.t.bz2"):
        put(f"usps/{name}", WHOLE)
    put(f"usps/{part}", content)
    with pytest.raises(DataError, match=rf"{part} is damaged \(.+\); fetch it again") as error:
        load_domain("usps")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>", id="web page"),
        pytest.param(h5(train=digits(40), test=digits(20))[:-20_000], id="truncated"),
        pytest.param(h5(train=digits(40)), id="no test"),
        pytest.param(h5(train=digits(40), test=(np.ones((20, 100)), digits(20)[1])), id="small"),
        pytest.param(h5(train=digits(40), test=(np.ones((20, 256)), np.arange(20))), id="classes"),
        pytest.param(h5(train=digits(40), test=(np.ones((20, 256)), np.arange(9))), id="few"),
        pytest.param(h5(train=digits(40), test=(np.ones((20, 256)), np.eye(20))), id="one-hot"),
        pytest.param(h5(train=digits(40), test=(np.full((20, 256), 9), digits(20)[1])), id="9"),
    ],
)
def test_a_damaged_mirror_file_is_named(put, content):
    put("usps/usps.h5", content)
    with pytest.raises(DataError, match=r"usps\.h5 is damaged \(.+\); fetch it again") as error:
        load_domain("usps")
    assert "\n" not in str(error.value)
