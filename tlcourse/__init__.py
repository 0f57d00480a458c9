"""tlcourse: transfer learning, learned by doing it.

`import tlcourse as tl` gives the verbs that the lessons use. Nothing heavy is imported until a
verb is first used (PEP 562), so that the import itself and the command line stay instant.
"""

from tlcourse.lazy import lazy_face

__version__ = "0.1.0"

_VERBS = {
    "domains": (
        "Domain",
        "DomainPair",
        "from_arrays",
        "from_folder",
        "glyph_tasks",
        "load_domain",
        "load_pair",
    ),
    "pad": ("draw_digits",),
    "models": ("freeze", "move_weights", "multi_level"),
    "training": ("extract_features",),
    "backbones": ("RandomAffine", "load_backbone", "pca"),
    "measures": ("interval", "lead"),
    "strategies": (
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
        "ProbeThenTune",
        "PseudoLabels",
        "RotationPrediction",
        "SelfTraining",
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
        "probe_matrix",
        "ridge_probe",
        "selected_accuracies",
        "soup",
    ),
    "exercises": ("check", "hint", "solution"),
    "lessons": ("claim", "setup"),
}
_ROOMS = (
    "backbones",
    "domains",
    "exercises",
    "lessons",
    "losses",
    "measures",
    "models",
    "plots",
    "strategies",
    "training",
)
_HOMES = {
    **{name: room for room, names in _VERBS.items() for name in names},
    **dict.fromkeys(_ROOMS, ""),
}

__all__ = [*sorted(_HOMES)]

__getattr__ = lazy_face(__name__, _HOMES)


def __dir__():
    return [*globals(), *__all__]
