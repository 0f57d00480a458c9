"""Sentences from film reviews, positive and negative."""

import re

import numpy as np

from tlcourse.domains.domain import Domain, stratified_split
from tlcourse.domains.files import DataError, files_of, read_members

_ENDINGS = (".neg", ".pos")  # in the order of the labels
_SHARE_TEST = 0.25
# The mirror's form is UTF-8. The original is Windows-1252, of which few bytes are valid UTF-8;
# Latin-1 accepts the five bytes that Windows-1252 leaves undefined.
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")


def rt_polarity():
    """Return 10,662 sentences from film reviews, half of them praise, as a domain of texts.

    Words and punctuation are separated and in lower case, as published. A quarter of each class is
    held out for testing. Sentences that differ only in punctuation and spaces, of which there are
    two pairs, are on the same side, so that no test sentence occurs in training.

    Returns:
        `Domain` of texts with the classes negative and positive.

    Raises:
        DataError: if it is not on this machine, or the archive is damaged or not text.

    Reference:
        Pang & Lee, "Seeing stars: Exploiting class relationships for sentiment categorization
        with respect to rating scales", ACL 2005.
    """
    (path,) = files_of("rt-polarity")
    sentences = _read(path)
    texts = np.array(sentences[0] + sentences[1])
    labels = np.repeat([0, 1], [len(each) for each in sentences])
    train, test = _split_equals_together(texts, labels)
    return Domain(
        name="rt-polarity",
        x_train=texts[train],
        labels_train=labels[train],
        x_test=texts[test],
        labels_test=labels[test],
        class_names=("negative", "positive"),
        licence="research use",
        source="Sentence polarity 1.0 (Pang & Lee 2005)",
    )


def _split_equals_together(texts, labels):
    letters = [re.sub(r"\W", "", text) for text in texts]
    _, first, group = np.unique(letters, return_index=True, return_inverse=True)
    parts = stratified_split(labels[first], _SHARE_TEST, seed=0)
    rng = np.random.default_rng(0)  # mix the classes, as in every other split
    return [rng.permutation(np.flatnonzero(np.isin(group, part))) for part in parts]


def _read(path):
    """Return the sentences of the two files, the negative first."""
    found = {
        name[-4:]: _lines(path, name, content)
        for name, content in read_members(path, lambda name: name.endswith(_ENDINGS))
    }
    for ending in _ENDINGS:
        if len(found.get(ending, ())) < 2:
            raise DataError(f"{path} holds no sentences in a file *{ending}; fetch it again.")
    return [found[ending] for ending in _ENDINGS]


def _lines(path, name, content):
    if b"\0" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(
            f"{path} holds {name} in an encoding that is neither UTF-8 nor Latin-1 (UTF-16, or no "
            "text at all); fetch it again."
        )
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    # Not splitlines: it also splits at characters within a sentence, such as U+0085.
    return [line.strip() for line in text.split("\n") if line.strip()]
