"""Arrays of one's own become a domain, or one line says what is wrong with them."""

import re

import numpy as np
import pytest

from tlcourse.domains import from_arrays

GREY = np.arange(20 * 8 * 8, dtype="uint32").reshape(20, 8, 8, 1).astype("uint8")
LABELS = np.arange(20) % 2
FLOATS = GREY / 255


def with_value(value, dtype="float32"):
    x = np.full((20, 8, 8, 1), 0.5, dtype)
    x[7, 3, 3, 0] = value
    return x


def test_bytes_are_scaled_and_a_quarter_of_each_class_is_split_off():
    domain = from_arrays(GREY, LABELS)
    assert repr(domain) == "Domain('arrays': 16 train + 4 test, 8 × 8 × 1, 2 classes)"
    assert domain.class_names == ("0", "1")
    together = np.concatenate([domain.x_train, domain.x_test])
    labels = np.r_[domain.labels_train, domain.labels_test]
    scaled = GREY / np.float32(255)
    expected = {x.tobytes(): y for x, y in zip(scaled, LABELS, strict=True)}
    assert {x.tobytes(): y for x, y in zip(together, labels, strict=True)} == expected
    np.testing.assert_array_equal(np.bincount(domain.labels_test), [2, 2])


def test_floats_stay_as_they_are():
    domain = from_arrays(FLOATS, LABELS, x_test=FLOATS[:2], labels_test=[0, 1])
    np.testing.assert_array_equal(domain.x_train, FLOATS.astype("float32"))
    np.testing.assert_array_equal(domain.x_test, FLOATS[:2].astype("float32"))
    assert len(domain.x_train) == 20


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_every_float_becomes_float32(dtype):
    assert from_arrays(FLOATS.astype(dtype), LABELS).x_train.dtype == "float32"


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64", "uint64"])
def test_every_whole_number_type_of_labels(dtype):
    domain = from_arrays(GREY, LABELS.astype(dtype))
    assert domain.labels_train.dtype == "int32"


def test_lists_colour_names_and_seed():
    colour = np.repeat(GREY, 3, axis=3)
    options = {"class_names": iter(["cat", "dog"]), "name": "pets", "test_share": 0.5}
    domain = from_arrays(list(colour), list(LABELS), **options)
    assert domain.class_names == ("cat", "dog")
    assert repr(domain) == "Domain('pets': 10 train + 10 test, 8 × 8 × 3, 2 classes)"
    tests = [from_arrays(GREY, LABELS, seed=seed).x_test.tobytes() for seed in (0, 0, 1)]
    assert tests[0] == tests[1] != tests[2]


def test_named_classes_may_lack_examples():
    """A target may hold some of the source's classes only."""
    assert from_arrays(GREY, LABELS, class_names=["a", "b", "c"]).n_classes == 3


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (GREY[..., 0], r"`x` must have shape .* got \(20, 8, 8\): `x\[\.\.\., None\]` adds"),
        (GREY[0, ..., 0], r"`x` must have shape .* got \(8, 8\)\."),
        (np.zeros((20, 8, 8, 2)), r"1 or 3 channels; got \(20, 8, 8, 2\)"),
        (np.zeros((20, 8, 8, 4)), r"1 or 3 channels; got \(20, 8, 8, 4\)"),
        (np.zeros((20, 3, 8, 8)), r"got \(20, 3, 8, 8\)"),
        (np.zeros((0, 8, 8, 1)), r"`x` must hold at least one image; got shape \(0, 8, 8, 1\)"),
        (np.zeros((20, 0, 8, 1)), r"`x` must hold at least one image"),
        ([GREY[0], GREY[0, :4]], "`x` must be one array; its parts differ in shape"),
        (GREY.astype(int), r"`x` must be uint8, or float .* got int64: `x\.astype\('uint8'\)`"),
        (GREY > 9, r"`x` must be uint8, or float in \[0, 1\]; got bool\."),
        (GREY.astype(str), "`x` must be uint8, or float .* got <U"),
        (FLOATS.astype(complex), "`x` must be uint8, or float .* got complex128"),
        (with_value(np.nan), "`x` must be finite; example 7 holds NaN"),
        (with_value(np.inf), "`x` must be finite; example 7 holds"),
        (with_value(-np.inf), "`x` must be finite; example 7 holds"),
        (with_value(1.5), r"`x` must lie in \[0, 1\]; got 0\.5 to 1\.5"),
        (with_value(-0.25), r"`x` must lie in \[0, 1\]; got -0\.25 to 0\.5"),
        (GREY.astype(float), r"got 0 to 255: divide pixels of 0 to 255 by 255"),
    ],
)
def test_images_that_are_none_are_refused(x, message):
    labels = np.arange(len(x)) % 2
    with pytest.raises(ValueError, match=message):
        from_arrays(x, labels)
    with pytest.raises(ValueError, match=re.sub(r"`x\b", "`x_test", message)):
        from_arrays(GREY, LABELS, x_test=x, labels_test=labels)


