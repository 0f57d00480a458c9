"""SimCLR: the loss on pairs of views, what the views are, and batches without negatives."""

import keras
import numpy as np
import pytest

from tlcourse.losses import nt_xent
from tlcourse.strategies import Autoencoder, SimCLR
from tlcourse.strategies.self_supervised.sim_clr import ViewsTogether
from tlcourse.training import predict


def test_the_loss_is_nt_xent_of_the_two_views(rng):
    views = rng.normal(size=(5, 2, 3)).astype("float32")
    loss = ViewsTogether(temperature=0.2)
    found = float(loss(np.zeros((5, 1)), views))
    assert found == pytest.approx(float(nt_xent(views[:, 0], views[:, 1], temperature=0.2)))
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.temperature == 0.2


def test_two_views_of_an_image_differ_in_training_only(pair):
    result = SimCLR(epochs=1, projection=(8, 4)).fit(pair.source)
    x = pair.source.x_test
    still = predict(result.model, x)
    assert still.shape == (30, 2, 4)
    np.testing.assert_allclose(still[:, 0], still[:, 1], atol=1e-5)
    moved = keras.ops.convert_to_numpy(result.model(x, training=True))
    assert (np.abs(moved[:, 0] - moved[:, 1]).max(axis=1) > 1e-4).all()


def test_contrast_is_lowered_and_raised(rng):
    images = (0.4 + 0.2 * rng.random((300, 4, 4, 1))).astype("float32")
    changed = keras.ops.convert_to_numpy(SimCLR().augment[-1](images, training=True))
    lr_multipliers = changed.std(axis=(1, 2, 3)) / images.std(axis=(1, 2, 3))
    assert 0.5 <= lr_multipliers.min() < 0.55
    assert 1.45 < lr_multipliers.max() <= 1.5


def test_it_knows_images_again_that_it_has_not_seen(pair):
    """Their two views lie nearer together, against all others, than before the training."""

    def loss_of(result):
        views = result.model(pair.source.x_test, training=True)
        return float(keras.ops.convert_to_numpy(nt_xent(views[:, 0], views[:, 1])))

    untrained, trained = (
        SimCLR(epochs=epochs, batch_size=45, learning_rate=rate).fit(pair.source)
        for epochs, rate in ((1, 1e-9), (60, 3e-3))
    )
    assert loss_of(trained) < loss_of(untrained) - 0.3
    assert trained.history["loss"][-1] < trained.history["loss"][0] - 0.3


def test_without_changes_the_views_are_the_same(pair):
    result = SimCLR(epochs=1, augment=[]).fit(pair.source)
    views = keras.ops.convert_to_numpy(result.model(pair.source.x_test, training=True))
    np.testing.assert_allclose(views[:, 0], views[:, 1], atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0}, r"`temperature` must be a number > 0; got 0"),
        ({"batch_size": 1}, r"`batch_size` must be at least 2, .*; got 1"),
        ({"projection": (8,)}, r"`projection` must be two widths, .*; got \(8,\)"),
        ({"projection": (8, 0)}, r"`projection` must be two widths, .*; got \(8, 0\)"),
        ({"augment": ["shift"]}, r"`augment` must be a list of keras.layers.Layer; got"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(ValueError, match=message):
        SimCLR(**settings)


def test_one_image_has_nothing_to_be_told_from(pair):
    with pytest.raises(ValueError, match=r"`data` must hold at least 2 images .*; got 1"):
        SimCLR().fit(pair.source.x_train[:1])


def test_the_projector_goes_from_features_to_what_the_loss_sees(pair):
    result = SimCLR(steps=2, batch_size=8, augment=[]).fit(pair.target)
    x = pair.target.x_train[:5]
    z = result.projector(result.backbone(x, training=False), training=False)
    views = np.asarray(result.model(x, training=False))
    np.testing.assert_allclose(np.asarray(z), views[:, 0], rtol=1e-5, atol=1e-6)
    assert Autoencoder(steps=1).fit(pair.target).projector is None
