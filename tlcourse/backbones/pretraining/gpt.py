"""Pretrain the course's small language model."""

import time

import numpy as np

from tlcourse.backbones.pretraining.card import measured, write_card
from tlcourse.backbones.text import (
    load_causal_lm,
    save_causal_lm,
    train_causal_lm,
    unigram_perplexity,
)
from tlcourse.domains import load_domain

_EPOCHS = 6


def pretrain_gpt(folder, *, epochs=None, seed=0, verbose=2):
    """Train a small GPT on film reviews, and measure how well it guesses unseen ones.

    It sees only training sentences, without labels.

    Args:
        folder: `Path` for `gpt.npz` and `gpt.md`.
        epochs: int, passes over the sentences; by default 6.
        seed: int.
        verbose: as in `keras.Model.fit`.

    Returns:
        `Pretrained`; its accuracy is the share of next words that the model ranks first.

    Raises:
        CourseError: if KerasHub is not installed.
        DataError: if the reviews are not on this machine.
    """
    domain = load_domain("rt-polarity")
    known, unseen = domain.x_train.tolist(), domain.x_test.tolist()
    epochs = epochs or _EPOCHS
    begin = time.perf_counter()
    trained = train_causal_lm(known, seed=seed, epochs=epochs, verbose=verbose)
    seconds = time.perf_counter() - begin
    weights = folder / "gpt.npz"
    save_causal_lm(weights, trained)
    stored = load_causal_lm(weights)
    right, n = _right(stored, unseen)
    n_blocks = sum(layer.name.startswith("block") for layer in stored.model.layers)
    by_frequency = unigram_perplexity(stored, known, unseen)
    done = measured(weights, right, n, seconds)
    write_card(
        done,
        {
            "what": f"GPT of {n_blocks} blocks, "
            f"{trained.model.count_params():,} parameters, {len(trained.vocabulary):,} words, "
            f"looks {trained.length} words back, half precision",
            "data": f"{domain.name}: {len(known):,} sentences, their labels unused; "
            f"{domain.source}",
            "licence of the data": domain.licence,
            "recipe": f"`tlcourse pretrain gpt --seed {seed}`: {epochs} epochs of Adam (2e-3 with "
            "warm-up and cosine, batches of 32 pieces of text, dropout 0.1)",
            "seed": seed,
            "accuracy": f"of {n:,} next words of unseen sentences guessed; perplexity "
            f"{stored.perplexity(unseen):.0f}, against {by_frequency:.0f} by how often each "
            "word comes",
            "time": f"{seconds / 60:.1f} minutes on a CPU",
            "limits": "It writes like a film review before 2005 and knows nothing: what it says is "
            "neither true nor meant, and the reviewers' prejudices are in it.",
        },
    )
    return done


def _right(language_model, texts):
    """Return how many next words are the likeliest one, and how many there are."""
    x, y = language_model.blocks(texts)
    right = 0
    for begin in range(0, len(x), 64):  # all logits at once would take a gigabyte
        part = slice(begin, begin + 64)
        scores = language_model.model.predict_on_batch(x[part])
        right += int((np.asarray(scores).argmax(axis=-1) == y[part]).sum())
    return right, y.size
