"""Hints: which layers they reach, and that they bring the student near to the teacher."""

import keras
import numpy as np
import pytest
from model_weights import moved
from model_weights import values as weights

from tlcourse.backbones import load_backbone
from tlcourse.models import copy_of, join, new_head
from tlcourse.strategies.distillation.hints import Hint, learn_hint
from tlcourse.training import Training

SHORT = Training(steps=3, batch_size=8)


@pytest.fixture
def teacher():
    wide = load_backbone("small_cnn", input_shape=(8, 8, 1), seed=5)
    return join(wide, new_head(wide, 3))


def features(model, name, x):
    part = keras.Model(model.inputs[0], model.get_layer(name).output)
    return keras.ops.convert_to_numpy(part(x, training=False))


def test_the_loss_is_half_the_squared_distance():
    found = Hint()(np.array([[4.0, 6.0]]), np.array([[1.0, 2.0]]))
    assert float(found) == pytest.approx(12.5)


def test_it_moves_the_layers_up_to_the_hint_and_no_teacher(pair, backbone, teacher):
    before, of_teacher = weights(backbone), weights(teacher)
    learn_hint(
        backbone, teacher, ("block2_relu", "block2_relu"), pair.source.x_train, SHORT, seed=0
    )
    assert moved(of_teacher, teacher) == set()
    assert moved(before, backbone) == {path for path in before if "block3" not in path}


def test_it_brings_the_student_near_to_the_teacher(pair, backbone, teacher):
    """Up to a linear map: the first convolution is linear, so nothing but training is missing."""
    x = pair.source.x_train
    theirs = features(teacher.get_layer("small_cnn"), "block1_conv", x).reshape(-1, 16)

    def unexplained(student):
        mine = features(student, "block1_conv", x).reshape(-1, 16)
        mine = np.column_stack([mine, np.ones(len(mine))])
        fitted = mine @ np.linalg.lstsq(mine, theirs, rcond=None)[0]
        return np.square(fitted - theirs).sum() / np.square(theirs - theirs.mean(0)).sum()

    before = unexplained(backbone)
    history = learn_hint(
        *(backbone, teacher, ("block1_conv", "block1_conv"), x),
        Training(steps=200, batch_size=16, learning_rate=0.01, n_evals=4),
        seed=0,
    )
    assert unexplained(backbone) < before / 4
    assert history["loss"][-1] < history["loss"][0] / 4


def test_widths_may_differ(pair, backbone, teacher):
    # block2_conv has 2×2 positions of 32 numbers, block3_conv as many positions of 64.
    learn_hint(
        backbone, teacher, ("block2_conv", "block3_conv"), pair.source.x_train, SHORT, seed=0
    )


def test_a_layer_that_is_not_there(pair, backbone, teacher):
    with pytest.raises(ValueError, match=r"`hints\[1\]`: no layer 'blokc2_relu'. .*'block2_relu'"):
        learn_hint(
            backbone, teacher, ("block2_relu", "blokc2_relu"), pair.source.x_train, SHORT, seed=0
        )
    with pytest.raises(ValueError, match=r"`hints\[0\]`: no layer 'logits'"):
        learn_hint(backbone, teacher, ("logits", "block2_relu"), pair.source.x_train, SHORT)


def test_features_that_do_not_match(pair, backbone, teacher):
    before = weights(backbone)
    with pytest.raises(ValueError, match=r"differ in the last axis .* \(4, 4, 16\), .* \(2, 2, 32"):
        learn_hint(
            backbone, teacher, ("block1_relu", "block2_relu"), pair.source.x_train, SHORT, seed=0
        )
    assert moved(before, backbone) == set()


def test_what_comes_after_a_backbone_gives_no_hint(pair, backbone, teacher):
    """The head takes features, not images: its layers are not among those that can be named."""
    with pytest.raises(ValueError, match=r"`hints\[1\]`: no layer 'logits'"):
        learn_hint(backbone, teacher, ("features", "logits"), pair.source.x_train, SHORT)
    flat = copy_of(teacher.get_layer("small_cnn"))
    learn_hint(backbone, flat, ("features", "features"), pair.source.x_train, SHORT)
