"""Answers to 04.1 to 04.4, as learners write them; `test_answers` says how they are named."""

import keras
import numpy as np
from keras import layers

_FREEZE, _HEAD = "backbone.trainable = False", "Dense(n_classes)"
_MODEL = "keras.Model(images, logits)"

# Edits of the solution; what they are told, and the points where there are some.
SLIPS = {
    "04.1": (
        ({"predict(images, batch_size=batch_size, verbose=0)": "output"}, "symbolic"),
        (
            {"predict(images": "predict(np.random.permutation(images)"},
            "the rows are in another order",
        ),
        (
            {"predict(images": "predict(images[:batch_size]"},
            "has shape (8, 8), and (22, 8) is right",
        ),
    ),
    "04.2": (
        (
            {_FREEZE: "pass"},
            "10 of the backbone's 10 variables moved during `fit`, 4 of them moving",
        ),
        ({_FREEZE: "pass", "images))": "images, training=False))"}, "freezes nothing."),
        ({"(images, logits)": "(images, logits, trainable=False)"}, "The head is frozen too."),
        ({_HEAD: _HEAD.replace(")", ', "softmax")')}, "These are probabilities, and logits were"),
        ({_HEAD: _HEAD.replace(")", ', "sigmoid")')}, "Leave out the sigmoid"),
        ({_HEAD: "Dense(10)"}, "gives the shape (24, 10); (24, 3) is right"),
        ({_HEAD: _HEAD.replace(")", ', "relu")')}, "A ReLU stands at the end"),
        ({"backbone(images)": "backbone(layers.Rescaling(1 / 255)(images))"}, "divided by 255"),
        ({"backbone(images)": "backbone(layers.Rescaling(255.0)(images))"}, "multiplied by 255"),
        (
            {"backbone(images)": "backbone(layers.Conv2D(1, 3, padding='same')(images))"},
            "Something stands between the images and the backbone",
        ),
        (
            {_MODEL: "keras.Sequential([keras.Input((8,)), layers.Dense(n_classes)])"},
            "A head alone reads features",
        ),
        ({_MODEL: "backbone"}, "gives the shape (24, 8); (24, 3) is right"),
        ({_MODEL: "layers.Dense(n_classes)"}, "returned a `Dense`; a `keras.Model`"),
        (
            {"backbone(images)": "keras.models.clone_model(backbone)(images)"},
            "10 of the backbone's 10 variables are not in your model",
        ),
        (
            {"(images, logits)": "(images, layers.Lambda(lambda x: 2 * x)(logits))"},
            "Keras could not build your model again",
        ),
    ),
    "04.4": (
        (
            {"layers.Dense(n_classes)": "layers.Dense(n_classes, 'softmax')"},
            "Leave out the softmax",
        ),
        ({"epochs=60": "epochs=0"}, "It has learned too little"),
        ({"labels, epochs": "labels * 0, epochs"}, "or something else than the labels"),
        ({"layers.Dense(n_classes)": "layers.Dense(7)"}, "has shape (39, 7), and (39, 3) is right"),
        (
            {"layers.Dense(n_classes)": "layers.Dense(n_classes, 'sigmoid')"},
            "Leave out the sigmoid",
        ),
        ({"return probe": "return probe.get_weights()"}, "a `keras.Model` was asked for"),
    ),
    "04.3": (
        (
            {"np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), 1.0)": "train.std(axis=0)"},
            "A feature that never varies in train became nan (1 point)",
        ),
        (
            {"np.ptp(train, axis=0) > 0": "train.std(axis=0) > 0"},
            "the computed one may be a rounding error. (1 point)",
        ),
        (
            {"(train - mean) / std,": "(train - mean) / std + (np.ptp(train, 0) == 0),"},
            "never varies in train became 1. (1 point)",
        ),
        (
            {"np.ptp(train, axis=0) > 0": "train.std(axis=0) > 1e-8"},
            "Divide by 1 instead (1 point)",
        ),
        ({"np.ptp(train, axis=0) > 0": "train.std(axis=0) > 0.3"}, "The value is not right"),
        ({"np.ptp(train, axis=0) > 0": "train[0] != train[1]"}, "In all,"),
        ({"return (train - mean) / std, ": "return "}, "Your answer is an array of shape"),
        (
            {"(train - mean) / std, (test": "(test - mean) / std, (test"},
            "`train` has shape (60, 5)",
        ),
    ),
}


def right_04_1_batch_by_batch(backbone, images, batch_size):
    features = []
    for start in range(0, len(images), batch_size):
        features.append(backbone(images[start : start + batch_size], training=False))
    return keras.ops.concatenate(features)


def wrong_04_1_frozen_but_in_training_mode(backbone, images, batch_size):
    """Your answer gives"""
    backbone.trainable = False  # which does not stop dropout
    starts = range(0, len(images), batch_size)
    return np.concatenate(
        [backbone(images[i : i + batch_size], training=True) for i in starts], axis=0
    )


def wrong_04_1_all_at_once(backbone, images, batch_size):
    """The backbone saw 22 images at once; `batch_size` was 8. (1 point)"""
    return backbone(images, training=False)


