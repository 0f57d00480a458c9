"""Synthetic vowels: the resonances are where they should be, and voices are whole."""

import numpy as np
import pytest

from tlcourse.domains import load_domain
from tlcourse.domains.sound.vowels import MEANS, WORDS, speak, vowels
from tlcourse.domains.sound.wav import RATE


@pytest.fixture(scope="module")
def few():
    return vowels(speakers=9, takes=1)


@pytest.mark.parametrize("kind", MEANS)
@pytest.mark.parametrize("word", ["heed", "had", "hid"])
def test_the_loudest_places_are_the_formants(kind, word):
    label = WORDS.index(word)
    _, *formants = (row[label] for row in MEANS[kind])
    # A low pitch, so that its overtones lie close and show the resonances.
    wave = speak(50.0, formants, np.random.default_rng(0))
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    places = np.fft.rfftfreq(len(wave), 1 / RATE)
    smooth = np.convolve(power, np.ones(60) / 60, mode="same")
    for formant in formants[:2]:
        near = np.abs(places - formant) < 250
        loudest = places[near][np.argmax(smooth[near])]
        assert abs(loudest - formant) < 130
    assert np.abs(wave).max() == 1


def test_voices_are_in_train_or_in_test(few):
    assert few.class_names == WORDS
    assert few.x_train.shape == (60, 28, 28, 1)
    assert set(few.groups_test) == {"man-02", "woman-02", "child-02"}
    assert not set(few.groups_train) & set(few.groups_test)
    assert np.bincount(few.labels_test).tolist() == [3] * 10


def test_the_seed_decides(few):
    again, other = vowels(speakers=9, takes=1), vowels(speakers=9, takes=1, seed=1)
    np.testing.assert_array_equal(few.x_train, again.x_train)
    assert (few.x_train != other.x_train).any()


def test_one_vowel_of_children_lies_higher_than_that_of_men():
    domain = load_domain("vowels")
    x = np.concatenate([domain.x_train, domain.x_test])[..., 0]
    labels = np.concatenate([domain.labels_train, domain.labels_test])
    kinds = np.array([g[:3] for g in [*domain.groups_train, *domain.groups_test]])
    rows = np.arange(28)[::-1]  # the first row is the highest band

    def centre(kind):
        power = x[(kinds == kind) & (labels == WORDS.index("hid"))].mean(axis=(0, 2))
        return (power * rows).sum() / power.sum()

    assert centre("chi") > centre("wom") > centre("man")
    assert len(x) == 36 * 10 * 3


def test_it_can_be_told_what_was_said():
    from tlcourse.strategies import ridge_probe

    domain = load_domain("vowels")
    train, test = (each.reshape(len(each), -1) for each in (domain.x_train, domain.x_test))
    assert ridge_probe(train, domain.labels_train).score(test, domain.labels_test) > 0.5


def test_kinds_of_voices_are_domains_of_their_own(few):
    child = load_domain("vowels", speakers=9, takes=1, voices="child")
    for part in ("train", "test"):
        mask = np.char.startswith(getattr(few, f"groups_{part}"), "child")
        for kind in ("x", "labels", "groups"):
            whole = getattr(few, f"{kind}_{part}")
            np.testing.assert_array_equal(getattr(child, f"{kind}_{part}"), whole[mask])
    assert len(vowels(speakers=9, takes=1, voices=("man", "woman")).x_test) == 20


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"voices": ("men",)}, "`voices` must be one of 'man', 'woman', 'child'; got 'men'"),
        ({"voices": ()}, "`voices` must be a list of one or more kinds of voice"),
        ({"voices": 3}, "`voices` must be a list"),
        ({"speakers": 10}, "`speakers` must be a multiple of 3, as many of each; got 10"),
    ],
)
def test_voices_that_cannot_be(settings, said):
    with pytest.raises(ValueError, match=said):
        vowels(**settings)


@pytest.mark.parametrize("settings", [{"speakers": 8}, {"takes": 0}, {"seed": -1}])
def test_numbers_that_cannot_be(settings):
    with pytest.raises(ValueError, match="must be a whole number"):
        vowels(**settings)
