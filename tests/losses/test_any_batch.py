"""Every loss while the number of rows is not known: in a layer, in a graph, compiled."""

import keras
import numpy as np
import pytest

import tlcourse.losses as room
from tlcourse.losses import (
    adversarial_strength,
    bss_loss,
    conditional_map,
    coral_loss,
    delta_loss,
    distillation_loss,
    domain_loss,
    entropy,
    entropy_weights,
    hint_loss,
    information_maximisation,
    l2_sp,
    mcc_loss,
    mean_entropy,
    mmd_loss,
    nt_xent,
    reverse_gradient,
    uncertainty_weighted,
)

# Each takes a batch (n, d) and gives a scalar; what is compared with is made from the same batch.
SCALARS = {
    "adversarial_strength": lambda x: adversarial_strength(keras.ops.mean(x) ** 2),
    "bss_loss": lambda x: bss_loss(x, k=2),
    "conditional_map": lambda x: keras.ops.sum(conditional_map(x, keras.ops.softmax(x)) ** 2),
    "coral_loss": lambda x: coral_loss(x, x**2),
    "delta_loss": lambda x: delta_loss(x, x**2),
    "distillation_loss": lambda x: distillation_loss(x, x**2),
    "domain_loss": lambda x: domain_loss(x[:, :1], x[:, 1], source_weights=x[:, 2] ** 2),
    "entropy": lambda x: keras.ops.sum(entropy(keras.ops.softmax(x))),
    "entropy_weights": lambda x: keras.ops.sum(entropy_weights(keras.ops.softmax(x))),
    "hint_loss": lambda x: hint_loss(x, x**2),
    "information_maximisation": information_maximisation,
    "l2_sp": lambda x: l2_sp([x], [x**2], strength=0.5),
    "mcc_loss": mcc_loss,
    "mean_entropy": mean_entropy,
    "mmd_loss": lambda x: mmd_loss(x, x**2),
    "nt_xent": lambda x: nt_xent(x, x**2),
    "reverse_gradient": lambda x: keras.ops.sum(reverse_gradient(x, 0.5) ** 2),
    "uncertainty_weighted": lambda x: uncertainty_weighted(
        [keras.ops.mean(x**2)], [keras.ops.mean(x)], ["regression"]
    ),
}


class Adds(keras.layers.Layer):
    """Adds a loss of its inputs to the model's, as a strategy does."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, inputs):
        self.add_loss(self.function(inputs))
        return inputs


def test_every_function_of_the_room_is_here():
    assert sorted(SCALARS) == room.__all__


@pytest.mark.parametrize("name", SCALARS)
def test_a_layer_may_add_it(name, rng):
    inputs = keras.Input((3,))
    model = keras.Model(inputs, Adds(SCALARS[name])(inputs))
    x = rng.normal(size=(5, 3)).astype("float32")
    model(x)
    assert float(model.losses[0]) == pytest.approx(float(SCALARS[name](x)), rel=1e-4)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("name", SCALARS)
def test_compiled_it_is_the_same(name, xla, rng, compiled, gradient_of):
    x = rng.normal(size=(5, 3))
    value, gradient = compiled(SCALARS[name], x, xla=xla)
    np.testing.assert_allclose(value, float(SCALARS[name](x)), rtol=1e-9)
    np.testing.assert_allclose(gradient, gradient_of(SCALARS[name], x), rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_shrinkage_takes_the_smaller_matrix_whatever_the_batch(n, rng, compiled):
    x = rng.normal(size=(n, 3))
    expected = np.sum(np.linalg.svd(x, compute_uv=False)[-2:] ** 2)
    value, _ = compiled(lambda x: bss_loss(x, k=2), x)
    np.testing.assert_allclose(value, expected, rtol=1e-9)
