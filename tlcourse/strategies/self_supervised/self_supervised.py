"""Learning features without labels: one contract for tasks that the images set themselves."""

import time
from dataclasses import dataclass, field

import keras
import numpy as np

from tlcourse.domains import Domain, check_examples
from tlcourse.models import check_backbone
from tlcourse.strategies.checks import whole_seed
from tlcourse.strategies.starting_backbone import starting_backbone
from tlcourse.training import AdamSettings, check_settings, seed_keras, train


class SelfSupervised:
    """Pretrains a backbone on images alone, by a task whose answers are in the images.

    What is learned can then be given to `LinearProbe` or `FineTune`. A method implements
    `_pretext`, `_targets` and `_loss`.

    Args:
        backbone: name of an architecture, which begins with new weights, or a `keras.Model`,
            images to features, which is copied and begins with its own.
        epochs: passes over the images.
        batch_size: images a step.
        learning_rate: of Adam.
        n_evals: how often the loss is written into the history.
    """

    def __init__(
        self, *, backbone="small_cnn", epochs=5, batch_size=64, learning_rate=1e-3, n_evals=10
    ):
        if not isinstance(backbone, str):
            check_backbone(backbone)
        check_settings(None, epochs, batch_size, n_evals)
        AdamSettings(learning_rate=learning_rate)
        self.backbone = backbone
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.n_evals = n_evals

    def fit(self, data, *, seed=0):
        """Trains on images; labels, where there are, are never looked at.

        Args:
            data: a `Domain`, whose training images are taken, or float images
                (n, height, width, channels) in [0, 1].
            seed: int, of the new weights, the order of images, and what is drawn at random.

        Returns:
            `SelfSupervisedResult`.

        Raises:
            ValueError: if there are no images, too few for the method, or of a shape that the
                backbone does not take.
        """
        seed = whole_seed(seed)
        x = _images(data)
        self._check(x)
        begin = time.perf_counter()
        seed_keras(seed)
        backbone = starting_backbone(self.backbone, x.shape[1:])
        model = self._pretext(backbone)
        history = train(
            model,
            x,
            self._targets(x),
            loss=self._loss(),
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            n_evals=self.n_evals,
            seed=seed,
        )
        return SelfSupervisedResult(
            method=type(self).__name__,
            backbone=backbone,
            model=model,
            history=history,
            seconds=time.perf_counter() - begin,
            seed=seed,
            n_images=len(x),
        )

    def _check(self, x):
        """Raises ValueError for images that the method cannot learn from; by default never."""

    def _pretext(self, backbone):
        """Returns the model to train, from images through the backbone."""
        raise NotImplementedError(f"{type(self).__name__} must say what it trains.")

    def _targets(self, x):
        """Returns an array (n, ...) of the answers, made from the images."""
        raise NotImplementedError(f"{type(self).__name__} must say what is to be answered.")

    def _loss(self):
        """Returns the `keras.losses.Loss`."""
        raise NotImplementedError(f"{type(self).__name__} must say what it minimises.")


@dataclass(frozen=True, kw_only=True)
class SelfSupervisedResult:
    """A backbone that was pretrained without labels.

    Attributes:
        method: name of the method.
        backbone: `keras.Model`, images to features: what is kept.
        model: `keras.Model` that was trained, with what is thrown away: an autoencoder gives the
            images back, `RotationPrediction` logits (n, 4, 4), `SimCLR` projections (n, 2, width).
        history: dict of lists, see `tlcourse.training.train`.
        seconds: float, of the whole `fit`.
        seed: int.
        n_images: int, images that it was trained on.
    """

    method: str
    backbone: keras.Model = field(repr=False)
    model: keras.Model = field(repr=False)
    history: dict = field(repr=False)
    seconds: float
    seed: int
    n_images: int


def _images(data):
    """Returns the images alone."""
    x = np.asarray(data.x_train if isinstance(data, Domain) else data)
    if x.dtype == object or x.ndim != 4:
        raise ValueError(
            "`data` must be a Domain of images, or images (n, height, width, channels); got "
            f"{type(data).__name__} of shape {x.shape}."
        )
    if x.dtype.kind == "f":
        x = x.astype("float32", copy=False)
    check_examples(x, "data")
    return x