def right_04_1_rows_in_a_list(backbone, images, batch_size):
    return list(backbone.predict(images, batch_size, verbose=0))


def right_04_2_sequential_and_compiled(backbone, n_classes):
    for layer in backbone.layers:
        layer.trainable = False
    head = [layers.Dropout(0.5), layers.Dense(n_classes)]
    model = keras.Sequential([keras.Input(backbone.input_shape[1:]), backbone, *head])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def right_04_2_on_the_backbones_output(backbone, n_classes):
    backbone.trainable = False
    logits = layers.Dense(n_classes)(layers.BatchNormalization()(backbone.output))
    return keras.Model(backbone.input, logits)


def right_04_2_a_frozen_copy_that_is_not_built(backbone, n_classes):
    copy = keras.models.clone_model(backbone)
    copy.set_weights(backbone.get_weights())
    copy.trainable = False
    return keras.Sequential([copy, layers.Dense(n_classes)])


def right_04_2_augmented_and_frozen_after_building(backbone, n_classes):
    images = keras.Input(backbone.input_shape[1:])
    features = backbone(layers.RandomFlip("horizontal")(images), training=False)
    model = keras.Model(images, layers.Dense(n_classes)(features))
    backbone.trainable = False
    return model


def right_04_2_frozen_variable_by_variable(backbone, n_classes):
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        for variable in layer.trainable_variables:
            variable.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes)])


def right_04_2_the_librarys_own_probe(backbone, n_classes):
    from tlcourse.models import freeze, new_head

    freeze(backbone)
    head = new_head(backbone, n_classes, normalise=True, zero=True)
    return keras.Sequential([backbone, head])


def right_04_2_a_head_that_starts_at_zero(backbone, n_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes, kernel_initializer="zeros")])


def wrong_04_2_all_but_batchnorm(backbone, n_classes):
    """8 variables of the backbone's BatchNorm layers moved during `fit`"""
    for layer in backbone.layers:
        layer.trainable = isinstance(layer, layers.BatchNormalization)
    return keras.Sequential([backbone, layers.Dense(n_classes)])


def wrong_04_2_weights_but_not_statistics(backbone, n_classes):
    """The 4 moving statistics of the backbone's BatchNorm layers"""
    for variable in backbone.trainable_variables:
        variable.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes)])


def wrong_04_2_own_layer(backbone, n_classes):
    """`Head` is not a class of Keras"""

    class Head(layers.Dense):
        pass

    backbone.trainable = False
    return keras.Sequential([backbone, Head(n_classes)])


def wrong_04_2_own_model(backbone, n_classes):
    """is not a class of Keras"""

    class Probe(keras.Model):
        def __init__(self):
            super().__init__()
            self.backbone, self.head = backbone, layers.Dense(n_classes)

        def call(self, images):
            return self.head(self.backbone(images))

    backbone.trainable = False
    return Probe()


def wrong_04_2_a_fit_that_lies(backbone, n_classes):
    """is not a class of Keras"""

    class Liar(keras.Model):
        def fit(self, *args, **kwargs):
            return None

    images = keras.Input(backbone.input_shape[1:])
    return Liar(images, layers.Dense(n_classes)(backbone(images)))


def right_04_3_in_a_list(train, test):
    mean, std = np.mean(train, 0), np.std(train, 0, ddof=1)
    still = train.min(axis=0) == train.max(axis=0)
    return [np.where(still, 0, (part - mean) / np.where(still, 1, std)) for part in (train, test)]


def wrong_04_3_with_epsilon(train, test):
    """The value is not right"""
    mean, std = np.mean(train, 0), np.std(train, 0)
    return (train - mean) / (std + 1e-6), (test - mean) / (std + 1e-6)


def right_04_3_with_sklearn(train, test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def wrong_04_3_each_with_its_own(train, test):
    """The test set was standardised with its own mean and std."""
    return right_04_3_in_a_list(train, train)[0], right_04_3_in_a_list(test, test)[0]


def wrong_04_4_scaled_in_training_only(features, labels, n_classes):
    """is what it was fitted on scaled like what it gets?"""
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    probe = keras.Sequential([keras.Input(features.shape[1:]), layers.Dense(n_classes)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    probe.compile(keras.optimizers.Adam(1e-2), loss=loss)
    probe.fit(scaled, labels, epochs=60, verbose=0)
    return probe


def wrong_04_4_a_hidden_layer(features, labels, n_classes):
    """It is no linear function of the features"""
    probe = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(n_classes)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    probe.compile(keras.optimizers.Adam(3e-3), loss=loss)
    probe.fit(features, labels, epochs=80, verbose=0)
    return probe


def right_04_4_one_hot_labels(features, labels, n_classes):
    probe = keras.Sequential([layers.Dense(n_classes)])
    probe.compile(
        keras.optimizers.RMSprop(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True)
    )
    probe.fit(features, keras.utils.to_categorical(labels, n_classes), epochs=150, verbose=0)
    return probe


def wrong_04_4_not_trained(features, labels, n_classes):
    """It has learned too little"""
    return keras.Sequential([keras.Input(features.shape[1:]), layers.Dense(n_classes)])
