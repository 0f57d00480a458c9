"""Distillation: a divergence from the teacher, and half a squared distance."""

import numpy as np
import pytest
import scipy.special

from tlcourse.losses import distillation_loss, hint_loss


@pytest.fixture
def student(rng):
    return rng.normal(0, 3, (5, 4))


@pytest.fixture
def teacher(rng):
    return rng.normal(0, 3, (5, 4))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_it_is_the_divergence_of_the_student_from_the_teacher(student, teacher, temperature):
    p, q = (scipy.special.softmax(x / temperature, axis=1) for x in (student, teacher))
    expected = temperature**2 * scipy.special.rel_entr(q, p).sum(axis=1).mean()
    found = distillation_loss(student, teacher, temperature=temperature)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_by_hand():
    # Teacher (¾, ¼), student (½, ½): ¾ log 1.5 + ¼ log 0.5, at T = 1.
    loss = distillation_loss([[0.0, 0.0]], [[np.log(3), 0.0]], temperature=1.0)
    assert float(loss) == pytest.approx(0.130812, abs=1e-6)


def test_the_default_temperature(student, teacher):
    expected = float(distillation_loss(student, teacher, temperature=4.0))
    assert float(distillation_loss(student, teacher)) == expected


def test_at_a_high_temperature_logits_are_matched(student, teacher):
    # The limit of T² · KL: half the variance, over the classes, of the difference in logits.
    expected = (student - teacher).var(axis=1).mean() / 2
    found = distillation_loss(student, teacher, temperature=1e3)
    np.testing.assert_allclose(found, expected, rtol=1e-2)


def test_a_constant_added_to_logits_changes_nothing(student, teacher):
    value = float(distillation_loss(student, teacher))
    assert float(distillation_loss(student + 3, teacher - 7)) == pytest.approx(value)
    assert float(distillation_loss(teacher + 3, teacher)) == pytest.approx(0, abs=1e-12)


def test_the_gradient_reaches_the_student_only(student, teacher, check_gradient, gradient_of):
    check_gradient(lambda x: distillation_loss(x, teacher), student)
    assert not gradient_of(lambda x: distillation_loss(student, x), teacher).any()


def test_the_gradient_is_the_difference_in_probabilities(student, teacher, gradient_of):
    p, q = (scipy.special.softmax(x / 4, axis=1) for x in (student, teacher))
    found = gradient_of(lambda x: distillation_loss(x, teacher), student)
    np.testing.assert_allclose(found, 4 * (p - q) / 5, rtol=1e-7)


def test_extreme_logits(gradient_of):
    student, teacher = np.array([[1e4, 0.0, -1e4], [0.0, 1e4, 0.0]], "float32"), np.zeros((2, 3))
    for one, other in ((student, teacher), (teacher, student), (student, student)):
        assert np.isfinite(float(distillation_loss(one, other)))
        assert np.isfinite(gradient_of(lambda x, y=other: distillation_loss(x, y), one)).all()


def test_a_hint_by_hand():
    # Half of the mean of 3² + 4² and 0.
    assert float(hint_loss([[1.0, 2.0], [5.0, 5.0]], [[4.0, 6.0], [5.0, 5.0]])) == 6.25


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 5, 2)])
def test_a_hint_is_half_a_squared_norm(shape, rng):
    student, teacher = rng.normal(size=shape), rng.normal(size=shape)
    expected = np.mean(
        [np.linalg.norm(one - other) ** 2 / 2 for one, other in zip(student, teacher, strict=True)]
    )
    np.testing.assert_allclose(hint_loss(student, teacher), expected, rtol=1e-9)


def test_a_hint_reaches_the_student_only(rng, check_gradient, gradient_of):
    student, teacher = rng.normal(size=(3, 2, 2)), rng.normal(size=(3, 2, 2))
    check_gradient(lambda x: hint_loss(x, teacher), student)
    assert not gradient_of(lambda x: hint_loss(student, x), teacher).any()


def test_bad_input():
    with pytest.raises(
        ValueError, match=r"`teacher_logits` must have shape \(3, 2\).*got \(3, 4\)"
    ):
        distillation_loss(np.ones((3, 2)), np.ones((3, 4)))
    with pytest.raises(ValueError, match=r"`student_logits` must be .*; got shape \(3, 1\)"):
        distillation_loss(np.ones((3, 1)), np.ones((3, 1)))
    with pytest.raises(ValueError, match=r"`temperature` must be a number > 0; got -1"):
        distillation_loss(np.ones((3, 2)), np.ones((3, 2)), temperature=-1)
    with pytest.raises(ValueError, match=r"`teacher_features` must have shape \(3, 2\).*\(1, 2\)"):
        hint_loss(np.ones((3, 2)), np.ones((1, 2)))
    with pytest.raises(ValueError, match=r"`student_features` must have shape \(n, \.\.\.\); got"):
        hint_loss(np.ones(3), np.ones(3))
