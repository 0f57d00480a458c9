"""Opinions about kitchen appliances and about books, written for the course."""

import csv

import numpy as np

from tlcourse.domains.domain import Domain, stratified_split
from tlcourse.domains.files import data_folder

_CLASSES = ("negative", "positive")
_SHARE_TEST = 0.25


def reviews_a():
    """Return short opinions about kitchen appliances: sharp knives, kettles that leak.

    Returns:
        `Domain` of texts with the classes negative and positive, a quarter held out for testing.
    """
    return _domain("reviews-a")


def reviews_b():
    """Return short opinions about books: gripping stories, plots that are predictable.

    Its words of praise differ from those of the kitchen, and some change sides: a predictable
    waffle iron is a good one.

    Returns:
        `Domain` of texts with the classes negative and positive, a quarter held out for testing.
    """
    return _domain("reviews-b")


def _domain(name):
    with (data_folder() / "reviews.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["domain"] == name]
    texts = np.array([row["text"] for row in rows])
    labels = np.array([_CLASSES.index(row["label"]) for row in rows])
    train, test = stratified_split(labels, _SHARE_TEST, seed=0)
    return Domain(
        name=name,
        x_train=texts[train],
        labels_train=labels[train],
        x_test=texts[test],
        labels_test=labels[test],
        class_names=_CLASSES,
        licence="MIT",
        source="written for the course",
    )
