"""Pretrain the course's word vectors."""

import time

import numpy as np

from tlcourse.backbones.pretraining.card import measured, write_card
from tlcourse.backbones.text import load_words, save_words, train_words, word_encoder
from tlcourse.domains import load_domain

_EPOCHS = 30


def pretrain_words(folder, *, epochs=None, seed=0):
    """Train word vectors on film reviews, and measure what a probe on them knows.

    The vectors are trained on training sentences only, without labels. The probe is logistic
    regression on a sentence's standardised mean vector.

    Args:
        folder: `Path` for `words.npz` and `words.md`.
        epochs: int, passes over the sentences; by default 30.
        seed: int.

    Returns:
        `Pretrained`.

    Raises:
        CourseError: if gensim is not installed.
        DataError: if the reviews are not on this machine.
    """
    domain = load_domain("rt-polarity")
    epochs = epochs or _EPOCHS
    begin = time.perf_counter()
    vocabulary, vectors = train_words(domain.x_train.tolist(), seed=seed, epochs=epochs)
    seconds = time.perf_counter() - begin
    weights = folder / "words.npz"
    save_words(weights, vocabulary, vectors)
    n = len(domain.x_test)
    done = measured(weights, _right(load_words(weights), domain), n, seconds)
    rng = np.random.default_rng(seed)
    random = word_encoder(vocabulary, rng.normal(size=vectors.shape))
    write_card(
        done,
        {
            "what": f"Word2Vec, {len(vocabulary):,} words in {vectors.shape[1]} dimensions, half "
            "precision",
            "data": f"{domain.name}: {len(domain.x_train):,} sentences, their labels unused; "
            f"{domain.source}",
            "licence of the data": domain.licence,
            "recipe": f"`tlcourse pretrain words --seed {seed}`: skip-gram, 5 negative samples, "
            f"window 15, {epochs} epochs (gensim)",
            "seed": seed,
            "accuracy": f"of a probe on {n:,} test sentences, positive against negative; random "
            f"vectors of the same words give {_right(random, domain) / n:.1%}",
            "time": f"{seconds:.0f} seconds, on one core",
            "limits": "English of film reviews before 2005; one vector a word, whatever it means "
            "where it stands; the reviewers' prejudices are in it.",
        },
    )
    return done


def _right(encoder, domain):
    """Return how many test sentences a probe on an encoder's features tells rightly."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = encoder(domain)
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    probe.fit(features.x_train, features.labels_train)
    return int((probe.predict(features.x_test) == features.labels_test).sum())
