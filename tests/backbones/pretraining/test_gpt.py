"""The language model of the course: trained by a command, measured, and what its card says."""

import hashlib
import time
from importlib.util import find_spec

import numpy as np
import pytest

from tlcourse.backbones import load_causal_lm, pretrain
from tlcourse.backbones.pretraining.gpt import pretrain_gpt
from tlcourse.domains import Domain, data_folder

pytestmark = pytest.mark.skipif(
    find_spec("keras_hub") is None,
    reason="KerasHub is not installed: pip install 'tlcourse[text]'",
)
RHYME = "one two three four five six seven eight nine ten and one and two and three and four"


@pytest.fixture
def rhymes(monkeypatch):
    """One rhyme, over and over: each word but "and" tells the next."""
    texts, labels = np.array([RHYME] * 60), np.arange(60) % 2
    domain = Domain(
        name="rhymes",
        x_train=texts[:40],
        labels_train=labels[:40],
        x_test=texts[40:],
        labels_test=labels[40:],
        class_names=("negative", "positive"),
    )
    monkeypatch.setitem(pretrain_gpt.__globals__, "load_domain", {"rt-polarity": domain}.get)
    return domain


def test_the_weights_and_their_card_are_written_and_measured(rhymes, tmp_path):
    done = pretrain("gpt", tmp_path, epochs=60, seed=3, verbose=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gpt.md", "gpt.npz"]
    _, y = load_causal_lm(done.weights).blocks(rhymes.x_test)
    card = done.card.read_text(encoding="utf-8")
    for part in (
        "GPT of 2 blocks",
        "40 sentences, their labels unused",
        "60 epochs",
        f"of {y.size:,} next words",
        f"{done.accuracy:.1%} [{done.interval[0]:.1%}, {done.interval[1]:.1%}]",
        hashlib.sha256(done.weights.read_bytes()).hexdigest(),
    ):
        assert part in card
    # Of 19 next words, those after "and" are told only by how far the rhyme is.
    assert 0.75 < done.accuracy <= 1


def test_an_untrained_one_guesses_little(rhymes, tmp_path):
    assert pretrain("gpt", tmp_path, epochs=1, verbose=0).accuracy < 0.5


def test_what_is_shipped_is_what_its_card_describes():
    content = (data_folder() / "gpt.npz").read_bytes()
    card = (data_folder() / "gpt.md").read_text(encoding="utf-8")
    assert hashlib.sha256(content).hexdigest() in card
    begin = time.perf_counter()
    language_model = load_causal_lm()
    assert time.perf_counter() - begin <= 5  # KerasHub's own import included
    assert f"{language_model.model.count_params():,} parameters" in card
    assert f"{len(language_model.vocabulary):,} words" in card
    text = language_model.generate("the film is", seed=0)
    assert text.startswith("the film is ")
    assert len(text.split()) > 4
