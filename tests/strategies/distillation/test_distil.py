"""Distillation: what the student learns from, and that the teacher stays as it is."""

import dataclasses

import keras
import numpy as np
import pytest
from model_weights import arrays as weights
from scipy.special import log_softmax, softmax

from tlcourse.backbones import load_backbone
from tlcourse.models import new_head
from tlcourse.strategies import Distil, FromScratch, SourceOnly
from tlcourse.strategies.distillation import distil
from tlcourse.strategies.distillation.distil import TeacherAndLabels

SHORT = {"steps": 6, "batch_size": 8}


@pytest.fixture(scope="module")
def teacher(pair):
    return SourceOnly(epochs=20, batch_size=16).fit(pair, seed=0).model


def with_labels_permuted(domain):
    permuted = np.random.default_rng(0).permutation(domain.labels_train)
    return dataclasses.replace(domain, labels_train=permuted)


def test_the_loss_by_numpy(rng):
    student, teacher = rng.normal(size=(2, 5, 3))
    labels = np.array([0, 2, 1, 1, 0])
    q, log_p = softmax(teacher / 2.5, axis=1), log_softmax(student / 2.5, axis=1)
    soft = 2.5**2 * np.mean(np.sum(q * (np.log(q) - log_p), axis=1))
    hard = -np.mean(log_softmax(student, axis=1)[np.arange(5), labels])
    loss = TeacherAndLabels(temperature=2.5, share=0.7)
    found = loss(np.column_stack([teacher, labels]), student)
    np.testing.assert_allclose(float(found), 0.7 * soft + 0.3 * hard, rtol=1e-5)


def test_the_loss_survives_saving():
    loss = TeacherAndLabels(temperature=2.5, share=0.7)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert (again.temperature, again.share) == (2.5, 0.7)


def test_without_the_teachers_share_it_is_from_scratch(pair, teacher):
    alone = FromScratch(**SHORT).fit(pair, shots=4, seed=3)
    distilled = Distil(teacher, share=0, **SHORT).fit(pair, shots=4, seed=3)
    for one, other in zip(weights(alone.model), weights(distilled.model), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert distilled.history["loss"] == pytest.approx(alone.history["loss"], rel=1e-5)


def test_the_teachers_share_alone_uses_no_label(pair, teacher):
    shuffled = with_labels_permuted(pair.target)
    alone = [Distil(teacher, share=1, **SHORT).fit(data) for data in (pair.target, shuffled)]
    both = [Distil(teacher, share=0.9, **SHORT).fit(data) for data in (pair.target, shuffled)]
    for one, other in zip(*(weights(result.model) for result in alone), strict=True):
        np.testing.assert_array_equal(one, other)
    assert any((a != b).any() for a, b in zip(*(weights(r.model) for r in both), strict=True))


@pytest.mark.parametrize("hints", [None, ("block2_relu", "block2_relu")])
def test_the_student_moves_and_the_teacher_does_not(pair, teacher, hints):
    before = weights(teacher)
    begin = Distil(teacher, hints=hints, steps=1, learning_rate=1e-9).fit(pair, seed=2)
    result = Distil(teacher, hints=hints, **SHORT).fit(pair, seed=2)
    for one, other in zip(before, weights(teacher), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(weights(begin.model), weights(result.model), strict=True):
        assert (one != other).any()
    assert not {id(w) for w in teacher.weights} & {id(w) for w in result.model.weights}


def test_the_student_learns_what_the_teacher_knows(pair, teacher):
    """From images whose labels are wrong on purpose."""
    wrong = dataclasses.replace(pair.source, labels_train=(pair.source.labels_train + 1) % 3)
    settings = {"steps": 60, "batch_size": 16, "dropout": 0.0}
    assert Distil(teacher, share=1, **settings).fit(wrong).target_accuracy > 0.9
    assert FromScratch(**settings).fit(wrong).target_accuracy < 0.1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0}, "`temperature` must be a number > 0; got 0"),
        ({"share": 1.1}, r"`share` must be a number in \[0, 1\]; got 1.1"),
        ({"share": float("nan")}, "`share` must be a number in .*; got nan"),
        ({"hints": "block2"}, "`hints` must be two names of layers, .*; got 'block2'"),
        ({"hints": ("block2",)}, r"`hints` must be two names .*; got \('block2',\)"),
        ({"steps": 0}, "`steps` must be a whole number"),
    ],
)
def test_settings_that_cannot_be(teacher, settings, message):
    with pytest.raises(ValueError, match=message):
        Distil(teacher, **settings)


def test_what_is_no_teacher():
    with pytest.raises(ValueError, match=r"`teacher` must be a functional .*; got 'small_cnn'"):
        Distil("small_cnn")


def test_a_teacher_of_other_classes(pair, backbone):
    two = keras.Sequential([keras.Input((8, 8, 1)), backbone, new_head(backbone, 2)], name="two")
    with pytest.raises(ValueError, match=r"give 3 logits, .* 'dark'; 'two' takes .* gives \(2,\)"):
        Distil(two, **SHORT).fit(pair)


def test_one_class_has_nothing_to_teach(pair, backbone):
    labels = {"labels_train": np.zeros(45, int), "labels_test": np.zeros(30, int)}
    one = dataclasses.replace(pair.target, class_names=("a",), **labels)
    sure = keras.Sequential([keras.Input((8, 8, 1)), backbone, new_head(backbone, 1)])
    with pytest.raises(
        ValueError, match=r"`data` must have at least 2 classes; got Domain\('dark'"
    ):
        Distil(sure, **SHORT).fit(one)


