"""Several GPUs, and several machines: each device holds all weights and takes its part of a batch.

What is set here holds for models that are built afterwards. `train`, `fit_batches` and `predict`
then do what they do on one device; the engines are Keras's and TensorFlow's own.
"""

from contextlib import nullcontext
from numbers import Integral

import keras

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument


class _Shared(keras.distribution.DataParallel):
    """Data parallel: each device takes part of a batch and holds all weights."""

    def __init__(self, devices):
        # Our batches are cut already: Keras itself can only cut `tf.data`.
        super().__init__(devices=devices, auto_shard_dataset=False)


class _Whole(_Shared):
    """Every device takes the whole batch."""

    def get_data_layout(self, data_shape):
        return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)


@verb
def use_devices(devices="auto"):
    """Share batches between this machine's devices, for models built from now on.

    On JAX the numbers are those of one device up to rounding. On TensorFlow each device computes
    batch normalisation, and losses between examples such as MMD, on its part of the batch, and
    all draw the same dropout.

    Args:
        devices: "auto" takes every GPU, and changes nothing where there is one or none; an int
            takes the first so many devices; a list takes those of these names, as
            `keras.distribution.list_devices()` gives them.

    Raises:
        ValueError: for devices that are not there, and on PyTorch for more than one.

    Example:
        >>> use_devices()

    Reference:
        Goyal et al., "Accurate, Large Minibatch SGD", 2017, on how large batches train.
    """
    names = _names()
    if devices == "auto":
        devices = [name for name in names if not name.startswith("cpu")]
        if len(devices) < 2:
            return
    chosen = _chosen(devices, names)
    one = chosen == names[:1]  # where Keras computes anyway
    if keras.backend.backend() == "jax":
        keras.distribution.set_distribution(None if one else _Shared(chosen))
    elif keras.backend.backend() == "tensorflow":
        import tensorflow as tf  # only TensorFlow itself can mirror its variables

        tf.distribute.experimental_set_strategy(
            None if one else tf.distribute.MirroredStrategy(chosen)
        )


@verb
def connect_hosts(hosts, process):
    """Join this process with others that train one model together.

    All run the same program with the same seed; each feeds its part of every batch and ends with
    the same weights. Predictions are computed whole by every device. Call it before anything is
    computed; calling it again changes nothing.

    Args:
        hosts: list of "HOST:PORT", one for each process; the first is where they all meet.
        process: int, which of them this is, from 0.

    Raises:
        ValueError: for another backend than JAX, or a number that is not of the list.
    """
    if keras.backend.backend() != "jax":
        raise BadArgument(
            f"`hosts` needs KERAS_BACKEND=jax; Keras runs on {keras.backend.backend()!r}."
        )
    if not isinstance(process, Integral) or not 0 <= process < len(hosts):
        raise BadArgument(
            f"`process` must be a whole number from 0 to {len(hosts) - 1}, one for each of `hosts`;"
            f" got {process!r}."
        )
    if n_processes() > 1:
        return
    keras.distribution.initialize(",".join(hosts), len(hosts), process)
    keras.distribution.set_distribution(_Shared(keras.distribution.list_devices()))


def n_shares():
    """Return how many devices share a batch (int)."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.distribute.get_strategy().num_replicas_in_sync
    shared = _distribution()
    return 1 if shared is None else shared.num_model_replicas


def n_processes():
    """Return how many processes train together (int)."""
    shared = _distribution()
    return 1 if shared is None else shared.num_processes


def evenly(batch_size):
    """Return the next lower size that all devices can share, at least one example for each.

    Args:
        batch_size: int.

    Example:
        >>> evenly(7)
        7
    """
    n = n_shares()
    return max(1, batch_size // n) * n


def own_part(batch_size):
    """Return which examples of a batch this process feeds.

    Args:
        batch_size: int, of the whole batch, see `evenly`.

    Returns:
        Slice.
    """
    n = n_processes()
    if n == 1:
        return slice(None)
    size = batch_size // n
    first = _distribution().data_shard_id * size
    return slice(first, first + size)


def whole_batches():
    """Return a context in which every device takes whole batches, where processes are several.

    What is then predicted lies in every process; else each would hold its part alone.
    """
    if n_processes() == 1:
        return nullcontext()
    return _Whole(_distribution().device_mesh.devices.tolist()).scope()


def check_lies_on_all(model):
    """Check that a model was built where it is now to be run.

    Args:
        model: `keras.Model`.

    Raises:
        ValueError: if devices share the batches and one of its variables lies on one of them.
    """
    n = n_shares()
    if n > 1 and any(_n_copies(variable.value) != n for variable in model.variables):
        raise BadArgument(
            f"`model` was built before {n} devices shared the work: call `use_devices` (or "
            "`tl.setup`) first, then build or load it."
        )


def precision():
    """Return the dtype policy that suits this machine.

    Half precision is faster on a GPU, and slower on a CPU.

    Returns:
        "mixed_bfloat16" on a GPU that computes in bfloat16 (NVIDIA's since Ampere, 8.0), else
        "float32".
    """
    if all(name.startswith("cpu") for name in _names()):
        return "float32"
    return "mixed_bfloat16" if _generation() >= 8 else "float32"


def _names():
    """Return Keras's names of the devices; on PyTorch, where it names none, of the first one."""
    if keras.backend.backend() == "torch":
        return ["cpu:0"]
    return keras.distribution.list_devices()


def _distribution():
    return None if keras.backend.backend() == "torch" else keras.distribution.distribution()


def _chosen(devices, names):
    whole = isinstance(devices, Integral) and not isinstance(devices, bool)
    if whole and 1 <= devices <= len(names):
        return names[:devices]
    some = isinstance(devices, (list, tuple)) and all(name in names for name in devices)
    if some and 1 <= len(devices) == len(set(devices)):
        return list(devices)
    raise BadArgument(
        f"`devices` must be 'auto', a number from 1 to {len(names)} or some of {names}; "
        f"got {devices!r}."
    )


def _n_copies(value):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return len(value.values) if isinstance(value, tf.distribute.DistributedValues) else 1
    return len(value.devices())


def _generation():
    """Return the first number of the GPU's compute capability, a high one where there is none."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        gpu = tf.config.list_physical_devices("GPU")[0]
        found = tf.config.experimental.get_device_details(gpu).get("compute_capability", (99,))
        return found[0]
    (device,) = keras.ops.zeros(()).devices()
    first = str(getattr(device, "compute_capability", "")).split(".")[0]
    return int(first) if first.isdecimal() else 99


def jit_compile():
    """Choose whether Keras compiles by XLA: on a CPU that takes seconds and gains nothing.

    Returns:
        False or "auto", for `Model.compile`.
    """
    if keras.backend.backend() != "tensorflow":
        return "auto"
    if n_shares() > 1:
        return False  # what passes between TensorFlow's devices is not for XLA
    on_cpu = all(device.startswith("cpu") for device in keras.distribution.list_devices())
    return False if on_cpu else "auto"
