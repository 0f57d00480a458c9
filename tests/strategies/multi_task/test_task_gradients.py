"""Gradients of tasks: against closed forms of a linear backbone, and finite differences."""

import keras
import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from tlcourse.measures import gradient_conflict
from tlcourse.strategies import MultiTask, Task, gradients_of_tasks

TASKS = [Task("side", "classification", 3), Task("sum", "regression", 2)]


@pytest.fixture(scope="module")
def linear():
    """A linear backbone (4 to 3) with two linear heads, and the data it was trained on."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(12, 4)).astype("float32")
    labels = {"side": np.arange(12) % 3, "sum": rng.normal(size=(12, 2))}
    inputs = keras.Input((4,))
    features = keras.layers.Dense(3, use_bias=False)(inputs)
    keras.utils.set_random_seed(2)
    learner = MultiTask(keras.Model(inputs, features), tasks=TASKS, steps=3, batch_size=12)
    return learner.fit(x, labels, x_test=x, labels_test=labels), x, labels


def parts(result):
    """The backbone's kernel and each head's (kernel, bias), in float64."""
    kernel = np.asarray(result.backbone.weights[0]).astype("float64")
    heads = {}
    for task in TASKS:
        weights = result.model.get_layer(f"{task.name}_head").weights
        heads[task.name] = [np.asarray(weight).astype("float64") for weight in weights]
    return kernel, heads


def test_closed_forms(linear):
    result, x, labels = linear
    kernel, heads = parts(result)
    outputs = {name: x @ kernel @ v + b for name, (v, b) in heads.items()}
    errors = {
        "side": (softmax(outputs["side"], axis=1) - np.eye(3)[labels["side"]]) / 12,
        "sum": 2 * (outputs["sum"] - labels["sum"]) / 24,
    }
    found = gradients_of_tasks(result, x, labels)
    assert list(found) == ["side", "sum"]
    for name, error in errors.items():
        expected = x.T @ error @ heads[name][0].T
        np.testing.assert_allclose(found[name], expected.ravel(), rtol=1e-4, atol=1e-7)


def test_a_step_against_the_gradient_helps_its_own_task(linear):
    result, x, labels = linear
    kernel, heads = parts(result)

    def losses(w):
        outputs = {name: x @ w @ v + b for name, (v, b) in heads.items()}
        hard = -log_softmax(outputs["side"], axis=1)[np.arange(12), labels["side"]].mean()
        return {"side": hard, "sum": np.square(outputs["sum"] - labels["sum"]).mean()}

    gradients = gradients_of_tasks(result, x, labels)
    conflict = gradient_conflict(list(gradients.values()))[0, 1]
    step = 1e-4 * gradients["side"].reshape(kernel.shape)
    change = {name: losses(kernel - step)[name] - losses(kernel)[name] for name in gradients}
    assert change["side"] < 0
    assert np.sign(change["sum"]) == -np.sign(conflict)


def test_nothing_is_changed_and_dropout_is_off(linear):
    result, x, labels = linear
    before = [np.array(np.asarray(w)) for w in result.model.variables]
    one, two = (gradients_of_tasks(result, x, labels) for _ in range(2))
    for a, b in zip(before, result.model.variables, strict=True):
        np.testing.assert_array_equal(a, np.asarray(b))
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])


def test_it_takes_a_network_with_normalisation(pair):
    x, labels = pair.target.x_train, {"kind": pair.target.labels_train}
    learner = MultiTask(tasks=[Task("kind", "classification", 3)], steps=2)
    result = learner.fit(x, labels, x_test=x, labels_test=labels)
    (gradient,) = gradients_of_tasks(result, x[:8], {"kind": labels["kind"][:8]}).values()
    assert gradient.shape == (
        sum(int(np.prod(w.shape)) for w in result.backbone.trainable_variables),
    )
    assert np.isfinite(gradient).all()
    assert gradient.any()


def test_what_cannot_be(linear):
    result, x, labels = linear
    with pytest.raises(ValueError, match=r"`labels` must .* \['sum'\] are missing"):
        gradients_of_tasks(result, x, {"side": labels["side"]})
    with pytest.raises(ValueError, match=r"`x` must hold examples of shape \(4,\).*got \(3,\)"):
        gradients_of_tasks(result, x[:, :3], labels)
    with pytest.raises(ValueError, match=r"`x` must hold at least one example"):
        gradients_of_tasks(result, x[:0], labels)
