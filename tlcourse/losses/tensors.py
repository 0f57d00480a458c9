"""Validation of loss arguments; sizes unknown in a symbolic batch are not checked."""

from numbers import Real

from keras import backend, ops

from tlcourse.arguments import check_number
from tlcourse.errors import BadArgument


def floats(value, like=None):
    """Convert to a float tensor; whole numbers and half precision become float32.

    Args:
        value: number, array or Keras variable.
        like: tensor whose dtype the result takes: TensorFlow cannot add float64 to float32.

    Returns:
        Tensor, float32 or float64.
    """
    x = ops.convert_to_tensor(value)
    if like is not None:
        return ops.cast(x, like.dtype)
    if backend.standardize_dtype(x.dtype) not in ("float32", "float64"):
        x = ops.cast(x, "float32")
    return x


def matrix(value, name, *, like=None, rows=1, columns=1):
    """Convert to a float tensor (n, d).

    Args:
        value: array.
        name: str, the argument to name in the message.
        like: tensor whose dtype the result takes; None keeps its own.
        rows: int, minimum number of rows.
        columns: int, minimum number of columns.

    Returns:
        Tensor (n, d).

    Raises:
        ValueError: if it is not 2-D or too small.
    """
    x = floats(value, like)
    shape = tuple(x.shape)
    if len(shape) != 2 or too_few(shape[0], rows) or too_few(shape[1], columns):
        raise BadArgument(
            f"`{name}` must be 2-D with at least {rows} row{'s' * (rows > 1)} and "
            f"{columns} column{'s' * (columns > 1)}; got shape {shape}."
        )
    return x


def too_few(size, least):
    """Tell whether a size is known and too small; a symbolic one is None, on JAX an expression."""
    return isinstance(size, int) and size < least


def check_width(x, name, like, like_name):
    """Raise ValueError unless two tensors (n, d) agree in d."""
    width = like.shape[-1]
    if x.shape[-1] != width:
        raise BadArgument(
            f"`{name}` must have shape (n, {width}) like `{like_name}`; got {tuple(x.shape)}."
        )


def check_rows(x, name, like, like_name):
    """Raise ValueError unless two tensors have one row for each other."""
    if differ(x.shape[:1], like.shape[:1]):
        raise BadArgument(
            f"`{name}` must have {like.shape[0]} rows like `{like_name}`; "
            f"got shape {tuple(x.shape)}."
        )


def check_shape(x, name, like, like_name):
    """Raise ValueError unless two tensors have the same shape, as far as it is known."""
    if differ(x.shape, like.shape):
        raise BadArgument(
            f"`{name}` must have shape {tuple(like.shape)} like `{like_name}`; "
            f"got {tuple(x.shape)}."
        )


def differ(shape, other):
    """Tell whether two shapes cannot be the same; a size that is not known may be any."""
    return len(shape) != len(other) or any(
        isinstance(one, int) and isinstance(two, int) and one != two
        for one, two in zip(shape, other, strict=True)
    )


def check_strength(value, name="strength"):
    """Check the weight of a term: a number must be finite and at least 0; tensors pass."""
    if not is_tensor(value):
        check_number(value, name, at_least=0)


def is_tensor(value):
    """Tell tensors, arrays and variables, whose value may not be known yet, from plain numbers."""
    return hasattr(value, "dtype") and not isinstance(value, Real)  # a NumPy scalar has both
