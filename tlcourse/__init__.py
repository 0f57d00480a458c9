"""tlcourse: transfer learning, learned by doing it.

`import tlcourse as tl` gives the verbs that the lessons use. Nothing heavy is imported until a
verb is first used (PEP 562), so that the import itself and the command line stay instant.
"""

from importlib import import_module

__version__ = "0.1.0"

_VERBS = {
    "tlcourse.domains": (
        "Domain",
        "DomainPair",
        "from_arrays",
        "from_folder",
        "glyph_tasks",
        "load_domain",
        "load_pair",
    ),
    "tlcourse.backbones": (
        "RandomAffine",
        "extract_features",
        "freeze",
        "load_backbone",
        "multi_level",
    ),
    "tlcourse.measures": ("interval",),
    "tlcourse.strategies": (
        "AdaBN",
        "AdaptThenTune",
        "Adaptation",
        "Adapters",
        "Autoencoder",
        "BSS",
        "BiasOnly",
        "CDAN",
        "CORAL",
        "DAN",
        "DANN",
        "DeepCORAL",
        "Delta",
        "Distil",
        "FeatureExtraction",
        "FineTune",
        "FromScratch",
        "GradualUnfreezing",
        "ImportanceWeighting",
        "L2SP",
        "LinearProbe",
        "LoRA",
        "MCC",
        "MultiTask",
        "PseudoLabels",
        "RotationPrediction",
        "SimCLR",
        "SourceOnly",
        "SubspaceAlignment",
        "Task",
        "TransferResult",
        "advise",
        "closest_to_both",
        "gradients_of_tasks",
        "interpolate",
        "interpolation_path",
        "merge_lora",
        "over_seeds",
        "over_shots",
        "selected_accuracies",
    ),
    "tlcourse.exercises": ("check", "hint", "solution"),
    "tlcourse.lessons": ("claim", "setup"),
}
_ROOMS = (
    "backbones",
    "domains",
    "exercises",
    "lessons",
    "losses",
    "measures",
    "plots",
    "strategies",
)
_HOME = {name: room for room, names in _VERBS.items() for name in names}

__all__ = [*sorted(_HOME), *_ROOMS]


def __getattr__(name):
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _ROOMS:
        return import_module(f"tlcourse.{name}")
    raise AttributeError(
        f"module 'tlcourse' has no attribute {name!r}; it offers {', '.join(__all__)}."
    )


def __dir__():
    return [*globals(), *__all__]
