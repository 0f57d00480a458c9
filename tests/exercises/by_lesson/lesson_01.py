"""Answers to 01.1 to 01.6, as learners write them; `test_answers` says how they are named."""

import keras
import numpy as np
from keras import layers, ops
from scipy import stats

# Edits of the solution; what they are told, and the points where there are some.
SLIPS = {
    "01.1": (
        ({"replace=False": "replace=True"}, "repeat an earlier one"),
        ({"size=k": "size=k - 1"}, "too few or too many"),
        ({"rng.choice": "np.random.choice"}, "Two generators with the same seed gave"),
        (
            {"np.flatnonzero(labels == c)": "np.arange((labels == c).sum()) + 12 * c"},
            "or only among",
        ),
        ({"concatenate(chosen)": "stack(chosen)"}, "has shape (4, 5); one flat"),
        ({"concatenate(chosen)": "concatenate(chosen) + 1.0"}, "whole numbers are right"),
        ({"concatenate(chosen)": "concatenate(chosen) + 45"}, "0 to 47 are allowed"),
        (
            {"np.concatenate(chosen)": "np.isin(np.arange(48), np.concatenate(chosen))"},
            "bool values",
        ),
    ),
    "01.2": (
        ({"0.975, n - 1": "0.975, n"}, "n degrees of freedom"),
        ({"0.975": "0.9"}, "for `halfwidth`"),
        ({"return np.mean(accuracies), ": "return "}, "is a number"),
    ),
    "01.4": (
        ({"backbone.trainable = False": "pass"}, "the backbone's 10 variables moved"),
        ({"backbone.trainable = False": "backbone.training = False"}, "this is fine-tuning"),
        ({"epochs=40": "epochs=0"}, "It has learned too little"),
        ({"fit(images, labels": "fit(images, labels * 0"}, "or something else than the labels"),
        ({"Dense(n_classes)": "Dense(n_classes, 'softmax')"}, "Leave out the softmax"),
        ({"Dense(n_classes)": "Dense(10)"}, "gives the shape (60, 10); (60, 3) is right"),
        ({"Dense(n_classes)": "Dense(n_classes, 'relu')"}, "A ReLU stands at the end"),
        ({"Dense(n_classes)": "Dense(n_classes, 'tanh')"}, "Leave out the sigmoid or tanh"),
        (
            {"layers.Dense(n_classes)": "layers.Dense(9, 'relu'), layers.Dense(n_classes)"},
            "a linear head was asked for",
        ),
        (
            {
                "backbone.trainable = False": "model_frozen = True",
                "    model.compile": "    model.trainable = False\n    model.compile",
            },
            "all of it is frozen",
        ),
        ({"from_logits=True": "from_logits=False"}, "where it is cut nothing is learned"),
        ({"backbone, layers": "layers.Rescaling(1 / 255), backbone, layers"}, "divided by 255"),
        (
            {"backbone, layers": "keras.models.clone_model(backbone), layers"},
            "are not in your model",
        ),
        ({"return model": "return model.fit(images, labels, verbose=0)"}, "was asked for"),
    ),
    "01.5": (
        (
            {
                "in model.weights]": "in model.trainable_variables]",
                "zip(model.weights": "zip(model.trainable_variables",
            },
            "statistics of BatchNorm",
        ),
        ({"ops.convert_to_numpy(v) for v in": "v.value for v in"}, "Were the old values copies?"),
        ({"if not np": "if np"}, "All 12 weights that moved"),
        (
            {"not np.array_equal(": "np.all(ops.convert_to_numpy(v) != old) or False and ("},
            "They moved a little",
        ),
        ({"not np.array_equal(": "not np.allclose("}, "Compare all entries, exactly"),
        ({"v.path": "v.name"}, "a list of paths is right"),
        ({"    train()\n": "    pass\n"}, "are missing."),
    ),
    "01.6": (
        ({"copy.set_weights(part.get_weights())": "pass"}, "It starts somewhere else"),
        (
            {
                "copy.set_weights(part.get_weights())": "[mine.assign(theirs) for mine, theirs in "
                "zip(copy.trainable_variables, part.trainable_variables)]"
            },
            "or with only some of the old ones",
        ),
        ({"*parts]": "*parts, layers.Dense(3)]"}, "nothing else belongs in between"),
        ({"from_logits=True": "from_logits=False"}, "by luck (1.5 points)"),
        ({"copy = keras.models.clone_model(part)": "copy = part"}, "themselves changed"),
        (
            {"copy.trainable = True": "copy.trainable = part is head"},
            "kernels of backbone",
        ),
        ({"Adam(1e-3)": "Adam(0.1)"}, "washed the pretrained weights away"),
        ({"epochs=20": "epochs=0"}, "3 of the 3 kernels"),
    ),
    "01.3": (
        ({'float("inf")': "0"}, "This curve never reaches its goal (1 point)"),
        ({'"inf"': '"nan"'}, "This curve never reaches its goal"),
        ({'float("inf")': '"inf"'}, "is a number too, infinity (1 point)"),
        ({"if len(reached)": "if len(reached) and reached[0]"}, "This curve does reach its goal"),
        (
            {"if len(reached)": "if accuracies[-1] >= goal"},
            "at once, or before it falls again, or just.",
        ),
        (
            {"if len(reached)": "if accuracies.max() > goal"},
            "Look at all of the curve, its first place too",
        ),
        ({">= goal": ">= 0.85"}, "The goal was written into the function"),
        (  # a wrong time, and one where there is none: right in neither way, so no point
            {
                'seconds[reached[0]] if len(reached) else float("inf")': "1 + "
                "seconds[np.argmax(accuracies >= goal)]"
            },
            "The value is not right",
        ),
    ),
}


