"""The order of examples."""

import numpy as np
import pytest

from tlcourse.training.batches import OrderedBatches, ShuffledBatches


def drawn(n, *, steps, batch_size, seed=0):
    batches = ShuffledBatches(
        np.arange(n), np.arange(n), steps=steps, batch_size=batch_size, seed=seed
    )
    return np.concatenate([batches[i][1] for i in range(len(batches))])


def test_every_example_is_used_once_before_any_is_used_again():
    order = drawn(10, steps=15, batch_size=4)
    assert order.size == 60
    for one_pass in order.reshape(6, 10):
        np.testing.assert_array_equal(np.sort(one_pass), np.arange(10))
    assert (order[:10] != order[10:20]).any()


def test_a_batch_is_the_same_whenever_it_is_asked_for():
    batches = ShuffledBatches(np.arange(10), np.arange(10), steps=9, batch_size=4, seed=0)
    first = [batches[i][1] for i in range(9)]
    for i in (8, 0, 3):
        np.testing.assert_array_equal(batches[i][1], first[i])


def test_the_order_is_the_seeds():
    one, same, other = (drawn(50, steps=2, batch_size=25, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_examples_and_labels_stay_together():
    x = np.arange(7) * 10
    batches = ShuffledBatches(x, np.arange(7), steps=3, batch_size=5, seed=0)
    for i in range(3):
        images, labels = batches[i]
        np.testing.assert_array_equal(images, labels * 10)


@pytest.mark.parametrize(("n", "lengths"), [(7, [3, 3, 1]), (6, [3, 3]), (2, [2])])
def test_ordered_batches_keep_order_and_the_last_part(n, lengths):
    batches = OrderedBatches(np.arange(n), batch_size=3)
    parts = [batches[i][0] for i in range(len(batches))]
    assert [len(part) for part in parts] == lengths
    np.testing.assert_array_equal(np.concatenate(parts), np.arange(n))
