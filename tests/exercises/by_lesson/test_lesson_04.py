"""Exercises 04.1 to 04.3: answers as learners write them, and what they are told."""

import keras
import numpy as np
import pytest
from keras import layers

from tlcourse.exercises import check

# 04.1  extract


def batch_by_batch(backbone, images, batch_size):
    features = []
    for start in range(0, len(images), batch_size):
        features.append(backbone(images[start : start + batch_size], training=False))
    return keras.ops.concatenate(features)


def rows_in_a_list(backbone, images, batch_size):
    return list(backbone.predict(images, batch_size, verbose=0))


def training_mode(backbone, images, batch_size):
    batches = [images[i : i + batch_size] for i in range(0, len(images), batch_size)]
    return np.concatenate([np.array(backbone(batch, training=True)) for batch in batches])


def all_at_once_in_training_mode(backbone, images, batch_size):
    return backbone(images, training=True)


def full_batches_only(backbone, images, batch_size):
    n = len(images) // batch_size
    return np.concatenate(
        [backbone(images[i * batch_size : (i + 1) * batch_size]) for i in range(n)]
    )


def divided_again(backbone, images, batch_size):
    return backbone.predict(images / 255.0, batch_size=batch_size, verbose=0)


def shuffled(backbone, images, batch_size):
    return backbone.predict(np.random.permutation(images), batch_size=batch_size, verbose=0)


def first_batch_only(backbone, images, batch_size):
    return backbone(images[:batch_size])


@pytest.mark.parametrize("answer", [batch_by_batch, rows_in_a_list])
def test_features_extracted_another_way(answer):
    assert check("04.1", answer).passed


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (training_mode, "The backbone ran in training mode"),
        (all_at_once_in_training_mode, "The backbone ran in training mode"),
        (full_batches_only, "The last batch, which is not full, was left out."),
        (divided_again, "The images were divided by 255, but they are in [0, 1] already"),
        (shuffled, "the rows are in another order"),
        (first_batch_only, "has shape (8, 8), and (22, 8) is right"),
        (lambda backbone, images, batch_size: backbone.output, "symbolic"),
    ],
)
def test_wrong_features(answer, message):
    verdict = check("04.1", answer)
    assert verdict.status == "wrong"
    assert message in verdict.message


# 04.2  probe_model


def sequential(backbone, n_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes)])


def sequential_with_input_and_compiled(backbone, n_classes):
    for layer in backbone.layers:
        layer.trainable = False
    head = [layers.Dropout(0.5), layers.Dense(16, activation="relu"), layers.Dense(n_classes)]
    model = keras.Sequential([keras.Input(backbone.input_shape[1:]), backbone, *head])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def on_the_backbones_output(backbone, n_classes):
    backbone.trainable = False
    logits = layers.Dense(n_classes)(layers.BatchNormalization()(backbone.output))
    return keras.Model(backbone.input, logits)


def a_frozen_copy(backbone, n_classes):
    copy = keras.models.clone_model(backbone)
    copy.set_weights(backbone.get_weights())
    copy.trainable = False
    return sequential(copy, n_classes)


def frozen_after_building(backbone, n_classes):
    model = nothing_frozen(backbone, n_classes)
    backbone.trainable = False
    return model


def frozen_variable_by_variable(backbone, n_classes):
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        for variable in layer.trainable_variables:
            variable.trainable = False
    return nothing_frozen(backbone, n_classes)


def with_augmentation(backbone, n_classes):
    backbone.trainable = False
    images = keras.Input(backbone.input_shape[1:])
    features = backbone(layers.RandomFlip("horizontal")(images), training=False)
    return keras.Model(images, layers.Dense(n_classes)(features))


@pytest.mark.parametrize(
    "answer",
    [
        sequential,
        sequential_with_input_and_compiled,
        on_the_backbones_output,
        a_frozen_copy,
        frozen_after_building,
        frozen_variable_by_variable,
        with_augmentation,
    ],
)
def test_any_probe_that_works_passes(answer):
    verdict = check("04.2", answer)
    assert verdict.passed, verdict


def nothing_frozen(backbone, n_classes):
    images = keras.Input(backbone.input_shape[1:])
    return keras.Model(images, layers.Dense(n_classes)(backbone(images)))


def only_training_false(backbone, n_classes):
    images = keras.Input(backbone.input_shape[1:])
    return keras.Model(images, layers.Dense(n_classes)(backbone(images, training=False)))


def all_but_batchnorm(backbone, n_classes):
    for layer in backbone.layers:
        layer.trainable = isinstance(layer, layers.BatchNormalization)
    return nothing_frozen(backbone, n_classes)


def weights_but_not_statistics(backbone, n_classes):
    for variable in backbone.trainable_variables:
        variable.trainable = False
    return nothing_frozen(backbone, n_classes)


def everything_frozen(backbone, n_classes):
    model = nothing_frozen(backbone, n_classes)
    model.trainable = False
    return model


