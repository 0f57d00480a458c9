"""Tasks: what they are, and which labels fit them."""

import numpy as np
import pytest

from tlcourse.strategies import Task
from tlcourse.strategies.multi_task.task import check_tasks, checked_labels

DIGIT, PLACE = Task("digit", "classification", 3), Task("place", "regression", 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("angle", "ranking", 1), r"`kind` of 'angle' is 'ranking'. Allowed: 'classification'"),
        (("angle", "regresion", 1), r"'regresion'. Did you mean 'regression'"),
        (("digit", "classification", 1), "`n_outputs` of `digit` must be .*, at least 2; got 1"),
        (("angle", "regression", 0), "`n_outputs` of `angle` must be .*, at least 1; got 0"),
        (("angle", "regression", 1.0), "`n_outputs` of `angle` must be .*; got 1.0"),
        (("the angle", "regression", 1), r"`name` must be a Python name.*; got 'the angle'"),
        ((3, "regression", 1), r"`name` must be a Python name.*; got 3"),
    ],
)
def test_tasks_that_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        Task(*arguments)


@pytest.mark.parametrize("tasks", [[], ["digit"], [DIGIT, "place"]])
def test_what_are_no_tasks(tasks):
    with pytest.raises(ValueError, match=r"`tasks` must be Tasks, at least one; got \["):
        check_tasks(tasks)


def test_two_tasks_of_one_name():
    with pytest.raises(ValueError, match=r"`tasks` must have different names; two are 'digit'"):
        check_tasks([DIGIT, PLACE, Task("digit", "regression", 1)])


def test_labels_come_out_in_the_order_of_the_tasks():
    labels = {"place": [[1, 2], [3, 4]], "other": None, "digit": np.array([2, 0], "int64")}
    found = checked_labels((DIGIT, PLACE), labels, 2, "labels")
    assert list(found) == ["digit", "place"]
    assert [str(each.dtype) for each in found.values()] == ["int32", "float32"]
    np.testing.assert_array_equal(found["place"], [[1, 2], [3, 4]])


def test_one_number_an_example_needs_no_second_axis():
    angle = Task("angle", "regression", 1)
    assert checked_labels((angle,), {"angle": [1.5, 2.5]}, 2, "labels")["angle"].shape == (2, 1)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 2], r"`labels` must be a dict, task name to array; got list"),
        ({"digit": [0, 1]}, r"`labels` must .* \['place'\] are missing in \['digit'\]"),
        ({"digit": [0, 3]}, r"`labels\['digit'\]` must lie in 0 to 2 .*; got 0 to 3"),
        ({"digit": [0.0, 1.0]}, r"`labels\['digit'\]` must be whole numbers"),
        ({"digit": [0]}, r"`labels\['digit'\]` must have shape \(2,\).*; got \(1,\)"),
        ({"place": [1.0, 2.0]}, r"`labels\['place'\]` must have shape \(2, 2\).*; got \(2, 1\)"),
        ({"place": [[1, 2, 3], [1, 2, 3]]}, r"`labels\['place'\]` .* \(2, 2\).*; got \(2, 3\)"),
        ({"place": [[1, 2], [3, np.nan]]}, r"`labels\['place'\]` must be finite numbers"),
        ({"place": [["a", "b"], ["c", "d"]]}, r"`labels\['place'\]` must be finite .* <U1"),
    ],
)
def test_labels_that_cannot_be(labels, message):
    if isinstance(labels, dict) and "missing" not in message:
        labels = {"digit": [0, 1], "place": [[1, 2], [3, 4]]} | labels
    with pytest.raises(ValueError, match=message):
        checked_labels((DIGIT, PLACE), labels, 2, "labels")
