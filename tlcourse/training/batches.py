"""Arrays handed to Keras batch by batch, in an order that a seed decides on every backend."""

from copy import copy

import keras
import numpy as np

from tlcourse.training.devices import evenly, n_shares, own_part


class ShuffledBatches(keras.utils.PyDataset):
    """Shuffled batches; every example is used once before any repeats.

    Which examples a batch holds follows from its index alone: Keras looks at the first batches
    before it begins, and how often it does so differs between backends.

    Args:
        *arrays: arrays (n, ...), taken alike: examples, labels and, where there are, weights.
        steps: int, batches in all.
        batch_size: int, at most n; where devices share a batch, see `evenly`. Where processes do,
            each is given its part of it.
        seed: int.
    """

    def __init__(self, *arrays, steps, batch_size, seed):
        super().__init__()
        self._arrays, self._seed = arrays, seed
        self._steps, self.batch_size = steps, evenly(batch_size)
        self._orders, self._skipped = {}, 0

    def __len__(self):
        return self._steps - self._skipped

    def skip(self, n):
        """Leave out the first n batches (int), as a training does that goes on after them."""
        self._skipped = n

    def first(self, n):
        """Return these batches cut after the first n (int)."""
        few = copy(self)
        few._steps = n
        return few

    def __getitem__(self, index):
        begin = (index + self._skipped) * self.batch_size
        passes, places = np.divmod(np.arange(begin, begin + self.batch_size), len(self._arrays[0]))
        chosen = np.concatenate(
            [self._order(number)[places[passes == number]] for number in np.unique(passes)]
        )
        chosen = chosen[own_part(self.batch_size)]
        return tuple(array[chosen] for array in self._arrays)

    def _order(self, number):
        """Return the order of one pass over the examples, as drawn when it was first needed."""
        if number not in self._orders:
            self._orders = {n: order for n, order in self._orders.items() if n == number - 1}
            rng = np.random.default_rng([self._seed, int(number)])
            self._orders[number] = rng.permutation(len(self._arrays[0]))
        return self._orders[number]


class SideBySide(keras.utils.PyDataset):
    """Batches of several kinds at once, each in an order of its own.

    The smaller kind is passed over more often.

    Args:
        *kinds: `ShuffledBatches`, of as many steps.
    """

    def __init__(self, *kinds):
        super().__init__()
        self._kinds = kinds

    def __len__(self):
        return len(self._kinds[0])

    def skip(self, n):
        """Leave out the first n batches (int) of all."""
        for kind in self._kinds:
            kind.skip(n)

    def first(self, n):
        """Return these batches cut after the first n (int)."""
        few = copy(self)
        few._kinds = [kind.first(n) for kind in self._kinds]
        return few

    def __getitem__(self, index):
        return [kind[index] for kind in self._kinds]


class OrderedBatches(keras.utils.PyDataset):
    """Batches in order; the last may be shorter.

    Args:
        arrays: arrays (n, ...), cut alike.
        batch_size: int.
        fill: True repeats the last example until the last batch can be shared between devices.
    """

    def __init__(self, *arrays, batch_size, fill=False):
        super().__init__()
        self._arrays, self._batch_size, self._fill = arrays, batch_size, fill

    def __len__(self):
        return -(-len(self._arrays[0]) // self._batch_size)

    def __getitem__(self, index):
        cut = slice(index * self._batch_size, (index + 1) * self._batch_size)
        parts = [array[cut] for array in self._arrays]
        if self._fill and (missing := -len(parts[0]) % n_shares()):
            parts = [np.concatenate([part, part[-1:].repeat(missing, axis=0)]) for part in parts]
        return tuple(parts)
