"""The `pretrain` command."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def pretrain(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="objects8, strokes, sounds, glyphs, words or gpt.")
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where weights and model card go.")
    ] = Path("pretrained"),
    epochs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Instead of the recipe's.")
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, max=2**32 - 1, help="Of all random numbers.")
    ] = 0,
):
    """Train a backbone of the course anew; goes on where an interrupted training was."""
    from tlcourse.lessons import quiet_start

    with quiet_start():
        from tlcourse.backbones import pretrain as train_backbone
        from tlcourse.lessons import device_names

        device_names()  # this is what makes TensorFlow look for a GPU, and say so

    verbose = 1 if sys.stderr.isatty() else 2
    done = train_backbone(name, out, epochs=epochs, seed=seed, verbose=verbose)
    low, high = done.interval
    print(f"{done.weights}\n{done.card}")
    print(f"accuracy on the test set {done.accuracy:.1%} [{low:.1%}, {high:.1%}]")
