"""Word vectors: learned the same each time, stored small, averaged over what a text says."""

import io
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tlcourse.backbones import load_words, save_words, train_words, word_encoder
from tlcourse.backbones.text.words import words_of
from tlcourse.domains import load_domain, load_pair
from tlcourse.errors import CourseError
from tlcourse.strategies import FineTune, LinearProbe

WORDS = ["good", "bad", "n'est", "été"]
VECTORS = np.array([[1, 0.5, 0], [-1, 0, 0.25], [0, 0, 8], [0, 4, 0]], "float32")
TALK = ["the soup needs salt", "salt the soup", "my rook took a bishop", "bishop and rook"] * 30

needs_gensim = pytest.mark.skipif(
    find_spec("gensim") is None,
    reason="gensim is not installed: pip install 'tlcourse[text]'",
)


@pytest.fixture
def encoder():
    return word_encoder(WORDS, VECTORS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's GOOD , isn't it ?", ["it's", "good", "isn't", "it"]),
        ("'quoted' words-with 3d 100 _marks_", ["quoted", "words", "with", "d", "marks"]),
        ("l’été n'est pas fini", ["l’été", "n'est", "pas", "fini"]),
        ("9/10 ...", []),
    ],
)
def test_words_of(text, words):
    assert words_of(text) == words


def test_a_text_is_the_mean_of_its_known_words(encoder):
    features = encoder(["Good, bad!", "good good bad unknown", "ÉTÉ", "n'est", "unknown", "42"])
    expected = [[0, 0.25, 0.125], [1 / 3, 1 / 3, 1 / 12], [0, 4, 0], [0, 0, 8], [0] * 3, [0] * 3]
    np.testing.assert_allclose(features, expected, atol=1e-6)


def test_tokens_are_filled_up_to_the_longest(encoder):
    tokens = encoder.tokens(np.array(["good bad good", "bad", "none known"]))
    assert tokens.dtype == "int32"
    np.testing.assert_array_equal(tokens, [[2, 3, 2], [3, 0, 0], [1, 0, 0]])


def test_a_domain_and_a_pair_become_tokens_of_one_length(encoder):
    domain = load_domain("reviews-a")
    tokens = encoder.tokens(domain)
    every = [*domain.x_train, *domain.x_test]
    assert tokens.input_shape == (max(len(row) for row in encoder.tokenise(every)),)
    np.testing.assert_array_equal(tokens.labels_test, domain.labels_test)
    pair = encoder.tokens(load_pair("reviews-a->reviews-b"))
    assert pair.source.input_shape == pair.target.input_shape
    np.testing.assert_allclose(encoder(domain).x_test, encoder(list(domain.x_test)), atol=1e-6)
    assert encoder(domain).input_shape == (3,)


@pytest.mark.parametrize("data", ["one text", [], [3, 4], ["a", None], None, np.zeros((2, 2))])
def test_what_is_no_list_of_texts_is_refused(encoder, data):
    with pytest.raises(ValueError, match="`data` must be texts: a list of at least one str"):
        encoder.tokens(data)


def test_pictures_are_no_texts(encoder):
    with pytest.raises(ValueError, match="`data` must be texts"):
        encoder(load_domain("handwritten"))


@pytest.mark.parametrize("vectors", [VECTORS[:3], VECTORS[0], np.zeros((0, 3))])
def test_one_vector_for_each_word(vectors):
    with pytest.raises(ValueError, match=r"`vectors` must have shape \(4, d\).*; got \("):
        word_encoder(WORDS, vectors)


def test_strategies_take_tokens_as_they_take_images(rng):
    domain = load_domain("reviews-a")
    words = sorted({word for text in domain.x_train for word in words_of(text)})
    encoder = word_encoder(words, rng.normal(size=(len(words), 16)))
    before = encoder.backbone.get_weights()[0]
    tokens = encoder.tokens(domain)
    probe = LinearProbe(encoder.backbone, steps=60).fit(tokens, seed=0)
    tuned = FineTune(encoder.backbone, steps=150, learning_rate=0.01).fit(tokens, seed=0)
    np.testing.assert_array_equal(probe.backbone.get_weights()[0], before)
    np.testing.assert_array_equal(encoder.backbone.get_weights()[0], before)
    moved = np.abs(tuned.backbone.get_weights()[0] - before).max(axis=1)
    assert moved[0] == 0  # the padding, which no average takes in
    assert np.median(moved[2:]) > 0
    assert tuned.target_accuracy > 0.8


