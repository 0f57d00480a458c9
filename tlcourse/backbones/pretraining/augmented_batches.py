"""Augmented pretraining batches: random shifts, affine maps, flips and cutout."""

import keras
import numpy as np

from tlcourse.backbones.random_affine import RandomAffine


class AugmentedBatches(keras.utils.PyDataset):
    """Images in random order, each randomly shifted (and flipped, and partly covered).

    The content of a batch depends only on the seed, `epoch` and its index, so an interrupted
    training resumes with exactly the batches it would have had.

    Args:
        images: float32 array (n, h, w, c).
        labels: int array (n,).
        n_classes: int.
        batch_size: int, at most n; the remainder at the end of an epoch is dropped.
        shift: int, maximum shift in pixels in each direction; the border is filled by
            mirroring the image.
        affine: bool, move each image as `RandomAffine` does unless told otherwise.
        flip: bool, mirror half of the images left to right.
        cover: int, side in pixels of a grey square laid over each image at a random place,
            partly outside (DeVries & Taylor, "Cutout", 2017); 0 for none.
        seed: int.
    """

    def __init__(self, images, labels, n_classes, *, batch_size, shift, affine, flip, cover, seed):
        super().__init__()
        rim = [(0, 0), (shift, shift), (shift, shift), (0, 0)]
        self._padded = np.pad(images, rim, mode="reflect")
        self._targets = np.eye(n_classes, dtype="float32")[labels]
        self._size, self._batch_size = images.shape[1:3], batch_size
        self._shift, self._affine, self._flip, self._cover = shift, affine, flip, cover
        self._seed = seed
        self.epoch = 0
        self._drawn = None

    def __len__(self):
        return len(self._targets) // self._batch_size

    def __getitem__(self, index):
        chosen = self._order()[index * self._batch_size : (index + 1) * self._batch_size]
        rng = np.random.default_rng([self._seed, self.epoch, index])
        tops, lefts = rng.integers(0, 2 * self._shift + 1, (2, len(chosen)))
        height, width = self._size
        images = np.stack(
            [
                self._padded[i, top : top + height, left : left + width]
                for i, top, left in zip(chosen, tops, lefts, strict=True)
            ]
        )
        if self._affine:
            # A new layer for each batch: one that goes on would not know where to resume.
            moved = RandomAffine(seed=int(rng.integers(2**31)))(images, training=True)
            images = keras.ops.convert_to_numpy(moved).copy()
        if self._flip:
            mirrored = rng.random(len(chosen)) < 0.5
            images[mirrored] = images[mirrored, :, ::-1]
        if self._cover:
            self._lay_squares(images, rng)
        return images, self._targets[chosen]

    def _lay_squares(self, images, rng):
        tops = rng.integers(0, self._size[0], len(images)) - self._cover // 2
        lefts = rng.integers(0, self._size[1], len(images)) - self._cover // 2
        for image, top, left in zip(images, tops, lefts, strict=True):
            image[
                max(top, 0) : max(top + self._cover, 0), max(left, 0) : max(left + self._cover, 0)
            ] = 0.5

    def _order(self):
        if self._drawn is None or self._drawn[0] != self.epoch:
            rng = np.random.default_rng([self._seed, self.epoch])
            self._drawn = self.epoch, rng.permutation(len(self._targets))
        return self._drawn[1]


class EpochTold(keras.callbacks.Callback):
    """Tell `AugmentedBatches` which epoch begins; after a restored backup it is not the first.

    Args:
        batches: `AugmentedBatches`.
    """

    def __init__(self, batches):
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch, logs=None):
        """Set the epoch of the batches (int, from 0)."""
        self._batches.epoch = epoch
