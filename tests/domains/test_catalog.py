"""Names lead to domains and pairs, wrong names to the right ones."""

import numpy as np
import pytest

from tlcourse.domains import (
    DataError,
    Domain,
    available,
    catalog,
    data_sets,
    domain_names,
    from_arrays,
    load_domain,
    load_pair,
)
from tlcourse.errors import UnknownName

ALWAYS = (
    "glyphs",
    "glyphs-textured",
    "handwritten",
    "letters",
    "doodles",
    "doodles-animals",
    "vowels",
)
REAL = {  # domain: the data set that it needs
    **{name: name for name in ("mnist", "fashion-mnist", "usps", "cifar10", "omniglot")},
    **{name: name for name in ("cats-vs-dogs", "flowers", "rt-polarity")},
    **{"mnist-textured": "mnist", "objects8": "cifar10", "cats-dogs": "cifar10"},
    "spoken-digits": "fsdd",
}


@pytest.fixture
def small(monkeypatch):
    """Two domains that cost nothing: 2×3 grey, and 5×4 in colour."""
    grey = np.arange(1, 25, dtype="uint8").reshape(4, 2, 3, 1)
    colour = np.full((4, 5, 4, 3), 100, "uint8")
    options = {"x_test": grey, "labels_test": [0, 1, 0, 1], "name": "grey"}
    makers = {
        "grey": lambda: from_arrays(grey, [0, 1, 0, 1], **options),
        "colour": lambda: from_arrays(colour, [0, 1, 0, 1], name="colour", test_share=0.5),
    }
    monkeypatch.setattr(catalog, "_MAKERS", {name: (make, None) for name, make in makers.items()})


@pytest.mark.parametrize("name", ALWAYS)
def test_every_domain_of_the_catalogue_is_whole(name):
    domain = load_domain(name)
    assert isinstance(domain, Domain)
    assert domain.name == name
    assert available(name) == (True, "")
    assert set(domain.labels_train) == set(domain.labels_test) == set(range(domain.n_classes))
    assert domain.x_train.min() >= 0
    assert domain.x_train.max() <= 1
    assert "not stated" not in (domain.licence, domain.source)


def test_the_names():
    assert domain_names()[: len(ALWAYS)] == ALWAYS
    assert set(REAL) <= set(domain_names())


def test_every_data_set_serves_a_domain():
    assert {needed for _, needed in catalog._MAKERS.values()} - {None} == set(data_sets())


@pytest.mark.parametrize(("name", "data_set"), REAL.items())
def test_real_data_that_is_not_here_is_one_line(name, data_set, cache):
    ok, how = available(name)
    assert not ok
    assert how.startswith(f"The data set '{data_set}' is not on this machine: ")
    assert f"`tlcourse data fetch {data_set}` fetches it" in how
    assert how.endswith("all else runs without it.")
    assert "\n" not in how
    with pytest.raises(DataError) as error:
        load_domain(name)
    assert str(error.value) == how
    with pytest.raises(DataError):
        load_pair(f"{name}->{name}")
    assert not cache.exists()


@pytest.mark.parametrize(
    "name",
    [
        *("mnist->usps", "usps->mnist", "mnist->mnist-textured", "objects8->cats-dogs"),
        *("omniglot->letters", "digits->spoken-digits", "speaker->speaker"),
    ],
)
def test_the_pairs_of_real_data_have_names(name, cache):
    with pytest.raises(DataError, match="`tlcourse data fetch "):
        load_pair(name)


@pytest.mark.parametrize("ask", [load_domain, available])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("glyph", r"Unknown domain 'glyph'\. Did you mean 'glyphs'"),
        ("Handwritten", "Did you mean 'handwritten'"),
        ("glyphs textured", "Did you mean 'glyphs-textured'"),
        ("zebra", r"Unknown domain 'zebra'\. Allowed: 'glyphs', 'glyphs-textured'"),
        ("", "Unknown domain ''"),
        (None, "Unknown domain None"),
        (["glyphs"], r"Unknown domain \['glyphs'\]\. Did you mean 'glyphs'"),
        (7, "Unknown domain 7"),
        (b"glyphs", "Unknown domain b'glyphs'"),
    ],
)
def test_an_unknown_name_gets_the_near_ones(ask, name, message):
    with pytest.raises(UnknownName, match=message):
        ask(name)