def test_a_teacher_of_other_images(pair):
    large = load_backbone("small_cnn", input_shape=(16, 16, 1))
    model = keras.Sequential([keras.Input((16, 16, 1)), large, new_head(large, 3)])
    with pytest.raises(ValueError, match=r"`teacher` must take \(8, 8, 1\) .* takes \(16, 16, 1\)"):
        Distil(model, **SHORT).fit(pair)


def test_a_teacher_of_probabilities(pair, teacher):
    images = keras.Input((8, 8, 1))
    sure = keras.Model(images, keras.layers.Softmax()(teacher(images)), name="sure")
    with pytest.raises(ValueError, match=r"`teacher` must give logits; those of 'sure' .* softmax"):
        Distil(sure, **SHORT).fit(pair)


def test_a_teacher_that_diverged(pair, teacher):
    images = keras.Input((8, 8, 1))
    lost = keras.Model(images, keras.layers.Rescaling(np.inf)(teacher(images)))
    with pytest.raises(ValueError, match=r"`teacher\(x\)` must be finite"):
        Distil(lost, **SHORT).fit(pair)


def test_an_unlabelled_transfer_set_is_learned_from(pair, teacher):
    """All labels are wrong on purpose, and few: what is right comes from the teacher."""
    wrong = dataclasses.replace(pair.source, labels_train=(pair.source.labels_train + 1) % 3)
    settings = {"steps": 60, "batch_size": 16, "dropout": 0.0}
    student = Distil(teacher, share=1, **settings)
    result = student.fit(wrong, shots=1, transfer=pair.source.x_train)
    assert result.target_accuracy > 0.9
    assert result.n_labels == 0
    assert Distil(teacher, **SHORT).fit(wrong, shots=2, transfer=pair.source.x_train).n_labels == 6
    # The strategy itself does not remember the set.
    one, other = (student.fit(wrong, shots=1) for _ in range(2))
    for a, b in zip(weights(one.model), weights(other.model), strict=True):
        np.testing.assert_array_equal(a, b)


def test_missing_labels_leave_the_teacher_alone(rng):
    student, teacher = rng.normal(size=(2, 5, 3)).astype("float32")
    labels = np.array([0, -1, 1, -1, 0])
    there = labels >= 0
    soft, hard = (
        float(TeacherAndLabels(share=share)(np.column_stack([teacher, labels]), student))
        for share in (1.0, 0.0)
    )
    expected = -np.mean(log_softmax(student[there], axis=1)[np.arange(3), labels[there]])
    assert hard == pytest.approx(expected, rel=1e-5)
    whole = TeacherAndLabels(share=1.0)(np.column_stack([teacher, np.zeros(5)]), student)
    assert soft == pytest.approx(float(whole), rel=1e-6)


def test_the_teachers_classes_alone(rng):
    student, teacher = rng.normal(size=(2, 5, 3)).astype("float32")
    said = teacher.argmax(axis=1)
    loss = TeacherAndLabels(share=1.0, classes=True)
    found = float(loss(np.column_stack([teacher, np.zeros(5)]), student))
    expected = -np.mean(log_softmax(student, axis=1)[np.arange(5), said])
    assert found == pytest.approx(expected, rel=1e-5)


def test_permuted_logits_keep_the_teachers_class_and_values(rng):
    logits = rng.normal(size=(200, 6))
    mixed = distil._with_others_permuted(logits, 3)
    np.testing.assert_array_equal(mixed.argmax(axis=1), logits.argmax(axis=1))
    np.testing.assert_array_equal(np.sort(mixed, axis=1), np.sort(logits, axis=1))
    assert 0.7 < np.mean(mixed != logits) / (5 / 6) < 0.9  # of five others, one stays in place


@pytest.mark.parametrize("teaches", ["classes", "permuted"])
def test_controls_hear_less_of_the_teacher(pair, teacher, teaches):
    whole = Distil(teacher, **SHORT).fit(pair, seed=3)
    control = Distil(teacher, teaches=teaches, **SHORT).fit(pair, seed=3)
    assert any(
        (a != b).any() for a, b in zip(weights(whole.model), weights(control.model), strict=True)
    )


def test_a_student_of_ones_own_begins_anew(pair, teacher, backbone):
    given = weights(backbone)
    result = Distil(teacher, backbone, steps=1, learning_rate=1e-9).fit(pair, seed=2)
    assert [w.shape for w in weights(result.backbone)] == [w.shape for w in given]
    assert (weights(result.backbone)[0] != given[0]).any()
    again = FromScratch(backbone, **SHORT).fit(pair, seed=2)
    named = FromScratch("small_cnn", **SHORT).fit(pair, seed=2)
    for a, b in zip(weights(again.model), weights(named.model), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(given, weights(backbone), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("transfer", "message"),
    [
        (np.zeros((4, 9, 9, 1), "float32"), r"`transfer` must hold images of shape \(8, 8, 1\)"),
        (np.zeros((0, 8, 8, 1), "float32"), "`transfer` must"),
        (["a", "b"], "`transfer` must"),
    ],
)
def test_transfer_sets_that_cannot_be(pair, teacher, transfer, message):
    with pytest.raises(ValueError, match=message):
        Distil(teacher, **SHORT).fit(pair, shots=2, transfer=transfer)


def test_more_settings_that_cannot_be(teacher):
    with pytest.raises(ValueError, match="`teaches` must be one of"):
        Distil(teacher, teaches="softly")
    with pytest.raises(ValueError, match="`label_smoothing` is not for Distil"):
        Distil(teacher, label_smoothing=0.1)