@needs_gensim
def test_words_met_alike_get_vectors_alike(rng):
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    sentences = [
        " ".join("xy"[number % 2] + letters[rng.integers(26, size=8)].astype(object))
        for number in range(600)
    ]
    vocabulary, vectors = train_words(sentences, seed=1, dimensions=16, epochs=500)
    assert (vectors.shape, vectors.dtype) == ((52, 16), "float32")
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    first = np.array([word.startswith("x") for word in vocabulary])
    alike = unit @ unit.T
    assert alike[first][:, first].min() > alike[first][:, ~first].max() + 0.3


@needs_gensim
def test_the_seed_decides_whatever_python_hashes():
    vocabulary, vectors = train_words(TALK, seed=1, dimensions=4, epochs=2)
    code = (
        "import sys; from tlcourse.backbones import train_words; "
        "from test_words import TALK; words, vectors = train_words(TALK, seed=1, dimensions=4, "
        "epochs=2); print(words, vectors.tobytes().hex())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    words, values = run.stdout.rsplit(maxsplit=1)
    assert words == str(vocabulary)
    np.testing.assert_array_equal(np.frombuffer(bytes.fromhex(values), "float32"), vectors.ravel())
    assert not np.array_equal(train_words(TALK, seed=2, dimensions=4, epochs=2)[1], vectors)


@needs_gensim
@pytest.mark.parametrize("sentences", [[], ["all words differ"], ["1 2 3"]])
def test_no_word_that_comes_twice(sentences):
    with pytest.raises(ValueError, match="`sentences` must contain words that occur twice"):
        train_words(sentences, seed=0)


def test_without_gensim_one_line_says_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim", None)
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(CourseError, match=r"package 'gensim'.*`pip install 'tlcourse\[text\]'`"):
        train_words(TALK, seed=0)


def test_vectors_come_back_from_disk_in_half_precision(tmp_path, encoder):
    path = tmp_path / "words.npz"
    save_words(path, WORDS, VECTORS + 1 / 3)
    with np.load(path, allow_pickle=False) as stored:
        assert (stored["vectors"].dtype, stored["vocabulary"].dtype.kind) == ("float16", "U")
    loaded = load_words(path)
    texts = ["good bad", "n'est pas", "été"]
    assert loaded.tokens(texts).tolist() == encoder.tokens(texts).tolist()
    np.testing.assert_allclose(loaded(texts), encoder(texts) + 1 / 3, rtol=1e-3)


def test_the_vectors_that_come_with_the_course_or_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setattr("tlcourse.backbones.text.words.data_folder", lambda: tmp_path)
    with pytest.raises(
        CourseError, match=r"no word vectors at .*words.npz: train them with `tlcourse pretrain"
    ):
        load_words()
    save_words(tmp_path / "words.npz", WORDS, VECTORS)
    assert load_words()(["good"]).tolist() == [[1, 0.5, 0]]


def _npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _zip_of_text(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("vocabulary.npy", "no array")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:200]), id="cut"),
        pytest.param(lambda path: path.write_text("<html>"), id="web page"),
        pytest.param(lambda path: np.savez(path, vectors=VECTORS), id="no words"),
        pytest.param(lambda path: save_words(path, WORDS[:2], VECTORS), id="too few words"),
        pytest.param(lambda path: path.write_bytes(_npy(VECTORS)), id="one array"),
        pytest.param(_zip_of_text, id="zip of text"),
        pytest.param(
            lambda path: np.savez(path, vocabulary=np.array(WORDS, object), vectors=VECTORS),
            id="pickle",
        ),
    ],
)
def test_a_damaged_file_is_named(tmp_path, spoil):
    path = tmp_path / "words.npz"
    save_words(path, WORDS, VECTORS)
    spoil(path)
    with pytest.raises(CourseError, match=r"words.npz is damaged, or has no word vectors"):
        load_words(path)
