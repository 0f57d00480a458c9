"""What drawings of things teach about animals: the numbers on the card of `doodles`."""

import re

import numpy as np
import pytest

from tlcourse.backbones import RandomAffine, load_backbone
from tlcourse.domains import data_folder, load_domain
from tlcourse.measures import interval
from tlcourse.strategies import FromScratch, LinearProbe

DRAWS = range(5)


def accuracies(strategy_of):
    """The accuracy on ten animals after ten drawings of each, once per draw."""
    animals = load_domain("doodles-animals")
    return np.array(
        [strategy_of(seed).fit(animals, shots=10, seed=seed).target_accuracy for seed in DRAWS]
    )


@pytest.fixture(scope="module")
def probe():
    backbone = load_backbone("doodles")
    return accuracies(lambda seed: LinearProbe(backbone))


def test_a_probe_gives_what_the_card_says(probe):
    card = (data_folder() / "doodles.md").read_text(encoding="utf-8")
    (said,) = re.findall(r": probe ([\d.]+)% ±", card)
    assert probe.mean() == pytest.approx(float(said) / 100, abs=0.03)


def test_things_taught_more_than_chance_and_handwriting_did(probe):
    random = accuracies(lambda seed: LinearProbe(load_backbone("small_cnn", seed=seed)))
    strokes = load_backbone("strokes")
    for other in (random, accuracies(lambda seed: LinearProbe(strokes))):
        assert interval(probe - other).low > 0


@pytest.mark.slow
def test_things_taught_more_than_ten_drawings_of_each_animal_do(probe):
    settings = {"learning_rate": 3e-3, "steps": 600, "schedule": "cosine"}
    scratch = accuracies(lambda seed: FromScratch(augment=RandomAffine(), **settings))
    assert interval(probe - scratch).low > 0
