"""What is made of a domain: parts, class shares, changed inputs, other names, other splits."""

from dataclasses import replace

import numpy as np
import pytest

from tlcourse.domains import Domain, inverted


@pytest.fixture
def domain(rng):
    n = 60
    labels = np.arange(n) % 3
    x = rng.random((n, 4, 4, 1)).astype("float32")
    x[:, 0, 0, 0] = np.arange(n) / n  # so that each example can be known again
    return Domain(
        name="three",
        x_train=x[:40],
        labels_train=labels[:40],
        x_test=x[40:],
        labels_test=labels[40:],
        class_names=("a", "b", "c"),
        groups_train=np.array(["p", "q", "r", "s"])[np.arange(40) % 4],
        groups_test=np.array(["p", "q", "r", "s"])[np.arange(20) % 4],
    )


def ids(x):
    return [round(float(each) * 60) for each in x[:, 0, 0, 0]]


def test_a_number_of_examples_is_drawn_class_by_class(domain):
    small = domain.subset(train=10, test=6, seed=3)
    assert sorted(np.bincount(small.labels_train)) == [3, 3, 4]
    assert np.bincount(small.labels_test).tolist() == [2, 2, 2]
    assert set(ids(small.x_train)) <= set(range(40))
    assert ids(domain.subset(train=10, seed=3).x_train) == ids(small.x_train)
    assert ids(domain.subset(train=10, seed=4).x_train) != ids(small.x_train)
    assert len(domain.x_train) == 40


@pytest.mark.parametrize("wanted", [[5, 2, 7], np.array([5, 2, 7])])
def test_positions_keep_their_order(domain, wanted):
    part = domain.subset(train=wanted)
    assert ids(part.x_train) == [5, 2, 7]
    np.testing.assert_array_equal(part.labels_train, [2, 2, 1])
    np.testing.assert_array_equal(part.groups_train, ["q", "r", "s"])
    assert len(part.x_test) == 20


def test_a_mask(domain):
    assert ids(domain.subset(test=domain.labels_test == 1).x_test) == [40, 43, 46, 49, 52, 55, 58]


def test_classes_are_kept_in_the_order_given(domain):
    part = domain.subset(classes=["c", "a"], train=4)
    assert part.class_names == ("c", "a")
    assert np.bincount(part.labels_train).tolist() == [2, 2]
    for x, label in zip(ids(part.x_train), part.labels_train, strict=True):
        assert x % 3 == (2, 0)[label]


def test_class_shares(domain):
    shifted = domain.with_class_shares({"a": 3})
    # 13 of each at least: 3/5 of all are a, so there are 14 of a and a third of that of the others.
    counts = np.bincount(shifted.labels_train)
    assert counts[0] == 14
    assert abs(counts[1] - 14 / 3) < 1
    assert len(set(ids(shifted.x_train))) == len(shifted.x_train)
    assert len(shifted.x_test) == 20
    both = domain.with_class_shares([1, 0, 1], n=10, part="both", seed=2)
    assert np.bincount(both.labels_train, minlength=3).tolist() == [5, 0, 5]
    assert np.bincount(both.labels_test, minlength=3).tolist() == [5, 0, 5]


def test_groups_are_kept(domain):
    part = domain.subset(groups=["q", "s"])
    assert ids(part.x_train) == list(range(1, 40, 2))
    assert ids(part.x_test) == list(range(41, 60, 2))
    assert set(part.groups_test) == {"q", "s"}
    few = domain.subset(groups=["p"], classes=["a", "b"], train=2)
    assert few.labels_train.tolist() in ([0, 1], [1, 0])
    assert set(few.groups_train) == {"p"}


@pytest.mark.parametrize("shares", [[1, 1, 1], [2, 1, 1], [5, 3, 1], [1, 0, 0.1]])
@pytest.mark.parametrize("n", [1, 2, 5, 13])
def test_class_shares_give_as_many_as_are_asked_for(domain, shares, n):
    counts = np.bincount(domain.with_class_shares(shares, n=n).labels_train, minlength=3)
    assert counts.sum() == n
    assert (np.abs(counts - n * np.array(shares) / sum(shares)) < 1).all()


def test_all_that_there_are_can_have_their_own_shares(domain):
    """Counts 14, 13, 13 as shares: nothing is lost to rounding."""
    assert len(domain.with_class_shares([14, 13, 13]).x_train) == 40
    few = domain.with_class_shares([1, 4, 9], n=14)
    assert np.bincount(few.with_class_shares([1, 4, 9]).labels_train).tolist() == [1, 4, 9]


def test_groups_may_be_numbers(domain):
    numbered = replace(
        domain, groups_train=np.arange(40) % 4, groups_test=np.arange(20) % 4
    ).resplit(by_group=True, test_groups=[1, 3])
    assert set(numbered.groups_test.tolist()) == {1, 3}
    assert set(numbered.groups_train.tolist()) == {0, 2}


def test_inputs_are_changed_and_nothing_else(domain):
    dark = domain.changed(lambda x: x / 2, name="dark")
    np.testing.assert_allclose(dark.x_train, domain.x_train / 2)
    np.testing.assert_allclose(dark.x_test, domain.x_test / 2)
    np.testing.assert_array_equal(dark.labels_test, domain.labels_test)
    assert dark.name == "dark"
    assert domain.changed(inverted).name == "three, inverted"
    assert domain.changed(lambda x: x).name == "three, changed"

    def in_place(x):
        x[:] = 0
        return x

    domain.changed(in_place)
    assert domain.x_train.max() > 0


