"""Validation of plain arguments: numbers, counts, choices, seeds and keywords."""

import functools
import inspect
import math
import re
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
    is_number = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if not (
        is_number
        and (above is None or value > above)
        and (at_least is None or value >= at_least)
        and (below is None or value < below)
        and (at_most is None or value <= at_most)
    ):
        low = f"({above}" if at_least is None else f"[{at_least}"
        high = f"{below})" if at_most is None else f"{at_most}]"
        if below is None and at_most is None:
            allowed = f" > {above}" if at_least is None else f" >= {at_least}"
            allowed = allowed if above is not None or at_least is not None else ""
        else:
            allowed = f" in {low}, {high}"
        raise BadArgument(f"`{name}` must be a number{allowed}; got {value!r}.")


def check_count(value, name, *, at_least=1):
    """Check a whole number.

    Args:
        value: int; those of NumPy count, True and False do not.
        name: str, the argument to name in the message.
        at_least: int, the smallest allowed.

    Raises:
        BadArgument: (a ValueError) unless it is a whole number, at least that.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < at_least:
        raise BadArgument(f"`{name}` must be a whole number, at least {at_least}; got {value!r}.")


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


def verb(function):
    """Make a wrong call of a function say one line, with the nearest argument.

    Args:
        function: callable whose signature tells what it takes.

    Returns:
        Function of the same name, signature and docstring. It raises `BadCall` (a TypeError) for
        a keyword that there is not, an argument that is missing, and one too many.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args, **kwargs):
        try:
            signature.bind(*args, **kwargs)
        except TypeError:
            raise BadCall(_explained(function.__name__, signature, args, kwargs)) from None
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
            if parameter not in hands_on:
                # What goes through `**settings` goes by name.
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
    if len(args) > len(by_place):
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
    missing = [p.name for p in parameters if p.default is p.empty and p.name not in filled]
    takes = ", ".join(str(p).partition(":")[0] for p in parameters if p.name != "self")
    return f"{name}() needs `{'`, `'.join(missing)}`; it takes ({takes})."


def _initials(name):
    return "".join(word[:1] for word in name.split("_"))
