"""Validation of plain arguments: numbers, counts, choices, seeds, switches and keywords."""

import functools
import inspect
import math
import re
from collections.abc import Iterable, Mapping
from numbers import Integral, Real

from tlcourse.errors import BadArgument, BadCall, UnknownName, nearest

_TWICE = re.compile(r"got multiple values for (?:keyword )?argument '(\w+)'")


def check_number(value, name, *, above=None, at_least=None, below=None, at_most=None):
    """Check a finite number in a range.

    Args:
        value: number; those of NumPy count, True and False do not.
        name: str, the argument to name in the message.
        above: float, the open lower end; or
        at_least: float, the closed one. At most one of the two.
        below: float, the open upper end; or
        at_most: float, the closed one.

    Raises:
        BadArgument: (a ValueError) that names the range.

    Example:
        >>> check_number(2, "warm_up", at_least=0, below=1)
        Traceback (most recent call last):
        tlcourse.errors.BadArgument: `warm_up` must be a number in [0, 1); got 2.
    """
    if not (
        _is_finite(value)
        and (above is None or value > above)
        and (at_least is None or value >= at_least)
        and (below is None or value < below)
        and (at_most is None or value <= at_most)
    ):
        ends = {" >": above, " >=": at_least, " <": below, " <=": at_most}
        given = {sign: end for sign, end in ends.items() if end is not None}
        if len(given) == 2:
            low = f"({above}" if at_least is None else f"[{at_least}"
            high = f"{below})" if at_most is None else f"{at_most}]"
            allowed = f" in {low}, {high}"
        else:
            allowed = "".join(f"{sign} {end}" for sign, end in given.items())
        raise BadArgument(f"`{name}` must be a number{allowed}; got {value!r}.")


def _is_finite(value):
    # Asked for as a range: `math.isfinite` fails on a whole number too large for a float.
    return isinstance(value, Real) and not isinstance(value, bool) and -math.inf < value < math.inf


def check_count(value, name, *, at_least=1, at_most=None):
    """Check a whole number.

    Args:
        value: int; those of NumPy count, True and False do not.
        name: str, the argument to name in the message.
        at_least: int, the smallest allowed.
        at_most: int, the largest allowed; None for no end.

    Raises:
        BadArgument: (a ValueError) unless it is a whole number, from the one to the other.
    """
    if (
        not isinstance(value, Integral)
        or isinstance(value, bool)
        or value < at_least
        or (at_most is not None and value > at_most)
    ):
        ends = f", at least {at_least}" if at_most is None else f", {at_least} to {at_most}"
        raise BadArgument(f"`{name}` must be a whole number{ends}; got {value!r}.")


def check_seed(seed, name="seed"):
    """Check a seed that NumPy's and Keras's generators take.

    Args:
        seed: int; those of NumPy count.
        name: str, the argument to name in the message.

    Returns:
        int.

    Raises:
        BadArgument: (a ValueError) unless it is a whole number from 0 to 2**32 - 1.
    """
    if not isinstance(seed, Integral) or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise BadArgument(f"`{name}` must be a whole number, 0 to 2**32 - 1; got {seed!r}.")
    return int(seed)


def check_choice(value, name, allowed):
    """Check that a value is one of a few names.

    Args:
        value: str.
        name: str, the argument to name in the message.
        allowed: sequence of str.

    Raises:
        UnknownName: (a ValueError) that names them all, and the nearest.
    """
    if not isinstance(value, str) or value not in allowed:
        listed = ", ".join(map(repr, allowed))
        raise UnknownName(
            f"`{name}` must be one of {listed}; got {value!r}.{nearest(value, allowed)}"
        )


def check_flag(value, name):
    """Check a switch: "no" and None would count as true and false unseen.

    Args:
        value: bool; that of NumPy counts.
        name: str, the argument to name in the message.

    Raises:
        BadArgument: (a ValueError) unless it is True or False.
    """
    # By its dtype: this module imports no NumPy.
    of_numpy = getattr(value, "shape", None) == () and str(value.dtype) == "bool"
    if not isinstance(value, bool) and not of_numpy:
        raise BadArgument(f"`{name}` must be True or False; got {value!r}.")


def check_several(values, name, *, of, at_least=1):
    """Check that there are several of something; what each of them is, is for another check.

    Args:
        values: iterable, but no str and no dict.
        name: str, the argument to name in the message.
        of: str, what it holds, in the plural: "whole numbers".
        at_least: int, the fewest allowed.

    Returns:
        tuple.

    Raises:
        BadArgument: (a ValueError) if it is no such thing, or too short.

    Example:
        >>> check_several(3, "seeds", of="whole numbers", at_least=2)
        Traceback (most recent call last):
        tlcourse.errors.BadArgument: `seeds` must be a list of at least 2 whole numbers; got 3.
    """
    several = isinstance(values, Iterable) and not isinstance(values, (str, bytes, Mapping))
    try:
        found = tuple(values) if several else ()
    except TypeError:  # an array of no dimension
        found = ()
    if len(found) < at_least or not several:
        many = {0: of, 1: f"one or more {of}"}.get(at_least, f"at least {at_least} {of}")
        raise BadArgument(f"`{name}` must be a list of {many}; got {values!r}.")
    return found