def right_01_1_shuffle_then_count(labels, k, rng):
    taken, chosen = {}, []
    for i in rng.permutation(len(labels)):
        if taken.setdefault(int(labels[i]), 0) < k:
            taken[int(labels[i])] += 1
            chosen.append(int(i))
    return chosen


def wrong_01_1_first_k(labels, k, rng):
    """always the first 5 of each class"""
    return np.concatenate([np.where(labels == c)[0][:k] for c in np.unique(labels)])


def wrong_01_1_k_in_all(labels, k, rng):
    """These are 5 examples in all, from any class."""
    return rng.choice(len(labels), size=k, replace=False)


def wrong_01_1_own_generator(labels, k, rng):
    """150 different seeds gave one and the same draw."""
    return right_01_1_shuffle_then_count(labels, k, np.random.default_rng(0))


def raised_01_1_ten_classes(labels, k, rng):
    """labels: int32 array (25,); k = 4"""
    return np.concatenate(
        [rng.choice(np.where(labels == c)[0], k, replace=False) for c in range(4)]
    )


def right_01_2_interval_by_scipy(accuracies):
    mean = sum(accuracies) / len(accuracies)
    low, high = stats.t.interval(0.95, len(accuracies) - 1, loc=mean, scale=stats.sem(accuracies))
    return [mean, (high - low) / 2]


def right_01_2_in_an_array(accuracies):
    return np.array(right_01_2_interval_by_scipy(accuracies), "float32")


def wrong_01_2_swapped_in_an_array(accuracies):
    """The two numbers are swapped"""
    return np.array(right_01_2_interval_by_scipy(accuracies)[::-1])


def right_01_3_with_a_loop(seconds, accuracies, goal):
    for time, accuracy in zip(seconds, accuracies, strict=True):
        if accuracy >= goal:
            return time
    return float("inf")


def wrong_01_3_argmax_without_asking(seconds, accuracies, goal):
    """This curve never reaches its goal (1 point)"""
    return seconds[np.argmax(accuracies >= goal)]


def wrong_01_3_best(seconds, accuracies, goal):
    """the time of the best accuracy"""
    return seconds[accuracies.argmax()] if accuracies.max() >= goal else np.inf


def wrong_01_3_falls_off_the_end(seconds, accuracies, goal):
    """Every way through the function must end in a `return`"""
    for time, accuracy in zip(seconds, accuracies, strict=True):
        if accuracy >= goal:
            return time


def wrong_01_1_random_in_the_first_class_only(labels, k, rng):
    """never came"""
    first, *others = np.unique(labels)
    rest = [np.flatnonzero(labels == c)[:k] for c in others]
    chosen = rng.choice(np.flatnonzero(labels == first), k, replace=False)
    return np.concatenate([chosen, *rest])


def wrong_01_1_one_block(labels, k, rng):
    """two examples of class 0 never came together"""
    chosen = []
    for c in np.unique(labels):
        positions = np.flatnonzero(labels == c)
        begin = rng.integers(len(positions))
        chosen.append(np.roll(positions, begin)[:k])
    return np.concatenate(chosen)


