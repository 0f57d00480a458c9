"""What drawings of things are worth to ten animals, with ten drawings of each.

`doodles` was trained on things that are no animals. All methods get the same labelled drawings, and
the two that train the network the same steps and random affine maps; without them, training from
scratch is given once more. A random network with a probe tells what the architecture knows already,
`strokes` what handwriting gives. Settings were chosen on ten other animals, which are in no domain.

    python tests/benchmarks/doodles.py --json
"""

import argparse
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from rich.console import Console
from rich.table import Table

from tlcourse.backbones import RandomAffine, load_backbone
from tlcourse.domains import load_domain
from tlcourse.measures import interval
from tlcourse.strategies import FineTune, FromScratch, LinearProbe

SHOTS = 10
BASE = "from scratch, augmented"


def methods(weights, seed):
    """Returns name to strategy; the seed draws the random network."""
    training = {"learning_rate": 3e-3, "steps": 600, "schedule": "cosine"}
    doodles = load_backbone("doodles", weights=weights)
    return {
        "from scratch": FromScratch(**training),
        BASE: FromScratch(augment=RandomAffine(), **training),
        "random network, probe": LinearProbe(load_backbone("small_cnn", seed=seed)),
        "`strokes`, probe": LinearProbe(load_backbone("strokes")),
        "`doodles`, probe": LinearProbe(doodles),
        "`doodles`, fine-tuned": FineTune(doodles, augment=RandomAffine(), **training),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--weights", help="by default those that ship")
    parser.add_argument("--json", action="store_true", help="accuracies on standard output")
    args = parser.parse_args()
    console = Console(stderr=True)
    animals = load_domain("doodles-animals")
    found = {}
    with console.status("") as status:
        for seed in args.seeds:
            for name, strategy in methods(args.weights, seed).items():
                status.update(f"seed {seed}: {name}")
                done = strategy.fit(animals, shots=SHOTS, seed=seed)
                found.setdefault(name, []).append(done.target_accuracy)
    table = Table(title=f"ten animals, {SHOTS} drawings of each: accuracy on {len(animals.x_test)}")
    for column in ("method", "accuracy", f"more than {BASE}"):
        table.add_column(column)
    for name, accuracies in found.items():
        lead = "" if name == BASE else f"{interval(np.subtract(accuracies, found[BASE])):.3f}"
        table.add_row(name, f"{interval(accuracies):.3f}", lead)
    console.print(table)
    if args.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
