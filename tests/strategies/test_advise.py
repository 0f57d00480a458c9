"""Advice: what it looks at, what it says, and that it can be followed."""

from dataclasses import replace

import numpy as np
import pytest

from tlcourse.backbones import RandomAffine, load_backbone
from tlcourse.domains import DomainPair, inverted
from tlcourse.strategies import (
    MCC,
    AdaptThenTune,
    FineTune,
    FromScratch,
    LinearProbe,
    SourceOnly,
    advise,
)


@pytest.fixture(scope="module")
def start(pair):
    return SourceOnly(steps=60, batch_size=16).fit(pair, seed=0)


def ask(pair, start, **settings):
    return advise(pair, **({"backbone": start.backbone, "head": start.head} | settings))


def test_a_domain_that_is_near_is_taken_as_it_is(pair, start):
    same = DomainPair(pair.source, pair.source)
    advice = ask(same, start, shots=0)
    assert isinstance(advice.strategy, SourceOnly)
    assert advice.measured["shift"] < 0.5
    assert any("near enough" in reason for reason in advice.reasons)


def test_a_domain_that_is_far_is_adapted_to(pair, start):
    target = pair.target
    far = target.changed(inverted)
    advice = ask(DomainPair(pair.source, far), start, shots=0)
    assert isinstance(advice.strategy, MCC)
    assert advice.measured["shift"] > 1


def test_with_augmentation_and_time_a_far_domain_is_adapted_to_longer(pair, start):
    target = pair.target
    far = target.changed(inverted)
    far, affine = DomainPair(pair.source, far), RandomAffine()
    none = ask(far, start, shots=0, augment=affine)
    assert [term.name for term in none.strategy.terms] == ["mmd", "mcc"]
    assert none.strategy.augment is affine
    few = ask(far, start, shots=4, augment=affine)
    assert isinstance(few.strategy, AdaptThenTune)
    assert few.strategy.augment is few.strategy.adaptation.augment is affine
    assert "say more than few labels" in str(few)
    for settings in ({"budget": 20}, {"augment": None}):
        hurried = {"augment": affine} | settings
        assert isinstance(ask(far, start, shots=0, **hurried).strategy, MCC)
        assert isinstance(ask(far, start, shots=4, **hurried).strategy, FineTune)
    same = DomainPair(pair.source, pair.source)
    assert isinstance(ask(same, start, shots=4, augment=affine).strategy, FineTune)
    assert isinstance(ask(far, start, shots=4, head=None, augment=affine).strategy, FineTune)


def test_with_labels_it_is_fine_tuned_and_few_labels_freeze_the_beginning(pair, start):
    few, some = ask(pair, start, shots=1), ask(pair, start, shots=8)
    assert isinstance(few.strategy, FineTune)
    assert few.freeze_to.startswith("block1")
    assert few.strategy.freeze_to == few.freeze_to
    assert some.freeze_to is None
    assert some.measured["labels_per_class"] == 8
    assert 0 <= some.measured["random"] <= 1
    assert f"{some.measured['pretrained']:.2f} from the pretrained" in str(some)
    assert some.strategy.fit(pair, shots=8).target_accuracy > 0.3


def test_a_pretraining_that_is_worth_nothing_is_left_out(pair, monkeypatch):
    """A backbone whose features are all alike: random ones are better."""
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 3
    images = 0.3 * rng.random((120, 8, 8, 1))
    for image, label in zip(images, labels, strict=True):
        image[:, 2 * label : 2 * label + 2] += 0.6
    target = replace(pair.target, x_train=images.clip(0, 1), labels_train=labels)
    dead = load_backbone("small_cnn", input_shape=(8, 8, 1), seed=0)
    for weight in dead.get_layer("block3_bn").weights[:2]:
        weight.assign(np.zeros(weight.shape))
    advice = advise(DomainPair(pair.source, target), backbone=dead, shots=None)
    assert isinstance(advice.strategy, FromScratch)
    assert any("negative" in reason for reason in advice.reasons)


def test_the_sources_head_is_kept_when_it_helps(pair, start):
    same = DomainPair(pair.source, pair.source)
    assert ask(same, start, shots=6).strategy.head is start.head
    assert ask(same, start, shots=6, head=None).strategy.head is None


def test_no_time_is_enough_for_a_probe(pair, start):
    advice = ask(pair, start, shots=4, budget=1)
    assert isinstance(advice.strategy, LinearProbe)
    assert any("1 seconds" in reason for reason in advice.reasons)


def test_it_never_looks_at_the_test_set(pair, start):
    target = pair.target
    blind = replace(
        target,
        x_test=np.zeros_like(target.x_test),
        labels_test=np.zeros_like(target.labels_test),
    )
    assert (
        ask(pair, start, shots=4).measured
        == ask(DomainPair(pair.source, blind), start, shots=4).measured
    )


def test_what_cannot_be_advised(pair, start, other_classes):
    with pytest.raises(ValueError, match="`shots` must be at least 1 when source and target"):
        ask(DomainPair(other_classes, pair.target), start, shots=0)
    with pytest.raises(ValueError, match="`budget` must be a number > 0; got 0"):
        ask(pair, start, budget=0)
    with pytest.raises(ValueError, match="`pair` must be a DomainPair; got Domain"):
        ask(pair.target, start)