def test_classes_are_merged_renamed_or_permuted(domain):
    merged = domain.relabelled({"a": "ac", "c": "ac"})
    assert merged.class_names == ("ac", "b")
    np.testing.assert_array_equal(merged.labels_train, np.arange(40) % 3 == 1)
    permuted = domain.relabelled({"a": "b", "b": "c", "c": "a"})
    assert permuted.class_names == ("a", "b", "c")
    np.testing.assert_array_equal(permuted.labels_train, (np.arange(40) + 1) % 3)
    assert domain.relabelled({"b": "new"}).class_names == ("a", "new", "c")


def test_a_split_by_group_keeps_groups_whole(domain):
    for seed in range(5):
        split = domain.resplit(by_group=True, seed=seed)
        assert not set(split.groups_train) & set(split.groups_test)
        assert len(split.x_train) + len(split.x_test) == 60
        assert sorted(ids(split.x_train) + ids(split.x_test)) == list(range(60))
    chosen = domain.resplit(by_group=True, test_groups=["q", "s"])
    assert set(chosen.groups_test) == {"q", "s"}
    for x, label in zip(ids(chosen.x_test), chosen.labels_test, strict=True):
        assert x % 3 == label


def test_a_random_split_mixes_groups(domain):
    split = domain.resplit(test_share=0.5, seed=1)
    assert len(split.x_test) == 30
    assert set(split.groups_train) & set(split.groups_test)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: d.subset(train=41), "`train` must be a whole number, 1 to 40"),
        (lambda d: d.subset(train=[40]), "positions from 0 to 39; got 40"),
        (lambda d: d.subset(train=[-1]), "positions from 0 to 39; got -1"),
        (lambda d: d.subset(train=[]), "`train` must"),
        (lambda d: d.subset(test=np.zeros(20, bool)), "must leave at least one example"),
        (lambda d: d.subset(train="all"), "`train` must be a number"),
        (lambda d: d.subset(classes=["a", "d"]), "no class 'd'"),
        (lambda d: d.subset(classes=["a"]), "at least 2 classes"),
        (lambda d: d.subset(classes=3), "must be a list of names of classes; got 3"),
        (lambda d: d.subset(classes=[["a"], "b"]), r"no class \['a'\]"),
        (lambda d: d.subset(train=[3, 5, 3]), "different positions; 3 comes twice"),
        (lambda d: d.subset(train=[[1, 2], [3]]), "`train` must be a number, positions"),
        (lambda d: d.subset(groups=["p", "x"]), "there is no group 'x'"),
        (lambda d: d.subset(groups="p"), "a list of names of groups; got 'p'"),
        (lambda d: d.subset(groups=[]), "must leave at least one example"),
        (lambda d: d.subset(seed=-1), "`seed` must be a whole number"),
        (lambda d: d.subset(classes="ab"), "must be a list of names of classes; got 'ab'"),
        (lambda d: d.with_class_shares([1, 2]), "for each of the 3 classes"),
        (lambda d: d.with_class_shares([0, 0, 0]), "not all 0"),
        (lambda d: d.with_class_shares({"a": -1}), "must be a number >= 0"),
        (lambda d: d.with_class_shares({"z": 1}), "no class 'z'"),
        (lambda d: d.with_class_shares([1, 1, 1], n=99), "`n` must be at most 39"),
        (lambda d: d.with_class_shares([1, 1, 1], part="all"), "`part` must be one of"),
        (lambda d: d.changed("dark"), "`change` must be a function"),
        (
            lambda d: d.changed(lambda x: x[:, :2]),
            r"must give float32 of shape \(40, 4, 4, 1\), as it got; it gave .*\(40, 2, 4",
        ),
        (lambda d: d.changed(lambda x: x > 0.5), "it gave bool"),
        (lambda d: d.changed(lambda x: x / 0 if len(x) < 40 else x), "finite .* of x_test"),
        (lambda d: d.relabelled({"z": "a"}), "no class 'z'"),
        (lambda d: d.relabelled(["a"]), "must be a dict"),
        (lambda d: d.relabelled(dict.fromkeys("abc", "x")), "at least 2 classes"),
        (lambda d: d.resplit(by_group=True, test_groups=["x"]), "no group 'x'"),
        (lambda d: d.resplit(by_group=True, test_groups=list("pqrs")), "must leave examples"),
        (lambda d: d.resplit(test_groups=["p"]), "goes with `by_group=True`"),
        (lambda d: d.resplit(by_group=True, test_groups=3), "must be a list of names of groups"),
        (lambda d: d.resplit(by_group=True, test_groups=[]), "`test_groups` must leave examples"),
        (lambda d: d.resplit(test_share=1), "`test_share` must be"),
        (lambda d: d.resplit(test_share=0.999), "`test_share` must leave examples"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_what_cannot_be_made_of_it(domain, call, said):
    with pytest.raises(ValueError, match=said) as error:
        call(domain)
    assert "\n" not in str(error.value)


def test_a_class_is_named_by_text(domain):
    digits = replace(domain, class_names=("0", "1", "2"))
    for call in (
        lambda: digits.subset(classes=[0, 1]),
        lambda: digits.relabelled({0: "x"}),
        lambda: digits.with_class_shares({0: 3}),
    ):
        with pytest.raises(ValueError, match=r"there is no class 0\. Did you mean '0'"):
            call()


def test_groups_must_fit(domain):
    settings = {key: value for key, value in vars(domain).items() if "groups" not in key}
    with pytest.raises(ValueError, match="go together"):
        Domain(**settings, groups_train=domain.groups_train)
    with pytest.raises(ValueError, match="`groups_test` must be one name"):
        Domain(**settings, groups_train=domain.groups_train, groups_test=["a"])
    with pytest.raises(ValueError, match="needs a domain with groups"):
        Domain(**settings).resplit(by_group=True)
    with pytest.raises(ValueError, match="`groups` needs a domain with groups; 'three' has none"):
        Domain(**settings).subset(groups=["p"])
