"""The exercises' backbone: the same for a seed, and telling inference from training."""

import numpy as np

from tlcourse.exercises.small_networks import IMAGE_SHAPE, small_backbone


def test_the_seed_decides_its_weights():
    first, again, other = (small_backbone(seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_no_two_variables_hold_the_same_values():
    weights = small_backbone(0).get_weights()
    pairs = [(a, b) for i, a in enumerate(weights) for b in weights[:i]]
    assert not any(np.array_equal(a, b) for a, b in pairs)


def test_features_differ_between_inference_and_training_mode():
    backbone = small_backbone(3)
    images = np.random.default_rng(0).random((16, *IMAGE_SHAPE), dtype=np.float32)
    inference = np.asarray(backbone(images, training=False))
    training = np.asarray(backbone(images, training=True))
    assert inference.shape == (16, 8)
    assert np.abs(inference - training).mean() > 0.05
    assert (inference.std(axis=0) > 0).all()
