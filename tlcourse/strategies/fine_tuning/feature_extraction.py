"""Feature extraction and the linear probe: run the frozen backbone once."""

from dataclasses import replace

from tlcourse.arguments import check_choice
from tlcourse.backbones import backbone_names
from tlcourse.models import check_backbone, freeze, new_head
from tlcourse.strategies.starting_backbone import starting_backbone
from tlcourse.strategies.strategy import Strategy
from tlcourse.training import extract_features


class FeatureExtraction(Strategy):
    """Freeze a pretrained backbone, compute its features once and train a new head on them.

    The head's last layer starts at zero, so that nothing random remains in directions that few
    labels do not determine.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed. Or the name of
            an architecture, see `tlcourse.backbones.load_backbone`: then its weights are random and
            new for each seed, which is what pretrained features have to beat.
        hidden: widths of the head's hidden layers.
        **settings: those of `Strategy`; by default 200 steps at a learning rate of 0.01, high since
            only the head is trained.
    """

    DEFAULTS = {**Strategy.DEFAULTS, "learning_rate": 1e-2, "steps": 200}  # noqa: RUF012

    def __init__(self, backbone, *, hidden=(128,), **settings):
        super().__init__(**settings)
        if isinstance(backbone, str):
            check_choice(backbone, "backbone", backbone_names())
        else:
            check_backbone(backbone)
        self.backbone = backbone
        self.hidden = tuple(hidden)

    def _prepare(self, target):
        backbone = freeze(starting_backbone(self.backbone, target.input_shape))
        head = new_head(
            backbone,
            target.n_classes,
            hidden=self.hidden,
            normalise=True,
            zero=True,
        )
        return backbone, head

    def _train(self, model, backbone, head, examples, seed):
        features, eval_data = extract_features(backbone, examples.x), examples.eval_data
        head.get_layer("scale").adapt(features)
        if eval_data is not None:
            eval_data = (extract_features(backbone, eval_data[0]), eval_data[1])
        return self._train_on(head, replace(examples, x=features, eval_data=eval_data), seed)


class LinearProbe(FeatureExtraction):
    """Feature extraction with a linear head: how much of a task the features already hold.

    Args:
        backbone: as in `FeatureExtraction`.
        **settings: those of `FeatureExtraction`, but for `hidden`.

    Reference:
        Alain & Bengio, "Understanding intermediate layers using linear classifier probes",
        ICLR Workshop 2017.
    """

    def __init__(self, backbone, **settings):
        super().__init__(backbone, hidden=(), **settings)
