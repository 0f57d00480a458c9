"""A domain holds what it says, draws shots fairly, and is split without overlap."""

import numpy as np
import pytest

from tlcourse.domains import Domain, DomainPair, stratified_split


def parts(n_train=12, n_test=6, shape=(4, 4, 1), n_classes=3, **changes):
    given = {
        "name": "tiny",
        "x_train": np.linspace(0, 1, n_train * int(np.prod(shape))).reshape(n_train, *shape),
        "labels_train": np.arange(n_train) % n_classes,
        "x_test": np.zeros((n_test, *shape)),
        "labels_test": np.arange(n_test) % n_classes,
        "class_names": [f"class {i}" for i in range(n_classes)],
    }
    return given | changes


def with_value(x, index, value):
    x = np.array(x)
    x[index] = value
    return x


def test_arrays_become_float32_and_int32_and_names_a_tuple():
    domain = Domain(**parts())
    assert (domain.x_train.dtype, domain.x_test.dtype) == ("float32", "float32")
    assert (domain.labels_train.dtype, domain.labels_test.dtype) == ("int32", "int32")
    assert domain.class_names == ("class 0", "class 1", "class 2")
    assert domain.n_classes == 3
    assert domain.input_shape == (4, 4, 1)
    assert repr(domain) == "Domain('tiny': 12 train + 6 test, 4 × 4 × 1, 3 classes)"


def test_a_domain_equals_only_itself_and_can_be_a_key():
    one, two = Domain(**parts()), Domain(**parts())
    assert one == one
    assert one != two
    assert {one: "a"}[one] == "a"
    assert DomainPair(one, two) != DomainPair(one, two)


def test_examples_need_not_be_images():
    domain = Domain(**parts(shape=(7,)))
    assert domain.input_shape == (7,)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": np.zeros((0, 4, 4, 1))}, r"`x_train` must hold .*\(0, 4, 4, 1\)"),
        ({"x_test": np.zeros((0, 4, 4, 1))}, "`x_test` must hold at least one"),
        ({"x_train": np.zeros((12, 4, 4, 1), int)}, "`x_train` must be float32; got int64"),
        (
            {"x_train": with_value(np.zeros((12, 4, 4, 1)), (5, 1, 2, 0), np.nan)},
            "`x_train` must be finite; example 5 holds",
        ),
        (
            {"x_test": with_value(np.zeros((6, 4, 4, 1)), (2, 0, 0, 0), -np.inf)},
            "`x_test` must be finite; example 2 holds",
        ),
        (
            {"x_train": with_value(np.zeros((12, 4, 4, 1)), (3, 0, 0, 0), 1e300)},
            "`x_train` must be finite; example 3 holds",  # as float32 it is infinite
        ),
        ({"x_test": np.zeros((6, 4, 5, 1))}, r"`x_test` .*\(4, 4, 1\) like `x_train`; got \(4, 5"),
        ({"labels_train": np.zeros(11, int)}, r"`labels_train` must have shape \(12,\)"),
        ({"labels_train": np.zeros((12, 1), int)}, r"one label per example of `x_train`"),
        ({"labels_test": np.zeros(6)}, "`labels_test` must be whole numbers from 0; got float64"),
        ({"labels_test": [0, 1, 2, 3, 0, 1]}, r"`labels_test` must lie in 0 to 2 .* got 0 to 3"),
        ({"labels_train": np.arange(12) % 3 - 1}, r"`labels_train` must lie .* got -1 to 1"),
        ({"class_names": ["a", "b"]}, r"`labels_train` must lie in 0 to 1 \(class names: 2\)"),
        ({"class_names": []}, r"`class_names` must be a sequence .* got \[\]"),
        ({"class_names": "abc"}, "`class_names` must be a sequence .* got 'abc'"),
        ({"class_names": 3}, "`class_names` must be a sequence .* got 3"),
        ({"class_names": ["a", "b", "a"]}, "`class_names` must differ .* 'a' comes twice"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Domain(**parts(**changes))


@pytest.mark.parametrize("k", [1, 4, np.int64(2)])
def test_shots_hold_k_different_examples_of_each_class(k):
    domain = Domain(**parts())
    x, labels = domain.shots(k, seed=3)
    assert x.shape == (3 * k, 4, 4, 1)
    assert (x.dtype, labels.dtype) == ("float32", "int32")
    np.testing.assert_array_equal(np.bincount(labels), [k] * 3)
    rows = {row.tobytes(): label for row, label in zip(x, labels, strict=True)}
    assert len(rows) == 3 * k
    assert (
        rows.items()
        <= {
            row.tobytes(): label
            for row, label in zip(domain.x_train, domain.labels_train, strict=True)
        }.items()
    )


def test_shots_follow_the_seed():
    domain = Domain(**parts(n_train=300))
    first, again, other = (domain.shots(5, seed=seed)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(np.sort(first, axis=0), np.sort(other, axis=0))


def test_shots_come_shuffled():
    labels = Domain(**parts(n_train=300)).shots(20)[1]
    assert not np.array_equal(labels, np.sort(labels))


def test_shots_are_copies():
    domain = Domain(**parts())
    domain.shots(2)[0][:] = -1
    assert domain.x_train.min() == 0


@pytest.mark.parametrize("k", [0, -1, 1.0, 2.5, True, np.True_, "3", None])
def test_a_number_of_shots_that_is_none_is_refused(k):
    with pytest.raises(ValueError, match=r"`k` must be a whole number, at least 1; got"):
        Domain(**parts()).shots(k)


def test_too_many_shots_name_the_class():
    labels = np.array([0] * 6 + [1] * 2 + [2] * 4)
    with pytest.raises(ValueError, match=r"`k` must be at most 2 .*'tiny'.*'class 1'.* got 3\."):
        Domain(**parts(labels_train=labels)).shots(3)


def test_shots_of_a_class_that_only_the_test_set_has():
    with pytest.raises(ValueError, match=r"at most 0 .*'class 2'"):
        Domain(**parts(labels_train=np.arange(12) % 2)).shots(1)


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None])
def test_a_seed_that_is_none_is_refused(seed):
    message = r"`seed` must be a whole number, .*; got "
    with pytest.raises(ValueError, match=message):
        Domain(**parts()).shots(1, seed=seed)
    with pytest.raises(ValueError, match=message):
        stratified_split([0, 0, 1, 1], 0.5, seed=seed)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.9])
