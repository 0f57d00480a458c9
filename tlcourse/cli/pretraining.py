"""The `pretrain` command."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def pretrain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="objects8, strokes, sounds, glyphs, doodles, words or gpt."
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for weights and model card.")
    ] = Path("pretrained"),
    epochs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Epochs; default: the recipe's.")
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, max=2**32 - 1, help="Seed of all random numbers.")
    ] = 0,
):
    """Retrain a backbone of the course; rerun to resume."""
    from tlcourse.lessons import quiet_start

    with quiet_start():
        from tlcourse.backbones import pretrain as train_backbone
        from tlcourse.lessons import device_names

        device_names()  # makes TensorFlow look for a GPU, and log it

    verbose = 1 if sys.stderr.isatty() else 2
    done = train_backbone(name, out, epochs=epochs, seed=seed, verbose=verbose)
    low, high = done.interval
    print(f"{done.weights}\n{done.card}")
    print(f"accuracy on the test set {done.accuracy:.1%} [{low:.1%}, {high:.1%}]")