def softmax(backbone, n_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes, activation="softmax")])


def sigmoid(backbone, n_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes), layers.Activation("sigmoid")])


def ten_classes(backbone, n_classes):
    return sequential(backbone, 10)


def new_weights(backbone, n_classes):
    return sequential(keras.models.clone_model(backbone), n_classes)


def own_layer(backbone, n_classes):
    class Head(layers.Dense):
        pass

    backbone.trainable = False
    return keras.Sequential([backbone, Head(n_classes)])


def anonymous_function(backbone, n_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes), layers.Lambda(lambda x: 2 * x)])


def own_model(backbone, n_classes):
    class Probe(keras.Model):
        def __init__(self):
            super().__init__()
            self.backbone, self.head = backbone, layers.Dense(n_classes)

        def call(self, images):
            return self.head(self.backbone(images))

    backbone.trainable = False
    return Probe()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (nothing_frozen, "10 of the backbone's 10 variables moved during `fit`, 4 of them moving"),
        (only_training_false, "Calling it with `training=False` freezes nothing."),
        (all_but_batchnorm, "8 variables of the backbone's BatchNorm layers moved during `fit`"),
        (weights_but_not_statistics, "The 4 moving statistics of the backbone's BatchNorm layers"),
        (everything_frozen, "The head is frozen too."),
        (softmax, "These are probabilities, and logits were asked for."),
        (sigmoid, "Leave out the sigmoid"),
        (ten_classes, "gives the shape (24, 10); (24, 3) is right"),
        (new_weights, "10 of the backbone's 10 variables are not in your model"),
        (lambda backbone, n_classes: backbone, "gives the shape (24, 8); (24, 3) is right"),
        (own_layer, "`Head` is not a class of Keras"),
        (anonymous_function, "Keras could not build your model again"),
        (own_model, "is not a class of Keras"),
        (
            lambda backbone, n_classes: layers.Dense(n_classes),
            "returned a `Dense`; a `keras.Model`",
        ),
    ],
)
def test_wrong_probes(answer, message):
    verdict = check("04.2", answer)
    assert verdict.status == "wrong", verdict
    assert message in verdict.message


def test_what_the_answers_process_says_about_its_own_fit_is_not_believed():
    class Liar(keras.Model):
        def fit(self, *args, **kwargs):
            return None

    def answer(backbone, n_classes):
        images = keras.Input(backbone.input_shape[1:])
        return Liar(images, layers.Dense(n_classes)(backbone(images)))

    assert check("04.2", answer).status == "wrong"


# 04.3  standardise


def with_epsilon(train, test):
    mean, std = np.mean(train, 0), np.std(train, 0, ddof=1)
    return [(part - mean) / (std + 1e-6) for part in (train, test)]


def with_sklearn(train, test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def each_with_its_own(train, test):
    return with_epsilon(train, train)[0], with_epsilon(test, test)[0]


def together(train, test):
    both = np.vstack([train, test])
    return with_epsilon(both, train)[1], with_epsilon(both, test)[1]


def by_rows(train, test):
    return tuple(
        (part - part.mean(1, keepdims=True)) / part.std(1, keepdims=True) for part in (train, test)
    )


def one_number(train, test):
    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()


def no_guard(train, test):
    return tuple((part - train.mean(0)) / train.std(0) for part in (train, test))


@pytest.mark.parametrize("answer", [with_epsilon, with_sklearn])
def test_standardised_another_way(answer):
    for seed in range(10):
        assert check("04.3", answer, seed=seed).passed


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (each_with_its_own, "The test set was standardised with its own mean and std."),
        (together, "The mean and std come from train and test together"),
        (by_rows, "Each row was standardised"),
        (one_number, "One mean and one std served all features together."),
        (no_guard, "A feature that never varies has std 0, and 0 / 0 is not a number."),
        (lambda train, test: with_epsilon(train, test)[1], "Your answer is an array of shape"),
        (lambda train, test: with_epsilon(train, test)[::-1], "`train` has shape (60, 5)"),
    ],
)
def test_wrongly_standardised(answer, message):
    verdict = check("04.3", answer)
    assert verdict.status == "wrong"
    assert message in verdict.message


def test_all_but_the_silent_feature_earns_half():
    def zeros(train, test):
        std = np.where(train.std(0) > 0, train.std(0), 1.0)
        return tuple((part - train.mean(0)) / std + (train.std(0) == 0) for part in (train, test))

    assert [check("04.3", answer).points for answer in (no_guard, zeros)] == [1, 1]
    assert [check("04.3", answer).points for answer in (together, by_rows, one_number)] == 3 * [0]


def test_the_silent_feature_alone_earns_nothing():
    def only_there(train, test):
        ordinary = (train.std(0) > 0).all()
        return (train, test) if ordinary else no_guard(train, test)

    assert check("04.3", only_there).points == 0
