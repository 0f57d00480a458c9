"""The language model: looks back only, learns what follows what, and writes it."""

import sys
from importlib.util import find_spec

import keras
import numpy as np
import pytest

from tlcourse.backbones.text.causal_lm import (
    causal_lm,
    load_causal_lm,
    save_causal_lm,
    train_causal_lm,
    unigram_perplexity,
)
from tlcourse.backbones.text.language_model import LanguageModel
from tlcourse.domains import load_domain
from tlcourse.errors import CourseError
from tlcourse.training import predict

needs_hub = pytest.mark.skipif(
    find_spec("keras_hub") is None,
    reason="KerasHub is not installed: pip install 'tlcourse[text]'",
)
SMALL = {"length": 8, "width": 16, "n_layers": 1, "n_heads": 2, "dropout": 0.0}
RHYME = ["one two three four", "two four six"] * 40


@pytest.fixture(scope="module")
def trained():
    return train_causal_lm(RHYME, seed=3, epochs=60, batch_size=8, **SMALL)


@pytest.fixture
def untrained():
    return LanguageModel(causal_lm(5, **SMALL), ["<end>", "<unknown>", "good", "film", "."])


@needs_hub
def test_it_looks_back_and_never_ahead(rng):
    model = causal_lm(30, **SMALL)
    ids = rng.integers(30, size=(4, 8)).astype("int32")
    changed = ids.copy()
    changed[:, 5] = (ids[:, 5] + 1) % 30
    before, after = predict(model, ids), predict(model, changed)
    assert before.shape == (4, 8, 30)
    np.testing.assert_allclose(after[:, :5], before[:, :5], atol=1e-5)
    assert (np.abs(after[:, 5:] - before[:, 5:]).max(axis=(0, 2)) > 1e-3).all()


@needs_hub
def test_it_is_small():
    assert causal_lm(4000).count_params() <= 1_500_000


@needs_hub
def test_texts_become_one_row_cut_into_pieces(untrained):
    texts = ["Good, good film.", "good"]
    row = untrained.tokens(texts)
    assert row.tolist() == [0, 2, 1, 2, 3, 4, 0, 2, 0]
    x, y = untrained.blocks(texts)
    assert (x.tolist(), y.tolist()) == ([row[:8].tolist()], [row[1:].tolist()])
    x, y = untrained.blocks(["good"])
    assert (x.tolist(), y.tolist()) == ([[0, 2]], [[2, 0]])


@needs_hub
def test_perplexity_is_that_of_the_mean_log_probability(untrained):
    texts = ["good film .", "film film good bad", "a film ."]
    x, y = untrained.blocks(texts)
    logits = predict(untrained.model, x).astype("float64")
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    mean = np.take_along_axis(log_p, y[..., None].astype(int), -1).mean()
    assert untrained.perplexity(texts) == pytest.approx(np.exp(-mean), rel=1e-4)


@needs_hub
def test_the_baseline_counts_words_by_hand(untrained):
    # Behind the first end come: good film <end> good <end>; with one more each, of 10 in all.
    known, texts = ["good film", "good"], ["film good"]
    p = {0: 3 / 10, 1: 1 / 10, 2: 3 / 10, 3: 2 / 10, 4: 1 / 10}
    expected = (p[3] * p[2] * p[0]) ** (-1 / 3)
    assert unigram_perplexity(untrained, known, texts) == pytest.approx(expected)


@needs_hub
def test_it_learns_what_follows_what(trained):
    assert trained.perplexity(RHYME) < 2 < unigram_perplexity(trained, RHYME, RHYME)


@needs_hub
def test_it_writes_on_until_an_end(trained):
    assert trained.generate("two four", seed=0, temperature=0.1) == "two four six"
    assert trained.generate("one two three", seed=0, k=1) == "one two three four"
    assert trained.generate(seed=4) == trained.generate(seed=4)
    assert len({trained.generate(seed=seed, temperature=2.0) for seed in range(8)}) > 1


