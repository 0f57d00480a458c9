"""The word vectors of the course: trained by a command, measured, and what their card says."""

import hashlib
from importlib.util import find_spec

import numpy as np
import pytest

from tlcourse.backbones import load_words, pretrain
from tlcourse.backbones.pretraining.words import pretrain_words
from tlcourse.domains import Domain, data_folder

GOOD = ("a warm and moving story", "warm acting and a moving end", "moving and warm to the end")
BAD = ("a dull and empty story", "dull acting and an empty end", "empty and dull to the end")


@pytest.fixture
def tiny(monkeypatch):
    """Sentences whose words tell the class, forty times each."""
    if find_spec("gensim") is None:
        pytest.skip("gensim: pip install 'tlcourse[text]'")
    texts, labels = np.array((*GOOD, *BAD) * 40), np.array([1, 1, 1, 0, 0, 0] * 40)
    domain = Domain(
        name="tiny",
        x_train=texts[:180],
        labels_train=labels[:180],
        x_test=texts[180:],
        labels_test=labels[180:],
        class_names=("negative", "positive"),
    )
    monkeypatch.setitem(pretrain_words.__globals__, "load_domain", {"rt-polarity": domain}.get)
    return domain


def test_the_vectors_and_their_card_are_written(tiny, tmp_path):
    done = pretrain("words", tmp_path / "new", epochs=2)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["words.md", "words.npz"]
    card = done.card.read_text(encoding="utf-8")
    for part in ("180 sentences, their labels unused", "2 epochs", "on 60 test sentences"):
        assert part in card
    assert hashlib.sha256(done.weights.read_bytes()).hexdigest() in card
    assert f"{done.accuracy:.1%} [{done.interval[0]:.1%}, {done.interval[1]:.1%}]" in card
    features = load_words(done.weights)(["a moving story", "nothing known here"])
    assert features.shape == (2, 100)
    assert features[0].any()


def test_a_seed_makes_them_the_same(tiny, tmp_path):
    one, same, other = (
        load_words(pretrain("words", tmp_path / str(i), epochs=1, seed=seed).weights)
        for i, seed in enumerate((1, 1, 2))
    )
    np.testing.assert_array_equal(one(list(GOOD)), same(list(GOOD)))
    assert not np.allclose(one(list(GOOD)), other(list(GOOD)))


def cosine(a, b):
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


def test_what_is_shipped_is_what_its_card_describes():
    content = (data_folder() / "words.npz").read_bytes()
    card = (data_folder() / "words.md").read_text(encoding="utf-8")
    assert hashlib.sha256(content).hexdigest() in card
    encoder = load_words()
    known = encoder.backbone.get_layer("vectors").input_dim - 2  # without padding and no word
    assert f"{known:,} words" in card
    funny, amusing, war = encoder(["funny", "amusing", "war"])
    assert cosine(funny, amusing) > cosine(funny, war) + 0.1


def test_all_that_is_shipped_is_small():
    assert sum(path.stat().st_size for path in data_folder().rglob("*")) <= 25e6