def test_a_split_keeps_the_mix_of_classes_and_loses_nothing(share, rng):
    labels = rng.permutation(np.repeat([0, 1, 2], [23, 39, 98]))
    first, second = stratified_split(labels, share, seed=7)
    np.testing.assert_array_equal(np.sort(np.concatenate([first, second])), np.arange(160))
    np.testing.assert_array_equal(
        np.bincount(labels[second]), [round(share * count) for count in (23, 39, 98)]
    )


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_a_split_leaves_each_side_one_of_each_class(share):
    first, second = stratified_split([0, 0, 1, 1, 1], share)
    labels = np.array([0, 0, 1, 1, 1])
    assert set(labels[first]) == set(labels[second]) == {0, 1}


def test_a_split_follows_the_seed_and_is_shuffled(rng):
    labels = np.arange(200) % 2
    one, same, other = (stratified_split(labels, 0.3, seed=seed) for seed in (1, 1, 2))
    for part in (0, 1):
        np.testing.assert_array_equal(one[part], same[part])
        assert set(one[part]) != set(other[part])
        assert not np.array_equal(labels[one[part]], np.sort(labels[one[part]]))


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5, float("nan"), "half", None, True])
def test_a_share_outside_0_to_1_is_refused(share):
    with pytest.raises(ValueError, match=r"`share` must be a number in \(0, 1\); got"):
        stratified_split([0, 0, 1, 1], share)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 0, 1], r"at least 2 examples of each class to be split; class 1 has 1"),
        ([], r"`labels` must have shape \(n,\).* got \(0,\)"),
        ([[0, 0], [1, 1]], r"`labels` must have shape \(n,\).* got \(2, 2\)"),
    ],
)
def test_labels_that_cannot_be_split_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        stratified_split(labels, 0.5)


def test_a_pair_has_a_name_and_one_shape():
    source, target = Domain(**parts(name="here")), Domain(**parts(name="there"))
    pair = DomainPair(source, target)
    assert pair.name == "here->there"
    assert pair.same_classes
    assert not DomainPair(source, Domain(**parts(class_names=["x", "y", "z"]))).same_classes
    with pytest.raises(ValueError, match=r"`target` .*\(4, 4, 1\) like `source`; got \(5, 5, 1\)"):
        DomainPair(source, Domain(**parts(shape=(5, 5, 1))))