def test_no_images_at_all():
    with pytest.raises(ValueError, match=r"`x` must have shape .* got \(\)"):
        from_arrays(None, [])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (LABELS[:-1], r"`labels` must have shape \(20,\), one label per example of `x`.*\(19,\)"),
        (LABELS[:, None], r"`labels` must have shape \(20,\).* got \(20, 1\)"),
        (np.eye(2)[LABELS], r"`labels` must have shape \(20,\).* got \(20, 2\)"),
        ([], r"`labels` must have shape \(20,\).* got \(0,\)"),
        ([[0], [0, 1]], "`labels` must be one array"),
        (LABELS * 1.0, "`labels` must be whole numbers from 0; got float64"),
        (LABELS == 0, "`labels` must be whole numbers from 0; got bool"),
        (np.where(LABELS, "cat", "dog"), r"got <U3: `np\.unique\(labels, return_inverse=True\)"),
        (LABELS - 1, "`labels` must be whole numbers from 0; got -1 to 0"),
        (LABELS + 1, "`labels` must use every number from 0 to 2; 0 is missing"),
        (LABELS * 10**9, "`labels` must use every number from 0 to 1000000000; 1 is missing"),
        (LABELS * 0 + 4, "`labels` must hold at least 2 classes; all are 4"),
        (np.r_[[0] * 19, 1], "at least 2 images of each class, .* class '1' has 1"),
    ],
)
def test_labels_that_are_none_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        from_arrays(GREY, labels)


def test_what_errors_advise_works():
    names = np.where(LABELS, "dog", "cat")
    numbers = np.unique(names, return_inverse=True)[1]
    assert np.bincount(from_arrays(GREY, numbers).labels_train).tolist() == [8, 8]
    assert from_arrays(GREY[..., 0][..., None], LABELS).input_shape == (8, 8, 1)
    assert from_arrays(GREY.astype(int).astype("uint8"), LABELS).input_shape == (8, 8, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"class_names": ["only"]}, r"`labels` must lie in 0 to 0 \(class names: 1\); got 0 to 1"),
        ({"class_names": ["a", "a"]}, "`class_names` must differ .* 'a' comes twice"),
        ({"class_names": "ab"}, "`class_names` must be a sequence"),
        ({"class_names": 2}, "`class_names` must be a sequence .* got 2"),
        ({"test_share": 1}, r"`test_share` must be a number in \(0, 1\); got 1"),
        ({"test_share": "a"}, r"`test_share` must be a number in \(0, 1\); got 'a'"),
        ({"seed": -1}, "`seed` must be a whole number"),
        ({"x_test": GREY}, "`x_test` and `labels_test` go together"),
        ({"labels_test": LABELS}, "`x_test` and `labels_test` go together"),
        ({"x_test": GREY, "labels_test": LABELS[1:]}, "`labels_test` .* example of `x_test`"),
        ({"x_test": GREY, "labels_test": LABELS * 1.0}, "`labels_test` must be whole numbers"),
        ({"x_test": GREY, "labels_test": LABELS + 1}, "`labels_test` must lie in 0 to 1 .* 1 to 2"),
        (
            {"x_test": GREY[:, 1:], "labels_test": LABELS},
            r"`x_test` must hold examples of shape \(8, 8, 1\) like `x_train`; got \(7, 8, 1\)",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        from_arrays(GREY, LABELS, **options)
