"""Arguments that cannot be, and calls that do not fit, say one line that helps."""

import copy
import dataclasses
import inspect
import pickle

import numpy as np
import pytest

import tlcourse as tl
from tlcourse.arguments import (
    Configured,
    check_choice,
    check_count,
    check_flag,
    check_number,
    check_seed,
    check_several,
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
        (2, {"below": 1}, "a number < 1; got 2"),
        (2, {"at_most": 1}, "a number <= 1; got 2"),
        (10**400, {"below": 1}, "a number < 1; got 10"),
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
    check_count(np.uint8(4), "steps", at_most=4)
    with pytest.raises(BadArgument, match="`steps` must be a whole number, 1 to 4; got 5"):
        check_count(5, "steps", at_most=4)


@pytest.mark.parametrize("value", [True, False, np.True_, np.array(False)])
def test_switches(value):
    check_flag(value, "mirror")


@pytest.mark.parametrize("value", ["no", None, 1, 0.0, [True], np.array([True]), np.int64(1)])
def test_what_is_no_switch(value):
    with pytest.raises(BadArgument, match="`mirror` must be True or False; got"):
        check_flag(value, "mirror")


def test_several():
    assert check_several(range(2), "seeds", of="seeds", at_least=2) == (0, 1)
    assert check_several(np.array([3]), "seeds", of="seeds") == (3,)
    assert check_several((), "hidden", of="widths", at_least=0) == ()


@pytest.mark.parametrize("values", [3, None, "12", b"12", {1: 2, 3: 4}, [1], np.array(3)])
@pytest.mark.parametrize(("at_least", "of"), [(2, "at least 2 seeds"), (3, "at least 3 seeds")])
def test_what_is_not_several(values, at_least, of):
    with pytest.raises(BadArgument, match=f"`seeds` must be a list of {of}; got"):
        check_several(values, "seeds", of="seeds", at_least=at_least)
    with pytest.raises(BadArgument, match="`seeds` must be a list of seeds; got 'ab'"):
        check_several("ab", "seeds", of="seeds", at_least=0)


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


@verb
def name_all(*names, kind):
    return names, kind


def test_any_number_by_place():
    assert name_all(1, 2, kind=3) == ((1, 2), 3)
    with pytest.raises(BadCall, match=r"name_all\(\) needs `kind`; it takes \(\*names, kind\)"):
        name_all(1, 2)


@verb
@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """A card."""

    suit: str
    rank: int = 1


def test_a_class_can_be_a_verb_and_stays_what_it_is():
    card = Card(suit="clubs")
    assert pickle.loads(pickle.dumps(card)) == copy.copy(card) == card
    assert dataclasses.replace(card, rank=2) == Card(suit="clubs", rank=2)
    assert list(inspect.signature(Card).parameters) == ["suit", "rank"]
    for call, said in (
        (lambda: Card(sut="hearts"), r"^Card\(\) has no argument 'sut'\. Did you mean 'suit'\?"),
        (lambda: Card(rank=2), r"^Card\(\) needs `suit`"),
        (lambda: Card("clubs"), r"^Card\(\) got 1 arguments by place"),
    ):
        with pytest.raises(BadCall, match=said):
            call()


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


class Outside:
    """A base that is not ours, as a layer of Keras."""

    def __init__(self, *args, name=None, **kwargs):
        self.name = name


class Inside(Outside, metaclass=Configured):
    def __init__(self, *, rotation=1.0, **kwargs):
        super().__init__(**kwargs)


def test_a_base_that_takes_any_number_by_place():
    assert Inside(name="x").name == "x"
    assert list(inspect.signature(Inside).parameters) == ["rotation", "name"]
    with pytest.raises(BadCall, match="Did you mean 'rotation'"):
        Inside(rotate=3)


def test_a_configured_class_stays_what_it_is():
    made = Derived("b", steps=5)
    assert (made.steps, made.backbone) == (5, "b")
    assert list(inspect.signature(Derived).parameters) == ["backbone", "freeze_to", "steps", "rate"]
    assert copy.copy(made).steps == pickle.loads(pickle.dumps(made)).steps == 5
    with pytest.raises(BadCall, match=r"fit\(\) has no argument 'sed'. Did you mean 'seed'\?"):
        made.fit(1, sed=3)


# Rooms that people call by hand, every function of them.
BY_HAND = ("backbones", "domains", "lessons", "losses", "measures", "models", "plots")
BUILT_BY_HAND = {
    "OptimizerSettings",
    "Domain",
    "DomainPair",
    "LanguageModel",
    "ManyLabels",
    "Task",
    "TextEncoder",
    "Training",
}
OF_TRAINING = (
    "OptimizerSettings",
    "Training",
    "extract_features",
    "predict",
    "seed_keras",
    "train",
)


def every_verb():
    rooms = [tl, *(getattr(tl, room) for room in BY_HAND)]
    things = {name: getattr(room, name) for room in rooms for name in room.__all__}
    training = (
        "OptimizerSettings",
        "extract_features",
        "predict",
        "seed_keras",
        "train",
        "use_devices",
        "Training",
    )
    things |= {name: getattr(tl.training, name) for name in training}
    methods = inspect.getmembers(tl.Domain, inspect.isfunction)
    things |= {name: method for name, method in methods if not name.startswith("_")}
    for name, thing in things.items():
        known = inspect.isfunction(thing) or isinstance(thing, Configured) or name in BUILT_BY_HAND
        names = list(inspect.signature(thing).parameters) if known else []
        names = [each for each in names if each != "self"]
        # What `check_...` functions are given is other code's, not a reader's.
        if names and not name.startswith("check_"):
            yield pytest.param(thing, names[0], id=f"{name}-first")
            yield pytest.param(thing, names[-1], id=f"{name}-last")


@pytest.mark.parametrize(("thing", "argument"), [*every_verb()])
def test_every_verb_of_the_course_knows_what_a_misspelt_keyword_meant(thing, argument):
    misspelt = argument[:-1] if len(argument) > 3 else argument + "x"
    with pytest.raises(BadCall) as error:
        thing(**{misspelt: 1})
    said = str(error.value)
    assert f"{thing.__name__}() has no argument '{misspelt}'. Did you mean" in said
    assert f"'{argument}'" in said.partition("It takes")[0]
    assert "\n" not in said


POINTS = np.random.default_rng(0).normal(size=(12, 3))


@pytest.mark.parametrize(
    "call",
    [
        lambda: tl.interval([0.1, 0.2], level=np.float32(0.9)),
        lambda: tl.glyph_tasks(np.int64(8), seed=np.int64(1)),
        lambda: tl.load_backbone("small_cnn", seed=np.int64(1)),
        lambda: tl.load_backbone("small_cnn", input_shape=np.array([8, 8, 1])),
        lambda: tl.losses.mmd_loss(POINTS, POINTS, bandwidths=np.array([0.5, 1])),
        lambda: tl.losses.bss_loss(POINTS, k=np.int64(2)),
        lambda: tl.losses.adversarial_strength(np.float32(0.5), steepness=np.int64(3)),
        lambda: tl.measures.proxy_a_distance(POINTS, POINTS, seeds=np.arange(2)),
        lambda: tl.domains.log_mel(np.ones((1, 8000)), rate=np.int64(8000), size=np.int64(8)),
        lambda: tl.models.new_head(
            tl.load_backbone("small_cnn"), np.int64(2), hidden=[np.int64(3)]
        ),
        lambda: tl.multi_level(tl.load_backbone("small_cnn"), ["block1_relu"], places=np.int64(2)),
        lambda: tl.RandomAffine(rotation=np.float32(3), seed=np.int64(1)),
    ],
)
def test_numbers_of_numpy_count_everywhere(call):
    call()


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
        (lambda: tl.RandomAffine(rotate=3), "Did you mean 'rotation'"),
        (lambda: tl.RandomAffine(scale=1), "`scale` must be a number in [0, 1); got 1."),
        (
            lambda: tl.DomainPair("glyphs", "handwritten"),
            "`source` must be a Domain; got 'glyphs'.",
        ),
        (lambda: tl.interval([0.1, 0.2], level=95), "`level` must be a number in (0, 1); got 95."),
        (lambda: tl.glyph_tasks(seed=None), "`seed` must be a whole number"),
        (lambda: tl.glyph_tasks(3), "`n` must be a whole number, at least 4; got 3."),
        (lambda: tl.load_backbone("small_cnn", seed=2.5), "`seed` must be a whole number"),
        (lambda: tl.load_backbone("small_cnn", weights=3), "`weights` of small_cnn must be None,"),
        (lambda: tl.load_backbone("small_cnn", input_shape=28), "`input_shape` of small_cnn must"),
        (lambda: tl.load_backbone("vgg16", input_shape=(32, 32, 1)), "(height, width, 3), colour"),
        (
            lambda: tl.load_backbone("small_cnn", input_shape=(4, 9, 1)),
            "at least 8×8 pixels",
        ),
        (lambda: tl.freeze("small_cnn"), "`model` must be a keras.Model; got 'small_cnn'."),
        (lambda: tl.freeze(tl.load_backbone("small_cnn"), 2), "begins with 2."),
        (lambda: tl.models.freeze_stages(tl.load_backbone("small_cnn"), 4), "`n` must be a whole"),
        (
            lambda: tl.multi_level(tl.load_backbone("small_cnn"), "block1_relu"),
            "`names` must be a list of one or more layer names; got 'block1_relu'.",
        ),
        (
            lambda: tl.multi_level(tl.load_backbone("small_cnn"), ["block1_relu"], mirror="no"),
            "`mirror` must be True or False; got 'no'.",
        ),
        (
            lambda: tl.models.new_head(tl.load_backbone("small_cnn"), 2, hidden=64),
            "`hidden` must be a list of whole numbers; got 64.",
        ),
        (
            lambda: tl.losses.mmd_loss(POINTS, POINTS, bandwidths=2.0),
            "`bandwidths` must be a list of one or more numbers > 0; got 2.0.",
        ),
        (lambda: tl.losses.reverse_gradient(POINTS, "1"), "`strength` must be a number >= 0"),
        (lambda: tl.losses.adversarial_strength("1"), "`progress` must be a number in [0, 1]"),
        (
            lambda: tl.measures.proxy_a_distance(POINTS, POINTS, seeds=3),
            "`seeds` must be a list of at least 2 whole numbers; got 3.",
        ),
        (lambda: tl.domains.read_wav("x.wav", rate=8000.0), "`rate` must be a whole number, 4000"),
        (lambda: tl.domains.log_mel(np.ones((1, 8000)), size=-1), "`size` must be a whole number"),
        (lambda: tl.plots.show_domains(None, 3), "`domains` must be a list of one or more domains"),
    ],
)
def test_what_people_really_mistype(call, said):
    with pytest.raises(CourseError) as error:
        call()
    assert said in str(error.value)
    assert "\n" not in str(error.value)
