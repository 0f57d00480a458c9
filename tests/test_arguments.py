"""Arguments that cannot be, and calls that do not fit, say one line that helps."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import tlcourse as tl
from tlcourse.arguments import (
    Configured,
    check_choice,
    check_count,
    check_number,
    check_seed,
    verb,
)
from tlcourse.errors import BadArgument, BadCall, CourseError


@pytest.mark.parametrize(
    ("value", "ends", "said"),
    [
        (0, {"above": 0}, "a number > 0; got 0"),
        (-0.1, {"at_least": 0}, "a number >= 0; got -0.1"),
        (1, {"at_least": 0, "below": 1}, r"a number in \[0, 1\); got 1"),
        (0, {"above": 0, "at_most": 1}, r"a number in \(0, 1\]; got 0"),
        (float("nan"), {}, "a number; got nan"),
        (float("inf"), {"above": 0}, "got inf"),
        ("3", {}, "got '3'"),
        (True, {"above": 0}, "got True"),
        (None, {"above": 0}, "got None"),
    ],
)
def test_numbers_outside_their_range(value, ends, said):
    with pytest.raises(BadArgument, match=rf"^`rate` must be {said}|^`rate` must be .*{said}"):
        check_number(value, "rate", **ends)


@pytest.mark.parametrize("value", [1, 0.5, np.float32(0.5), np.int64(1), np.float64(1)])
def test_numbers_of_python_and_numpy(value):
    check_number(value, "rate", above=0, at_most=1)


@pytest.mark.parametrize("value", [0, 1.0, True, "1", None, np.float32(1)])
def test_what_is_no_count(value):
    with pytest.raises(BadArgument, match="`steps` must be a whole number, at least 1; got"):
        check_count(value, "steps")


def test_counts():
    check_count(np.int64(2), "steps")
    check_count(0, "steps", at_least=0)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, None, True, [1]])
def test_what_is_no_seed(seed):
    with pytest.raises(ValueError, match=r"`seed` must be a whole number, 0 to 2\*\*32 - 1; got"):
        check_seed(seed)


def test_a_seed_is_an_int():
    assert type(check_seed(np.uint32(7))) is int


def test_one_of_a_few_names():
    check_choice("b", "kind", ("a", "b"))
    said = r"`kind` must be one of 'cosine', 'none'; got 'cosin'\. Did you mean 'cosine'\?"
    with pytest.raises(ValueError, match=said):
        check_choice("cosin", "kind", ("cosine", "none"))
    with pytest.raises(ValueError, match="got 3"):
        check_choice(3, "kind", ("a",))


@verb
def learn(model, *, learning_rate=0.1, batch_size):
    """Learn."""
    return model, learning_rate, batch_size


@pytest.mark.parametrize(
    ("args", "kwargs", "said"),
    [
        ((1,), {"batchsize": 3}, "learn() has no argument 'batchsize'. Did you mean 'batch_size'?"),
        ((1,), {"lr": 3}, "learn() has no argument 'lr'. Did you mean 'learning_rate'?"),
        ((1,), {"zzz": 3}, "'zzz'. It takes model, learning_rate, batch_size."),
        ((1,), {}, "learn() needs `batch_size`; it takes (model, learning_rate=0.1, batch_size)."),
        ((1, 2), {}, "learn() got 2 arguments by place and takes model so; name the others"),
        ((1,), {"model": 2, "batch_size": 1}, "learn() got `model` twice"),
    ],
)
def test_a_call_that_does_not_fit(args, kwargs, said):
    with pytest.raises(BadCall) as error:
        learn(*args, **kwargs)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert isinstance(error.value, TypeError)
    assert isinstance(error.value, CourseError)  # Jupyter shows the line alone


def test_a_verb_stays_what_it_is():
    assert learn(1, batch_size=2) == (1, 0.1, 2)
    assert learn.__doc__ == "Learn."
    assert list(inspect.signature(learn).parameters) == ["model", "learning_rate", "batch_size"]


def test_an_error_inside_is_not_explained_away():
    @verb
    def broken():
        return len(3)

    with pytest.raises(TypeError, match="object of type 'int' has no len"):
        broken()


class Base(metaclass=Configured):
    def __init__(self, *, steps=3, rate=0.1):
        self.steps, self.rate = steps, rate

    def fit(self, data, *, seed=0):
        return data, seed


class Derived(Base):
    def __init__(self, backbone, *, freeze_to=None, **settings):
        super().__init__(rate=1.0, **settings)
        self.backbone = backbone


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [
        ({"freeze": 1}, "Derived() has no argument 'freeze'. Did you mean 'freeze_to'?"),
        ({"stesp": 1}, "Derived() has no argument 'stesp'. Did you mean 'steps'?"),
        ({"rate": 1}, "Derived sets `rate` itself: leave it out."),
    ],
)
def test_keywords_of_a_class_and_of_its_bases(kwargs, said):
    with pytest.raises(BadCall) as error:
        Derived("b", **kwargs)
    assert said in str(error.value)


def test_a_configured_class_stays_what_it_is():
    made = Derived("b", steps=5)
    assert (made.steps, made.backbone) == (5, "b")
    assert list(inspect.signature(Derived).parameters) == ["backbone", "freeze_to", "steps", "rate"]
    assert copy.copy(made).steps == pickle.loads(pickle.dumps(made)).steps == 5
    with pytest.raises(BadCall, match=r"fit\(\) has no argument 'sed'. Did you mean 'seed'\?"):
        made.fit(1, sed=3)


def every_verb():
    for name in tl.__all__:
        thing = getattr(tl, name)
        known = inspect.isfunction(thing) or isinstance(thing, Configured)
        names = list(inspect.signature(thing).parameters) if known else []
        if names:
            yield pytest.param(thing, names[-1], id=name)


@pytest.mark.parametrize(("thing", "argument"), [*every_verb()])
def test_every_verb_of_the_course_knows_what_a_misspelt_keyword_meant(thing, argument):
    misspelt = argument[:-1] if len(argument) > 3 else argument + "x"
    with pytest.raises(BadCall) as error:
        thing(**{misspelt: 1})
    assert f"has no argument '{misspelt}'. Did you mean" in str(error.value)
    assert f"'{argument}'" in str(error.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: tl.FineTune(freeze="block1"), "Did you mean 'freeze_to'"),
        (lambda: tl.FromScratch(lr=1e-3), "Did you mean 'learning_rate'"),
        (lambda: tl.FromScratch().fit(None, shot=10), "Did you mean 'shots'"),
        (lambda: tl.load_pair("a", "b"), "got 2 arguments by place"),
        (lambda: tl.check("00.1"), "needs `answer`"),
        (
            lambda: tl.over_seeds(tl.FromScratch, None, seeds=[0]),
            "Call it first: `FromScratch(...)`",
        ),
        (
            lambda: tl.over_shots({"a": 3}, None, shots=[1], seeds=[0]),
            "`strategies['a']` must be a",
        ),
        (lambda: tl.FromScratch(10), "`backbone` must be one of 'small_cnn',"),
        (lambda: tl.claim("x {valu}", 1, True), "has a placeholder {valu}; only {value}"),
    ],
)
def test_what_people_really_mistype(call, said):
    with pytest.raises(CourseError) as error:
        call()
    assert said in str(error.value)
    assert "\n" not in str(error.value)
