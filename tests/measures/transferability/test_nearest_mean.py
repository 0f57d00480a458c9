"""Leave-one-out nearest class mean, against a loop that leaves them out one by one."""

import numpy as np
import pytest

from tlcourse.measures import leave_one_out_nearest_mean


def by_loop(features, labels):
    classes = np.unique(labels)
    spread = np.sqrt(
        np.mean(
            [
                np.square(row - features[labels == y].mean(0))
                for row, y in zip(features, labels, strict=True)
            ],
            0,
        )
    )
    rows = features / np.where(spread > 0, spread, 1)
    right = 0
    for i, row in enumerate(rows):
        kept = np.arange(len(rows)) != i
        means = [rows[kept & (labels == y)].mean(axis=0) for y in classes]
        nearest = classes[np.argmin([np.sum((row - mean) ** 2) for mean in means])]
        right += nearest == labels[i]
    return right / len(rows)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_loop(seed):
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(31) % 4)
    features = rng.normal(size=(31, 7)) + 0.8 * rng.normal(size=(4, 7))[labels]
    features[:, 3] = 2.0
    found = leave_one_out_nearest_mean(features, labels)
    assert found == pytest.approx(by_loop(features, labels))
    assert 0 < found < 1


def test_the_size_of_a_feature_does_not_count(rng):
    labels = np.arange(40) % 2
    features = rng.normal(size=(40, 3)) + labels[:, None]
    scaled = features * [1.0, 1e4, 1e-4]
    found = leave_one_out_nearest_mean(features, labels)
    assert leave_one_out_nearest_mean(scaled, labels) == pytest.approx(found)


def test_random_labels_are_at_chance():
    rng = np.random.default_rng(3)
    found = [
        leave_one_out_nearest_mean(rng.normal(size=(60, 10)), rng.permutation(np.arange(60) % 3))
        for _ in range(60)
    ]
    assert abs(np.mean(found) - 1 / 3) < 0.06


def test_a_class_of_one_has_no_mean_without_it():
    with pytest.raises(ValueError, match="at least 2 examples of each class"):
        leave_one_out_nearest_mean(np.eye(3), [0, 0, 1])
