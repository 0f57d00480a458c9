"""Gradients of a loss on any backend, and by finite differences, all in float64."""

import contextlib

import keras
import numpy as np
import pytest
from keras import ops

BACKEND = keras.backend.backend()


@pytest.fixture(autouse=True)
def _float64(monkeypatch):
    """JAX, and Keras on every backend but TensorFlow, round float64 down unless told not to."""
    if BACKEND != "tensorflow":
        from keras.src.backend.common import dtypes  # Keras has no public switch

        monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    with contextlib.ExitStack() as stack:
        if BACKEND == "jax":
            import jax

            stack.enter_context(jax.enable_x64(True))
        yield


def _gradient(function, array):
    x = ops.convert_to_tensor(array)
    if BACKEND == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        found = tape.gradient(value, x, unconnected_gradients="zero")
    elif BACKEND == "jax":
        import jax

        found = jax.grad(lambda x: function(x).sum())(x)
    else:
        import torch

        x = x.requires_grad_()
        value = function(x).sum()
        found = torch.zeros_like(x)
        if value.requires_grad:
            found = torch.autograd.grad(value, x, allow_unused=True, materialize_grads=True)[0]
    return ops.convert_to_numpy(found)


def _slope(function, array, step=1e-6):
    """Central differences, one number of the array at a time."""
    array = np.asarray(array, "float64")
    found = np.empty_like(array)
    for i in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[i] += step
        down[i] -= step
        found[i] = (float(function(up)) - float(function(down))) / (2 * step)
    return found


@pytest.fixture
def gradient_of():
    """`gradient_of(function, array)`: the backend's gradient of the sum of what comes out.

    An array that the value does not depend on has gradient 0.
    """
    return _gradient


@pytest.fixture
def check_gradient():
    """`check_gradient(function, array)`: the backend's gradient is the slope of the value.

    `reference` is the function to take the slope of, where a part of the loss is held constant.
    """

    def check(function, array, *, reference=None):
        slope = _slope(reference or function, array)
        assert np.abs(slope).max() > 1e-4, "a flat place tells nothing"
        np.testing.assert_allclose(_gradient(function, array), slope, rtol=1e-5, atol=1e-8)

    return check


@pytest.fixture
def compiled():
    """`compiled(function, array, xla=False)`: value and gradient, the number of rows unknown.

    On TensorFlow alone is it unknown while the function is traced; on JAX the function is compiled
    for its shape, on torch it simply runs.
    """

    def call(function, array, *, xla=False):
        if BACKEND == "tensorflow":
            import tensorflow as tf

            signature = tf.TensorSpec([None, *array.shape[1:]], array.dtype)

            @tf.function(input_signature=[signature], jit_compile=xla)
            def run(x):
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    value = function(x)
                return value, tape.gradient(value, x)

            return [ops.convert_to_numpy(found) for found in run(array)]
        if BACKEND == "jax":
            import jax

            found = jax.jit(jax.value_and_grad(function))(ops.convert_to_tensor(array))
            return [ops.convert_to_numpy(part) for part in found]
        return float(function(ops.convert_to_tensor(array))), _gradient(function, array)

    return call
