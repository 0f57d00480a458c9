"""Linear probe first, then fine-tuning from its head (LP-FT)."""

from dataclasses import replace

from tlcourse.arguments import check_number
from tlcourse.errors import BadArgument
from tlcourse.models import hand_over, new_head, values_of
from tlcourse.strategies.fine_tuning.fine_tune import FineTune
from tlcourse.strategies.history import append_history
from tlcourse.training import extract_features


class ProbeThenTune(FineTune):
    """Train a linear head on the features first, then all of the network from there.

    A new head's first gradients are large and mean little; they bend the features towards the few
    labelled images, and what the features knew of other images is lost. A head that already
    reads them leaves them nearly where they are. The steps are shared out between the two, so that
    it costs what `FineTune` costs. `FineTune(head_rate=...)` is the fair rival: two rates do much
    of the same.

    Where we differ: the paper tunes the probe's penalty and the rate of each part on held-out
    labels; and here dropout is left out, as in `LinearProbe`.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed.
        probe_share: float in (0, 1), of the steps that the probe takes.
        probe_rate: float > 0, learning rate of the probe.
        **settings: those of `FineTune` but `head`, `only` and `dropout`; by default 200 steps, and
            a learning rate of 0.0003, as low as weights need that are nearly right.

    Raises:
        ValueError: if there are fewer than 2 `steps`.

    Reference:
        Kumar, Raghunathan, Jones, Ma & Liang, "Fine-Tuning can Distort Pretrained Features and
        Underperform Out-of-Distribution", ICLR 2022.
    """

    DEFAULTS = {**FineTune.DEFAULTS, "learning_rate": 3e-4, "steps": 200}  # noqa: RUF012
    _TAKES_ONLY = False

    def __init__(self, backbone, *, probe_share=0.5, probe_rate=1e-2, **settings):
        for name in ("head", "dropout"):
            if name in settings:
                raise BadArgument(f"`{name}` is not for ProbeThenTune: the probe makes the head.")
        super().__init__(backbone, **settings)
        check_number(probe_share, "probe_share", above=0, below=1)
        check_number(probe_rate, "probe_rate", above=0)
        self.probe_share = probe_share
        self.probe_rate = probe_rate

    def _prepare(self, target):
        backbone, _ = super()._prepare(target)
        return backbone, new_head(backbone, target.n_classes, normalise=True, zero=True)

    def _train(self, model, backbone, head, examples, seed):
        total = self.training.for_examples(len(examples.x)).steps
        if total < 2:
            raise BadArgument(f"`steps` must be at least 2, one for each part; got {total}.")
        first = min(max(1, round(self.probe_share * total)), total - 1)
        n_evals = max(1, round(self.training.n_evals * first / total))
        probe = replace(
            self.training,
            steps=first,
            epochs=None,
            learning_rate=self.probe_rate,
            n_evals=n_evals,
        )
        tune = replace(
            self.training,
            steps=total - first,
            epochs=None,
            n_evals=max(1, self.training.n_evals - n_evals),
        )
        history = self._probe(backbone, head, examples, probe, seed)
        probed, best = values_of(model.weights), max(history.get("accuracy", ()), default=0.0)
        found = self._train_unfrozen(model, backbone, examples, tune, (seed + 1) % 2**32)
        if self.training.validation and best > max(found["accuracy"], default=0.0):
            hand_over(probed, to=model.weights)
        return append_history(history, found, first)

    def _probe(self, backbone, head, examples, training, seed):
        features, eval_data = extract_features(backbone, examples.x), examples.eval_data
        head.get_layer("scale").adapt(features)
        if eval_data is not None:
            eval_data = (extract_features(backbone, eval_data[0]), eval_data[1])
        examples = replace(examples, x=features, eval_data=eval_data)
        return self._train_on(head, examples, seed, training=training)
