"""A model that is cut where it is frozen does what it did, and shares its variables."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tlcourse.backbones import load_backbone
from tlcourse.models import freeze, join, new_head
from tlcourse.training import frozen_prefix as splitting
from tlcourse.training.frozen_prefix import past_the_frozen, split_at_freeze


def classifier(name="small_cnn", shape=(32, 32, 3), up_to="block2"):
    backbone = load_backbone(name, input_shape=shape, seed=1)
    return join(freeze(backbone, up_to), new_head(backbone, 3, dropout=0.3))


def same(parts, model, x):
    prefix, rest = parts
    np.testing.assert_allclose(
        ops.convert_to_numpy(rest(prefix(x))), ops.convert_to_numpy(model(x)), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize(
    ("name", "up_to", "crossing"),
    [
        ("small_cnn", "block1", (16, 16, 16)),
        ("small_cnn", "block2_conv", (8, 8, 32)),
        ("small_resnet", "block1", (16, 16, 64)),
        ("vgg16", "block3", (4, 4, 256)),
        ("mobilenet_v2", "block_5", (4, 4, 32)),
    ],
)
def test_what_crosses_is_what_the_last_frozen_layer_gives(name, up_to, crossing, rng):
    model = classifier(name, up_to=up_to)
    parts = split_at_freeze(model)
    assert parts[0].output_shape == (None, *crossing)
    assert not parts[0].trainable_variables
    assert [id(v) for v in parts[1].trainable_variables] == [
        id(v) for v in model.trainable_variables
    ]
    mine = {id(v) for v in model.variables}
    assert {id(v) for part in parts for v in part.variables} == mine
    same(parts, model, rng.random((2, 32, 32, 3), dtype="float32"))


def test_a_backbone_frozen_as_a_whole_is_cut_off_whole(rng):
    model = classifier(up_to=None)
    prefix, rest = split_at_freeze(model)
    assert prefix.output_shape == (None, 1024)
    assert {v.path.split("/")[0] for v in rest.trainable_variables} == {"logits"}
    same((prefix, rest), model, rng.random((2, 32, 32, 3), dtype="float32"))


def test_the_model_that_was_cut_is_as_before(rng):
    model = classifier()
    before = model.to_json()
    split_at_freeze(model)
    assert model.to_json() == before
    backbone = model.get_layer("small_cnn")
    shape = backbone.get_layer("block2_relu").output.shape
    assert tuple(shape) == (None, 8, 8, 32)
    keras.models.clone_model(model).set_weights([np.asarray(w) for w in model.weights])


def test_two_cuts_are_told_alike_so_that_they_share_a_bench():
    one, two = (split_at_freeze(classifier()) for _ in range(2))
    assert [part.to_json() for part in one] == [part.to_json() for part in two]


def test_sequential_models_are_cut_too(rng):
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, name="a"), layers.Dense(6, name="b")], name="inner"
    )
    model = keras.Sequential([keras.Input((4,)), inner, layers.Dense(2, name="c")])
    inner.get_layer("a").trainable = False
    parts = split_at_freeze(model)
    assert parts[0].output_shape == (None, 5)
    same(parts, model, rng.random((3, 4), dtype="float32"))


def frozen_dense(name, **settings):
    return layers.Dense(4, name=name, trainable=False, **settings)


class Own(layers.Layer):
    """A layer of which we know nothing."""

    def call(self, inputs):
        return inputs


def chain(*parts):
    x = inputs = keras.Input((4,))
    for part in parts:
        x = part(x)
    return keras.Model(inputs, layers.Dense(2, name="end")(x))


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Dropout(0.5, trainable=False),
        lambda: layers.GaussianNoise(0.5, trainable=False),
        lambda: layers.Lambda(lambda x: x, trainable=False),
        lambda: layers.Masking(trainable=False),
        lambda: layers.SpectralNormalization(layers.Dense(4), trainable=False),
        lambda: frozen_dense("busy", activity_regularizer="l2"),
        lambda: Own(trainable=False),
        lambda: layers.BatchNormalization(),
    ],
)
def test_the_cut_comes_before_what_is_not_the_same_at_every_step(layer):
    assert split_at_freeze(chain(layer(), frozen_dense("a"))) is None
    prefix, rest = split_at_freeze(chain(frozen_dense("a"), layer(), frozen_dense("b")))
    assert [each.name for each in prefix.layers[1:]] == ["a"]
    assert "b" in [each.name for each in rest.layers]


def test_a_frozen_layer_of_which_a_variable_is_trained_is_behind_the_cut():
    model = chain(frozen_dense("a"), frozen_dense("b"), frozen_dense("c"))
    model.get_layer("b").bias.trainable = True
    prefix, _ = split_at_freeze(model)
    assert [each.name for each in prefix.layers[1:]] == ["a"]


def test_nothing_is_cut_off_where_nothing_is_frozen():
    model = join(
        *(lambda b: (b, new_head(b, 3)))(load_backbone("small_cnn", input_shape=(8, 8, 1)))
    )
    assert split_at_freeze(model) is None


def test_nothing_is_cut_in_the_midst_of_a_residual_block():
    # After block1_a_conv both its output and the block's input go on.
    assert split_at_freeze(classifier("small_resnet", up_to="block1_a_conv")) is None


def test_a_skip_from_the_images_crosses_as_well():
    images = keras.Input((4,))
    x = layers.Add()([frozen_dense("a")(images), images])
    assert split_at_freeze(keras.Model(images, layers.Dense(2)(x))) is None


def test_class_numbers_do_not_cross():
    tokens = keras.Input((3,), dtype="int32")
    model = keras.Model(tokens, layers.Embedding(5, 2)(ops.flip(tokens)))
    assert split_at_freeze(model) is None


# Keras says so of any functional model, though the layers in it do use the mask.
@pytest.mark.filterwarnings(
    "ignore:Layer '.*' .of type Functional. was passed an input with a mask"
)
def test_a_model_that_is_called_with_a_mask_is_not_opened():
    steps = keras.Input((3, 4))
    inner = keras.Model(steps, layers.LSTM(2)(frozen_dense("a")(steps)))
    x = keras.Input((3, 4))
    mask = ops.any(ops.greater(x, 0), axis=-1)
    assert split_at_freeze(keras.Model(x, inner(x)))
    assert split_at_freeze(keras.Model(x, inner(x, mask=mask))) is None


@pytest.mark.parametrize(
    ("epochs", "limit", "cut"), [(1, 1e9, True), (5 / 6, 1e9, False), (1, 8e4, False)]
)
def test_examples_run_through_once_where_that_saves_work(monkeypatch, rng, epochs, limit, cut):
    model = classifier(up_to="block2")
    x = rng.random((6, 32, 32, 3), dtype="float32")
    monkeypatch.setattr(splitting, "_MAX_BYTES", limit)  # 10 · 8 · 8 · 32 numbers are 81,920 bytes
    rest, seen, eval_data = past_the_frozen(model, x, (x[:4], np.arange(4)), epochs=epochs)
    assert (rest is not model) == cut
    assert seen.shape == ((6, 8, 8, 32) if cut else x.shape)
    assert eval_data[0].shape == ((4, 8, 8, 32) if cut else (4, 32, 32, 3))
    np.testing.assert_array_equal(eval_data[1], np.arange(4))
    np.testing.assert_allclose(
        ops.convert_to_numpy(rest(seen[:4])),
        ops.convert_to_numpy(model(x[:4])),
        rtol=1e-4,
        atol=1e-5,
    )
    assert past_the_frozen(model, x, epochs=1)[2] is None