@needs_hub
def test_it_never_writes_the_unknown_and_stops_where_it_cannot_look(untrained):
    for seed in range(5):
        text = untrained.generate("good zebra", seed=seed, temperature=50.0, k=5)
        assert text.startswith("good")
        assert "<" not in text
        assert len(text.split()) <= 7
    with pytest.raises(ValueError, match="`prompt` must have fewer than 7 words; got 7"):
        untrained.generate("good " * 7, seed=0)


@needs_hub
def test_the_seed_decides(trained):
    def weights(seed):
        made = train_causal_lm(RHYME, seed=seed, epochs=1, **SMALL)
        return np.concatenate([weight.ravel() for weight in made.model.get_weights()])

    np.testing.assert_array_equal(weights(1), weights(1))
    assert not np.array_equal(weights(1), weights(2))


@needs_hub
def test_rare_words_are_one():
    model = train_causal_lm(["a a a b b c"], seed=0, n_words=4, epochs=1, **SMALL)
    assert model.vocabulary == ["<end>", "<unknown>", "a", "b"]
    with pytest.raises(ValueError, match="`texts` must contain words"):
        train_causal_lm([" "], seed=0)


@needs_hub
def test_it_comes_back_from_disk(trained, tmp_path):
    path = tmp_path / "lm.npz"
    save_causal_lm(path, trained)
    loaded = load_causal_lm(path)
    assert loaded.vocabulary == trained.vocabulary
    assert loaded.perplexity(RHYME) == pytest.approx(trained.perplexity(RHYME), rel=1e-2)
    assert loaded.generate("two four", seed=0, k=1) == "two four six"


@needs_hub
@pytest.mark.parametrize("content", [b"", b"<html>", None])
def test_a_damaged_file_is_named(trained, tmp_path, content):
    path = tmp_path / "lm.npz"
    save_causal_lm(path, trained)
    path.write_bytes(path.read_bytes()[:-300] if content is None else content)
    with pytest.raises(CourseError, match=r"lm\.npz is damaged, or not a language model"):
        load_causal_lm(path)


def test_without_kerashub_one_line_says_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    with pytest.raises(CourseError, match=r"'keras_hub'.*`pip install 'tlcourse\[text\]'`"):
        causal_lm(10)


@needs_hub
@pytest.mark.slow
def test_film_reviews_are_less_surprising_than_their_words_alone(shared_data, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    domain = load_domain("rt-polarity")
    known, texts = domain.x_train[:4000], domain.x_test[:500]
    model = train_causal_lm(known, seed=0, n_words=2000, epochs=3, batch_size=16, width=64)
    assert model.perplexity(texts) < 0.8 * unigram_perplexity(model, known, texts)


@needs_hub
def test_a_clone_has_one_table_too():
    model = causal_lm(9, length=6, width=8, n_layers=1, n_heads=2)
    clone = keras.models.clone_model(model)
    assert [w.shape for w in clone.weights] == [w.shape for w in model.weights]
    clone.set_weights(model.get_weights())
    words = np.array([[1, 2, 3, 4]])
    np.testing.assert_allclose(clone(words), model(words), rtol=1e-5, atol=1e-6)
    before = np.asarray(clone(words))
    table = clone.get_layer("embedding").embeddings
    table.assign(2 * table)
    assert not np.allclose(before, clone(words))
    tied = [w for w in clone.weights if w.shape == (9, 8)]
    assert len(tied) == 1


@needs_hub
def test_a_language_model_is_adapted_and_stays_as_it_was():
    texts = ["one two three four five six"] * 40
    model = train_causal_lm(
        ["six five four three two one"] * 40, seed=0, n_words=10, epochs=4, length=6, width=16
    )
    before = [np.array(w) for w in model.model.get_weights()]
    start = model.perplexity(texts)
    adapted = model.adapt(texts, epochs=6, learning_rate=1e-2, seed=1)
    assert adapted.perplexity(texts) < 0.5 * start
    assert model.perplexity(texts) == pytest.approx(start)
    for a, b in zip(before, model.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert adapted.vocabulary == model.vocabulary
    with pytest.raises(ValueError, match="`texts` must contain words"):
        model.adapt(["", "  "])
    with pytest.raises(ValueError, match="`epochs` must be"):
        model.adapt(texts, epochs=0)
