"""What following `advise` costs: its regret against the best of all strategies.

For each pair, number of labels and seed every strategy is fitted; the regret is the accuracy of the
best one on average over the seeds, found with the target's test labels, minus that of what was
advised without them. Beside it stands the regret of always doing the same.

    python tests/benchmarks/advice.py --json
"""

import argparse
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

from tlcourse.backbones import RandomAffine
from tlcourse.domains import load_pair
from tlcourse.strategies import (
    MCC,
    AdaptThenTune,
    FineTune,
    FromScratch,
    LinearProbe,
    SourceOnly,
    advise,
    mmd_with_mcc,
)

PAIRS = ("glyphs->handwritten", "handwritten->glyphs", "letters->handwritten")
SHOTS = (0, 1, 5, 20)
SLACK = 0.005  # of accuracy: less than the seeds explain


def strategies(backbone, head, shots):
    """Returns name to strategy, of those that can be used with so many labels."""
    longer = mmd_with_mcc(augment=affine())
    if shots == 0:
        return {
            "source-only": SourceOnly(),
            "MCC": MCC(epochs=6, learning_rate=2e-3, schedule="cosine"),
            "MMD, MCC, affine, longer": longer,
        }
    tuned = {"steps": 150, "learning_rate": 1e-3}
    found = {
        "from scratch": FromScratch(steps=300),
        "linear probe": LinearProbe(backbone),
        "fine-tuning": FineTune(backbone, **tuned),
        "partial fine-tuning": FineTune(backbone, freeze_to="block1", **tuned),
    }
    if head is not None:
        found["fine-tuning, head kept"] = FineTune(backbone, head=head, **tuned)
        settings = {"steps": 300, "learning_rate": 1e-3, "schedule": "cosine"}
        found["adaptation, then fine-tuning"] = AdaptThenTune(longer, augment=affine(), **settings)
    return found


def affine():
    """Returns what changes an image of these pairs and not its class."""
    return RandomAffine(rotation=15.0, scale=0.3, shear=0.25, shift=0.1)


def measure(name, shots, seeds, say):
    """Returns one row per seed, strategy and number of labels of one pair."""
    pair, rows = load_pair(name), []
    for seed in seeds:
        say(f"{name}, seed {seed}: training on the source")
        start = (
            SourceOnly().fit(pair, seed=seed)
            if pair.same_classes
            else FromScratch(epochs=4, batch_size=64).fit(pair.source, seed=seed)
        )
        head = start.head if pair.same_classes else None
        for k in shots:
            if k == 0 and head is None:
                continue
            advice = advise(
                pair, backbone=start.backbone, head=head, shots=k, augment=affine(), seed=seed
            )
            tried = {"advised": advice.strategy} | strategies(start.backbone, head, k)
            for method, strategy in tried.items():
                say(f"{name}, {k} labels a class, seed {seed}: {method}")
                done = strategy.fit(pair, shots=k or None, seed=seed)
                rows.append(
                    {
                        "lib": "tlcourse",
                        "method": method,
                        "seed": seed,
                        "target_acc": round(done.target_accuracy, 4),
                        "epoch_s": None,
                        "pair": name,
                        "shots": k,
                        "advice": advice.name if method == "advised" else None,
                    }
                )
    return rows


def regrets(rows):
    """Returns method to (its mean regret, that of following the advice in the same places).

    A method counts where it can be used: a pair and a number of labels is a place.
    """
    found = {}
    for place in dict.fromkeys((row["pair"], row["shots"]) for row in rows):
        mine = [row for row in rows if (row["pair"], row["shots"]) == place]
        means = {
            method: np.mean([row["target_acc"] for row in mine if row["method"] == method])
            for method in {row["method"] for row in mine}
        }
        best = max(means.values())
        for method, mean in means.items():
            found.setdefault(method, []).append((best - mean, best - means["advised"]))
    return {method: tuple(np.mean(each, axis=0)) for method, each in found.items()}


def table_of(rows):
    """Returns a table: mean accuracy of each method, and what was advised how often."""
    table = Table(title="target accuracy, mean over seeds")
    columns = list(dict.fromkeys((row["pair"], row["shots"]) for row in rows))
    table.add_column("method")
    for pair, shots in columns:
        table.add_column(f"{pair}\n{shots} labels", justify="right")
    for method in dict.fromkeys(row["method"] for row in rows):
        cells = []
        for pair, shots in columns:
            mine = [
                row["target_acc"]
                for row in rows
                if (row["pair"], row["shots"], row["method"]) == (pair, shots, method)
            ]
            cells.append(f"{np.mean(mine):.3f}" if mine else "–")
        table.add_row(method, *cells)
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", nargs="+", default=list(PAIRS))
    parser.add_argument("--shots", type=int, nargs="+", default=list(SHOTS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    args = parser.parse_args()
    console = Console(stderr=True)
    rows = []
    with console.status("loading") as status:
        for name in args.pairs:
            rows += measure(name, args.shots, args.seeds, status.update)
    console.print(table_of(rows))
    found = sorted(regrets(rows).items(), key=lambda item: item[1])
    for method, (regret, advised) in found:
        console.print(f"mean regret {regret:.3f}, as advised {advised:.3f}  {method}")
    console.print(f"Keras {keras.__version__}, {keras.backend.backend()}, {os.cpu_count()} cores")
    if args.json:
        print(json.dumps(rows))
    # Always doing the same must nowhere be better than asking, where both can be done.
    sys.exit(any(regret < advised - SLACK for _, (regret, advised) in found))


if __name__ == "__main__":
    main()
