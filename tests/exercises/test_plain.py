"""What counts as plain data, and what is refused."""

import keras
import numpy as np
import pytest

from tlcourse.exercises.plain import NotPlain, plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.True_, True),
        (np.array(2.5), 2.5),
        ("text", "text"),
        ((1, [2.0, "a"]), [1, [2.0, "a"]]),
        ({"a": (1,)}, {"a": [1]}),
    ],
)
def test_scalars_and_containers(value, expected):
    made = plain(value)
    assert made == expected
    assert type(made) is type(expected)


@pytest.mark.parametrize("dtype", ["bool", "int32", "uint8", "float32", "float64"])
def test_arrays_keep_values_and_dtype_but_are_copies(dtype):
    value = np.array([[0, 1], [1, 1]], dtype)
    made = plain(value)
    np.testing.assert_array_equal(made, value)
    assert made.dtype == dtype
    assert not np.shares_memory(made, value)


def test_tensors_and_variables_become_arrays():
    np.testing.assert_array_equal(plain(keras.ops.arange(3)), [0, 1, 2])
    np.testing.assert_array_equal(plain(keras.Variable([1.0, 2.0])), [1.0, 2.0])
    assert plain(keras.ops.mean(keras.ops.array([1.0, 2.0]))) == 1.5


def test_short_floats_become_float32():
    assert plain(np.ones(2, np.float16)).dtype == np.float32
    made = plain(keras.ops.cast([0.5, 1.0], "bfloat16"))
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, [0.5, 1.0])


def test_a_subclass_of_an_array_loses_its_own_behaviour():
    class AlwaysEqual(np.ndarray):
        def __eq__(self, other):
            return True

    made = plain(np.arange(3).view(AlwaysEqual))
    assert type(made) is np.ndarray


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "returned None."),
        ([1, None], "returned None."),
        (object(), "returned an `object`"),
        (np.array(["a"]), "dtype <U1"),
        (np.array([1j]), "dtype complex128"),
        ({1: 2}, "key 1"),
        (keras.KerasTensor((None, 3)), "symbolic"),
        (len, "returned a `builtin_function_or_method`"),
    ],
)
def test_anything_else_is_refused_and_named(value, message):
    with pytest.raises(NotPlain, match=message):
        plain(value)