@pytest.mark.parametrize(
    "name", ["glyphs", "glyphs->letters->mnist", "glyphs handwritten", "", None, 3, ("a", "b")]
)
def test_a_pair_of_the_wrong_form(name):
    with pytest.raises(UnknownName, match="A pair is called 'source->target', such as") as error:
        load_pair(name)
    assert repr(name) in str(error.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("glyphs->handwriten", "'handwriten'. Did you mean 'handwritten'"),
        ("gliphs->handwritten", "'gliphs'. Did you mean 'glyphs'"),
        ("->handwritten", "Unknown domain ''"),
        ("glyphs->", "Unknown domain ''"),
    ],
)
def test_a_pair_with_an_unknown_name_is_told_before_anything_is_drawn(name, message, monkeypatch):
    def never():
        raise AssertionError("drawn for nothing")

    monkeypatch.setitem(catalog._MAKERS, "glyphs", (never, None))
    with pytest.raises(UnknownName, match=message):
        load_pair(name)


def test_the_main_pair():
    pair = load_pair("glyphs->handwritten")
    assert pair.name == "glyphs->handwritten"
    assert pair.source.input_shape == pair.target.input_shape == (28, 28, 1)
    assert pair.same_classes
    np.testing.assert_array_equal(pair.target.x_test, load_domain("handwritten").x_test)
    assert not load_pair(" letters -> handwritten ").same_classes


@pytest.mark.parametrize("name", ["glyphs->glyphs-textured", "glyphs-textured->glyphs"])
def test_grey_meets_colour(name):
    pair = load_pair(name)
    assert pair.name == name
    fitted = pair.source if pair.source.name == "glyphs" else pair.target
    assert pair.source.input_shape == pair.target.input_shape == (32, 32, 3)
    original = load_domain("glyphs")
    for part in ("x_train", "x_test"):
        x = getattr(fitted, part)
        for channel in range(3):
            np.testing.assert_array_equal(
                x[:, 2:30, 2:30, channel], getattr(original, part)[..., 0]
            )
        assert x.sum() == pytest.approx(3 * getattr(original, part).sum(), rel=1e-4)
    np.testing.assert_array_equal(fitted.labels_test, original.labels_test)
    assert fitted.licence == original.licence


def test_odd_differences_are_padded_all_around(small):
    source = load_pair("grey->colour").source
    original = load_domain("grey")
    assert source.input_shape == (5, 4, 3)
    np.testing.assert_array_equal(source.x_train[:, 1:3, 0:3, 2], original.x_train[..., 0])
    np.testing.assert_allclose(source.x_train.sum(), 3 * original.x_train.sum(), rtol=1e-6)


def test_each_side_may_be_the_larger_one(small, monkeypatch):
    wide = np.zeros((4, 1, 9, 1), "uint8")
    monkeypatch.setitem(
        catalog._MAKERS,
        "wide",
        (lambda: from_arrays(wide, [0, 1, 0, 1], test_share=0.5), None),
    )
    pair = load_pair("wide->grey")
    assert pair.source.input_shape == pair.target.input_shape == (2, 9, 1)


def test_a_small_colour_image_keeps_its_three_channels(small, monkeypatch):
    wide = np.zeros((4, 6, 6, 1), "uint8")
    monkeypatch.setitem(
        catalog._MAKERS,
        "wide",
        (lambda: from_arrays(wide, [0, 1, 0, 1], test_share=0.5), None),
    )
    pair = load_pair("colour->wide")
    assert pair.source.input_shape == pair.target.input_shape == (6, 6, 3)
    np.testing.assert_array_equal(pair.source.x_train[:, 0:5, 1:5], load_domain("colour").x_train)
