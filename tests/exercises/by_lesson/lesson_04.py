"""Answers to 04.1 to 04.3, as learners write them; `test_answers` says how they are named."""

import keras
import numpy as np
from keras import layers

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
    "04.3": (
        ({"np.where(std > 0, std, 1.0)": "std"}, "0 / 0 is not a number. (1 point)"),
        (
            {"(train - mean) / std,": "(train - mean) / std + (train.std(0) == 0),"},
            "0 is right. (1 point)",
        ),
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


def right_04_1_rows_in_a_list(backbone, images, batch_size):
    return list(backbone.predict(images, batch_size, verbose=0))


def right_04_2_sequential(backbone, n_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes)])


def right_04_2_frozen_variable_by_variable(backbone, n_classes):
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        for variable in layer.trainable_variables:
            variable.trainable = False
    return wrong_04_2_nothing_frozen(backbone, n_classes)


def wrong_04_2_nothing_frozen(backbone, n_classes):
    """10 of the backbone's 10 variables moved during `fit`, 4 of them moving"""
    images = keras.Input(backbone.input_shape[1:])
    return keras.Model(images, layers.Dense(n_classes)(backbone(images)))


def wrong_04_2_only_training_false(backbone, n_classes):
    """Calling it with `training=False` freezes nothing."""
    images = keras.Input(backbone.input_shape[1:])
    return keras.Model(images, layers.Dense(n_classes)(backbone(images, training=False)))


def wrong_04_2_all_but_batchnorm(backbone, n_classes):
    """8 variables of the backbone's BatchNorm layers moved during `fit`"""
    for layer in backbone.layers:
        layer.trainable = isinstance(layer, layers.BatchNormalization)
    return wrong_04_2_nothing_frozen(backbone, n_classes)


def wrong_04_2_weights_but_not_statistics(backbone, n_classes):
    """The 4 moving statistics of the backbone's BatchNorm layers"""
    for variable in backbone.trainable_variables:
        variable.trainable = False
    return wrong_04_2_nothing_frozen(backbone, n_classes)


def right_04_3_with_epsilon(train, test):
    mean, std = np.mean(train, 0), np.std(train, 0, ddof=1)
    return [(part - mean) / (std + 1e-6) for part in (train, test)]


def right_04_3_with_sklearn(train, test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def wrong_04_3_each_with_its_own(train, test):
    """The test set was standardised with its own mean and std."""
    return right_04_3_with_epsilon(train, train)[0], right_04_3_with_epsilon(test, test)[0]
