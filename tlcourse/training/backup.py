"""The state of a training in a file: after an interruption it goes on as if there had been none."""

import io
import json
import re
import zlib
from pathlib import Path

import numpy as np

from tlcourse.atomic import write_atomically
from tlcourse.models import values_of


class Backup:
    """Checkpoint of one training, in a file named after that training.

    The name follows from the network, its start values, the first batch, the steps and the seed:
    a file of another training is never taken for this one's, and several may share a folder.

    Args:
        folder: where the file lies; made when missing.
        model: compiled `keras.Model`, as it begins.
        batches: `keras.utils.PyDataset` of the training.
        seed: int.
    """

    def __init__(self, folder, model, batches, seed):
        Path(folder).mkdir(parents=True, exist_ok=True)
        # Keras numbers the names that it makes up, and they differ from one `fit` to the next.
        network = re.sub(r'_\d+(?=")', "", model.to_json())
        told = (network, _settings(model.optimizer), len(batches), seed)
        check = zlib.crc32(repr(told).encode())
        for array in (*values_of(model.variables), *_arrays(batches[0])):
            check = zlib.crc32(np.ascontiguousarray(array).tobytes(), check)
        self.path = Path(folder) / f"training-{check:08x}.npz"

    def load(self, model):
        """Put the stored values into a model and its optimiser.

        Args:
            model: the `keras.Model` that the backup was made with.

        Returns:
            What was noted (dict, see `save`), or None where there is nothing to go on from; a file
            that is damaged counts as none.
        """
        try:
            with np.load(io.BytesIO(self.path.read_bytes()), allow_pickle=False) as stored:
                arrays = dict(stored)
            noted = json.loads(str(arrays.pop("noted")))
            groups = {key: _group(arrays, key) for key in ("model", "optimiser", "best")}
        except FileNotFoundError:
            return None
        except Exception:  # zip, zlib, format and key errors: numpy documents none of them
            self.path.unlink()
            return None
        for key, variables in (("model", model), ("optimiser", model.optimizer)):
            for variable, value in zip(variables.variables, groups[key], strict=True):
                variable.assign(value)
        return noted | {"best": groups["best"] or None}

    def save(self, model, values, noted, best):
        """Write the state of a training, in one step.

        Args:
            model: the `keras.Model` in training.
            values: of its variables (list of arrays).
            noted: dict that JSON can hold.
            best: the best values so far (list of arrays), or None.
        """
        arrays = {"noted": np.array(json.dumps(noted))}
        groups = {"model": values, "optimiser": values_of(model.optimizer.variables)}
        for key, group in (groups | {"best": best or []}).items():
            arrays |= {f"{key}{i}": value for i, value in enumerate(group)}
        write_atomically(self.path, lambda file: np.savez(file, **arrays))

    def done(self):
        """Remove the file: the training has come to its end."""
        self.path.unlink(missing_ok=True)


def _settings(optimizer):
    """Return what an optimiser was told, without the numbers that Keras gives to objects."""
    settings = {**optimizer.get_config(), "name": None}
    rate = settings["learning_rate"]
    if isinstance(rate, dict):
        settings["learning_rate"] = rate["config"]
    return sorted(settings.items(), key=str)


def _group(arrays, key):
    n = sum(name.startswith(key) for name in arrays)
    return [arrays[f"{key}{i}"] for i in range(n)]


def _arrays(batch):
    """Yield the arrays of a batch, however it is built."""
    if isinstance(batch, dict):
        batch = [batch[key] for key in sorted(batch)]
    if isinstance(batch, np.ndarray):
        yield batch
        return
    for part in batch:
        yield from _arrays(part)
