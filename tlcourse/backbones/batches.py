"""Arrays handed to Keras batch by batch, in an order that a seed decides on every backend."""

import keras
import numpy as np


class ShuffledBatches(keras.utils.PyDataset):
    """Examples in random order, every one used once before any is used again.

    Args:
        x: array (n, ...).
        labels: array (n,).
        steps: int, batches in one Keras epoch; the next goes on where it stopped.
        batch_size: int, at most n.
        seed: int.
    """

    def __init__(self, x, labels, *, steps, batch_size, seed):
        super().__init__()
        self._x, self._labels = x, labels
        self._steps, self.batch_size = steps, batch_size
        self._rng = np.random.default_rng(seed)
        self._waiting = np.empty(0, "int64")
        self.on_epoch_end()

    def __len__(self):
        return self._steps

    def __getitem__(self, index):
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        return self._x[chosen], self._labels[chosen]

    def on_epoch_end(self):
        """Draws the order of the next epoch."""
        wanted = self._steps * self.batch_size
        while len(self._waiting) < wanted:
            self._waiting = np.append(self._waiting, self._rng.permutation(len(self._x)))
        self._order, self._waiting = np.split(self._waiting, [wanted])


class OrderedBatches(keras.utils.PyDataset):
    """Examples in their own order, the last batch as long as it comes.

    Args:
        arrays: arrays (n, ...), cut alike.
        batch_size: int.
    """

    def __init__(self, *arrays, batch_size):
        super().__init__()
        self._arrays, self._batch_size = arrays, batch_size

    def __len__(self):
        return -(-len(self._arrays[0]) // self._batch_size)

    def __getitem__(self, index):
        cut = slice(index * self._batch_size, (index + 1) * self._batch_size)
        return tuple(array[cut] for array in self._arrays)
