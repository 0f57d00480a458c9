"""The handwritten digits are scikit-learn's, set the way MNIST sets its own."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tlcourse.domains import load_domain


@pytest.fixture(scope="module")
def domain():
    return load_domain("handwritten")


def test_size_and_shape(domain):
    assert repr(domain) == ("Domain('handwritten': 1078 train + 719 test, 28 × 28 × 1, 10 classes)")
    assert domain.licence == "CC BY 4.0"


def test_all_digits_are_there_once_with_their_labels(domain):
    """Reduced to 8×8 again, every image is one original, of its label."""
    original, truth = load_digits(return_X_y=True)
    x = np.concatenate([domain.x_train, domain.x_test])[:, 4:24, 4:24, 0]
    cells = np.arange(8) * 2.5 + 1.25  # the middle of an original pixel, on the 20×20 grid
    small = x[:, cells.astype(int)][:, :, cells.astype(int)].reshape(len(x), 64)
    squared = (small**2).sum(1)[:, None] + ((original / 16) ** 2).sum(1)
    nearest = (squared - 2 * small @ (original / 16).T).argmin(1)
    np.testing.assert_array_equal(np.sort(nearest), np.arange(1797))
    np.testing.assert_array_equal(truth[nearest], np.r_[domain.labels_train, domain.labels_test])


def test_the_margin_is_empty_and_the_values_lie_in_0_to_1(domain):
    x = np.concatenate([domain.x_train, domain.x_test])
    inner = x[:, 4:24, 4:24]
    assert x.min() == 0
    assert x.max() == 1
    assert inner.sum() == pytest.approx(x.sum(), rel=1e-6)
    for side in (inner[:, 0], inner[:, -1]):
        assert side.max() > 0.5  # digits fill the square from top to bottom


def test_forty_percent_of_each_digit_are_kept_for_testing(domain):
    train, test = np.bincount(domain.labels_train), np.bincount(domain.labels_test)
    np.testing.assert_allclose(test / (train + test), 0.4, atol=0.005)


def test_no_image_is_in_both_train_and_test(domain):
    train = {image.tobytes() for image in domain.x_train}
    assert not any(image.tobytes() in train for image in domain.x_test)


def test_the_split_never_changes(domain):
    again = load_domain("handwritten")
    np.testing.assert_array_equal(domain.x_test, again.x_test)
    np.testing.assert_array_equal(domain.labels_train, again.labels_train)
