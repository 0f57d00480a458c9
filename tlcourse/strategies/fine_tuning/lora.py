"""LoRA: learn low-rank updates of frozen kernels."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
from keras import layers

from tlcourse.arguments import check_count, check_number, verb
from tlcourse.errors import BadArgument
from tlcourse.models import layers_up_to, single_layers
from tlcourse.strategies.counting import n_parameters
from tlcourse.strategies.fine_tuning.fine_tune import FineTune

_ADAPTED = (layers.Dense, layers.EinsumDense, layers.Conv1D, layers.Conv2D, layers.Conv3D)


class LoRA(FineTune):
    """Freeze a backbone and train a low-rank update of each kernel.

    W = W_pretrained + alpha / rank · A · B, with `rank` columns in A and rows in B. B begins at 0,
    and so training begins at the pretrained network. A kernel (d, m) costs rank · (d + m) numbers
    a task in place of d · m; merged into the kernel, they cost nothing to run (see `merge_lora`).

    The backbone of the result holds A and B apart, in Keras' own layers (`enable_lora`). When its
    weights are saved, Keras merges them: they fit the backbone without LoRA and predict the same.

    Where we differ: the paper adapts the query and value kernels of attention; here all dense
    kernels, those of attention and of convolutions are. The rows of a convolution's A are the
    kernel's places times its input channels. Depthwise convolutions stay as they are.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed.
        rank: int, at most the smaller side of every kernel that is adapted.
        alpha: float > 0, the size of the change; None takes `rank`, a factor of 1.
        freeze_to: as in `FineTune`: no kernel up to there is adapted.
        **settings: those of `FineTune`, but for `freeze_statistics`: all of them are frozen.

    Raises:
        ValueError: if `rank` is too high for a kernel, there is no kernel to adapt, the backbone
            has LoRA already, or a setting is out of range.

    Reference:
        Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022.
    """

    _TAKES_ONLY = False

    def __init__(self, backbone, *, rank=4, alpha=None, freeze_to=None, **settings):
        super().__init__(backbone, freeze_to=freeze_to, freeze_statistics=True, **settings)
        check_count(rank, "rank")
        if alpha is not None:
            check_number(alpha, "alpha", above=0)
        never = [] if freeze_to is None else layers_up_to(backbone, freeze_to)
        _check_kernels(
            backbone, _adapted(x for x in single_layers(backbone) if x not in never), rank
        )
        self.rank = rank
        self.alpha = alpha

    def _prepare(self, target):
        backbone, head = super()._prepare(target)
        for layer in _adapted(x for x in single_layers(backbone) if x.trainable):
            layer.enable_lora(self.rank, lora_alpha=self.alpha)
        for variable in backbone.trainable_variables:
            variable.trainable = variable.name.startswith("lora_")
        return backbone, head

    def _n_stored(self, backbone):
        return n_parameters(backbone.trainable_variables)


@verb
def merge_lora(model):
    """Merge LoRA updates into plain kernels.

    Each kernel becomes W + alpha / rank · A · B, and A and B are gone.

    Args:
        model: `keras.Model`, such as the backbone or the model of a result of `LoRA`. Not changed.

    Returns:
        `keras.Model` of the same layers without LoRA, all of them trainable.
    """
    merged = keras.models.clone_model(model, clone_function=_without_lora, recursive=True)
    with TemporaryDirectory() as folder:
        path = Path(folder, "merged.weights.h5")
        model.save_weights(path)  # Keras merges what it saves
        merged.load_weights(path)
    return merged


def _without_lora(layer):
    config = layer.get_config()
    kept = {
        name: value for name, value in config.items() if name not in ("lora_rank", "lora_alpha")
    }
    return type(layer).from_config({**kept, "trainable": True})


def _adapted(from_layers):
    """List the layers whose kernels are adapted, those inside attention and other layers too."""
    # Keras has no public way to the layers inside a layer; KerasHub takes this one for its LoRA.
    every = [inner for layer in from_layers for inner in layer._flatten_layers()]
    return [layer for layer in every if isinstance(layer, _ADAPTED)]


def _check_kernels(backbone, adapted, rank):
    if not adapted:
        raise BadArgument(
            f"`backbone` must have a dense or convolution layer to adapt; '{backbone.name}' has "
            "none that is not frozen."
        )
    for layer in adapted:
        if layer.lora_enabled:
            raise BadArgument(
                f"`backbone` must not have LoRA already, as layer '{layer.name}' has: "
                "`merge_lora(backbone)` makes it a plain one."
            )
        shape = layer.kernel.shape
        limit = min(math.prod(shape[:-1]), shape[-1])
        if rank > limit:
            raise BadArgument(
                f"`rank` must be at most {limit}, the smaller side of the kernel of layer "
                f"'{layer.name}'; got {rank}."
            )
