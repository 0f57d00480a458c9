"""Opinions on two kinds of products: easy within one, harder from one to the other."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from tlcourse.domains import Domain, available, load_domain, load_pair

NAMES = ["reviews-a", "reviews-b"]


@pytest.mark.parametrize("name", NAMES)
def test_each_holds_at_least_150_different_opinions_of_each_class(name):
    domain = load_domain(name)
    assert isinstance(domain, Domain)
    assert (domain.name, available(name)) == (name, (True, ""))
    assert domain.class_names == ("negative", "positive")
    texts = [*domain.x_train, *domain.x_test]
    assert len(set(texts)) == len(texts)
    assert min(np.bincount([*domain.labels_train, *domain.labels_test])) >= 150
    assert all(text[0].isupper() and text.endswith(".") for text in texts)
    assert max(map(len, texts)) < 160


def test_the_two_share_no_opinion():
    pair = load_pair("reviews-a->reviews-b")
    assert pair.same_classes
    assert pair.source.input_shape == ()
    assert not {*pair.source.x_train, *pair.source.x_test} & {
        *pair.target.x_train,
        *pair.target.x_test,
    }


@pytest.mark.parametrize("source", NAMES)
def test_words_of_praise_carry_over_in_part(source):
    (target,) = set(NAMES) - {source}
    here, there = load_domain(source), load_domain(target)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10))
    model.fit(here.x_train, here.labels_train)
    within = model.score(here.x_test, here.labels_test)
    across = model.score([*there.x_train, *there.x_test], [*there.labels_train, *there.labels_test])
    assert within >= 0.85
    assert 0.58 <= across <= within - 0.1, (within, across)