def wrong_01_1_out_of_the_first_k_plus_one(labels, k, rng):
    """6 of the 12 examples of class 0 never came."""
    return np.concatenate(
        [rng.choice(np.flatnonzero(labels == c)[: k + 1], k, False) for c in np.unique(labels)]
    )


def raised_01_1_more_than_there_are(labels, k, rng):
    """rng.choice(np.flatnonzero(labels == c), 99, replace=False)"""
    return [rng.choice(np.flatnonzero(labels == c), 99, replace=False) for c in np.unique(labels)]


def wrong_01_3_by_halving(seconds, accuracies, goal):
    """`searchsorted` halves a list that only rises"""
    place = np.searchsorted(accuracies, goal)
    return seconds[place] if place < len(seconds) else float("inf")


def wrong_01_3_nearest(seconds, accuracies, goal):
    """the time at which the accuracy is nearest to the goal"""
    return seconds[np.abs(accuracies - goal).argmin()]


def right_01_4_functional_with_callbacks(backbone, images, labels, n_classes):
    for layer in backbone.layers:
        layer.trainable = False
    inputs = keras.Input(images.shape[1:])
    model = keras.Model(inputs, layers.Dense(n_classes)(backbone(inputs, training=False)))
    model.compile(
        keras.optimizers.RMSprop(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True)
    )
    model.fit(images, keras.utils.to_categorical(labels, n_classes), epochs=60, verbose=0)
    return model


def wrong_01_4_frozen_after_the_training(backbone, images, labels, n_classes):
    """variables moved during `fit`"""
    model = keras.Sequential([backbone, layers.Dense(n_classes)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3), loss=loss)
    model.fit(images, labels, epochs=2, verbose=0)
    backbone.trainable = False
    return model


def right_01_5_in_a_dict(model, train):
    old = {v.path: np.array(ops.convert_to_numpy(v)) for v in model.variables}
    train()
    return {v.path for v in model.variables if (ops.convert_to_numpy(v) != old[v.path]).any()}


def wrong_01_5_what_may_train(model, train):
    """are named that did not move"""
    train()
    return [v.path for v in model.weights]


def right_01_6_as_in_the_lesson(backbone, head, images, labels):
    parts = []
    for part in (backbone, head):
        twin = keras.models.clone_model(part)
        twin.set_weights(part.get_weights())
        parts.append(twin)
    model = keras.Sequential(parts)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
    model.fit(images, labels, batch_size=32, epochs=20, verbose=0)
    return model


def right_01_1_a_set(labels, k, rng):
    return {*right_01_1_shuffle_then_count(labels, k, rng)}


def wrong_01_1_labels(labels, k, rng):
    """These are labels of the examples, not their positions."""
    return labels[right_01_1_shuffle_then_count(labels, k, rng)]


def wrong_01_1_grown_from_floats(labels, k, rng):
    """that is an array of floats; begin with a list. (1 point)"""
    chosen = np.array([])
    for c in np.unique(labels):
        chosen = np.append(chosen, rng.choice(np.flatnonzero(labels == c), k, replace=False))
    return chosen


def raised_01_4_three_classes(backbone, images, labels, n_classes):
    """n_classes = 4"""
    model = keras.Sequential([backbone, layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-2), loss=loss)
    backbone.trainable = False
    model.fit(images, labels, epochs=40, verbose=0)
    return model


def wrong_01_4_the_head_alone(backbone, images, labels, n_classes):
    """A head alone reads features; it does not see an image."""
    return keras.Sequential([keras.Input((8,)), layers.Dense(n_classes)])


def right_01_5_a_generator(model, train):
    return (path for path in right_01_5_in_a_dict(model, train))


def wrong_01_5_by_name(model, train):
    """several weights share a `name`"""
    old = {v.name: ops.convert_to_numpy(v) for v in model.weights}
    train()
    return [
        v.path for v in model.weights if not np.array_equal(old[v.name], ops.convert_to_numpy(v))
    ]


def right_01_6_one_network(backbone, head, images, labels):
    both = keras.Sequential([backbone, head])
    model = keras.models.clone_model(both)
    model.build((None, *images.shape[1:]))
    model.set_weights(backbone.get_weights() + head.get_weights())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3), loss=loss)
    model.fit(images, labels, batch_size=8, epochs=40, verbose=0)
    return model
