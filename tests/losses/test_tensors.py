"""Arguments: dtypes that are made to agree, and half precision."""

import keras
import numpy as np
import pytest

from tlcourse.losses import coral_loss, hint_loss, mmd_loss


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_float32(dtype, rng):
    features = keras.ops.cast(300 * rng.normal(size=(4, 3)), dtype)
    loss = coral_loss(features, 0 * features)  # about 300⁴ / 4, where float16 ends at 65504
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"
    assert 1e7 < float(loss) < 1e11


def test_whole_numbers_become_floats():
    assert float(hint_loss([[1, 2]], [[4, 6]])) == 12.5
    assert float(hint_loss(np.array([[1, 2]]), np.array([[4.0, 6.0]]))) == 12.5


def test_two_precisions_meet(rng):
    source, target = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    expected = float(mmd_loss(source, target))
    found = mmd_loss(source.astype("float32"), keras.ops.convert_to_tensor(target))
    assert float(found) == pytest.approx(expected, rel=1e-4)