def verb(thing):
    """Make a wrong call of a function or class say one line, with the nearest argument.

    Args:
        thing: function whose signature tells what it takes; or class, such as a dataclass.

    Returns:
        Function of the same name, signature and docstring; or the class itself, so that it can be
        copied, pickled and compared as before. A call raises `BadCall` (a TypeError) for a keyword
        that there is not, an argument that is missing, and one too many.
    """
    if isinstance(thing, type):
        thing.__init__ = _checked(thing.__init__, thing.__name__)
        return thing
    return _checked(thing, thing.__name__)


def _checked(function, name):
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args, **kwargs):
        try:
            signature.bind(*args, **kwargs)
        except TypeError:
            raise BadCall(_explained(name, signature, args, kwargs)) from None
        return function(*args, **kwargs)

    return checked


class Configured(type):
    """Metaclass of what is configured by keyword and then fitted: wrong keywords say one line.

    Where a constructor hands `**settings` on to its base, the keywords are those of both. The
    signature of the class shows them all. `fit` is a `verb`.
    """

    def __new__(cls, name, bases, namespace, **kwargs):
        """Make the class, its `fit` a verb and its signature whole."""
        if "fit" in namespace:
            namespace["fit"] = verb(namespace["fit"])
        made = super().__new__(cls, name, bases, namespace, **kwargs)
        made.__signature__ = inspect.Signature(_parameters_of(made))
        return made

    def __call__(cls, *args, **kwargs):
        """Build an object, or raise `BadCall` (a TypeError) with one line."""
        try:
            cls.__signature__.bind(*args, **kwargs)
        except TypeError:
            raise BadCall(_explained(cls.__name__, cls.__signature__, args, kwargs)) from None
        try:
            return super().__call__(*args, **kwargs)
        except TypeError as error:
            twice = _TWICE.search(str(error))
            if twice is None or twice[1] not in kwargs:
                raise
            raise BadCall(f"{cls.__name__} sets `{twice[1]}` itself: leave it out.") from None


def _parameters_of(cls):
    """List what a constructor takes, and what the bases take that it hands `**settings` to."""
    found = {}
    constructors = [vars(base)["__init__"] for base in cls.__mro__[:-1] if "__init__" in vars(base)]
    for number, constructor in enumerate(constructors):
        _, *parameters = inspect.signature(constructor).parameters.values()
        hands_on = [p for p in parameters if p.kind is p.VAR_KEYWORD]
        for parameter in parameters:
            # What goes through `**settings` goes by name; a base's `*args` gets nothing of it.
            by_name = parameter.kind is not parameter.VAR_POSITIONAL
            if parameter not in hands_on and (by_name or not number):
                kind = parameter.KEYWORD_ONLY if number else parameter.kind
                found.setdefault(parameter.name, parameter.replace(kind=kind))
        if not hands_on:
            break
    return sorted(found.values(), key=lambda parameter: parameter.kind)


def _explained(name, signature, args, kwargs):
    """Say in one line why a call does not fit a signature."""
    parameters = signature.parameters.values()
    by_place = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    unknown = [given for given in kwargs if given not in signature.parameters]
    if unknown:
        names = [p.name for p in parameters if p.name != "self"]
        short = [each for each in names if _initials(each) == unknown[0].lower()]
        meant = f" Did you mean {short[0]!r}?" if short else nearest(unknown[0], names)
        return f"{name}() has no argument {unknown[0]!r}.{meant} It takes {', '.join(names)}."
    takes_any = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if len(args) > len(by_place) and not takes_any:
        owned = int(by_place[:1] == ["self"])
        taken = ", ".join(by_place[owned:]) or "none"
        return (
            f"{name}() got {len(args) - owned} arguments by place and takes {taken} so; "
            "name the others: `argument=value`."
        )
    twice = [given for given in by_place[: len(args)] if given in kwargs]
    if twice:
        return f"{name}() got `{twice[0]}` twice: by place and by name."
    filled = {*by_place[: len(args)], *kwargs}
    open_ended = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    missing = [
        p.name
        for p in parameters
        if p.default is p.empty and p.name not in filled and p.kind not in open_ended
    ]
    takes = ", ".join(str(p).partition(":")[0] for p in parameters if p.name != "self")
    return f"{name}() needs `{'`, `'.join(missing)}`; it takes ({takes})."


def _initials(name):
    return "".join(word[:1] for word in name.split("_"))
