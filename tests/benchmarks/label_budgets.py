"""What a pretrained start is worth on cats against dogs, for a hundred labels and for thousands.

`objects8` was trained on CIFAR-10 without cats and dogs. Its probe, its fine-tuning and a network
trained from scratch get the same labelled images; all are tested on 2,000 photographs that none of
them ever saw. The settings were chosen on training images alone, and nothing is selected here.

    TLCOURSE_DATA=... python tests/benchmarks/label_budgets.py --json
"""

import argparse
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
from rich.console import Console
from rich.table import Table

from tlcourse.backbones import load_backbone
from tlcourse.domains import load_pair
from tlcourse.measures import interval
from tlcourse.models import multi_level
from tlcourse.strategies import FineTune, FromScratch, LinearProbe

METHODS = ("from scratch", "linear probe", "fine-tuned")
LABELS = (100, 500, 2000)
LEVELS = ("block1_add", "block2_add", "block3_add")
REACH = {("linear probe", 100): 0.66, ("linear probe", 2000): 0.76, ("fine-tuned", 2000): 0.80}


def strategies(backbone, n_labels):
    """Returns name to strategy: the same network, steps and augmentation for the two that train it.

    The probe reads three depths of the network, in four parts of the image, mirrored or not.
    """
    augment = keras.Sequential(
        [
            keras.layers.RandomFlip("horizontal"),
            keras.layers.RandomTranslation(0.125, 0.125, fill_mode="reflect"),
        ]
    )
    budget = {
        "steps": max(150, n_labels * 900 // 2000),
        "batch_size": 64,
        "schedule": "cosine",
        "warm_up": 0.1,
        "augment": augment,
    }
    levels = multi_level(backbone, LEVELS, places=2, mirror=True)
    return {
        "from scratch": FromScratch("small_resnet", learning_rate=3e-3, **budget),
        "linear probe": LinearProbe(
            levels, steps=600, batch_size=64, learning_rate=1e-3, schedule="cosine"
        ),
        "fine-tuned": FineTune(backbone, learning_rate=1e-3, **budget),
    }


def measure(backbone, pair, labels, methods, seeds, say):
    """Returns one row per strategy, number of labels and seed."""
    rows = []
    for n_labels in labels:
        chosen = strategies(backbone, n_labels)
        for name, strategy in ((method, chosen[method]) for method in methods):
            for seed in seeds:
                say(f"{n_labels} labels: {name}, seed {seed}")
                begin = time.perf_counter()
                done = strategy.fit(pair, shots=n_labels // pair.target.n_classes, seed=seed)
                rows.append(
                    {
                        "lib": "tlcourse",
                        "method": name,
                        "seed": seed,
                        "target_acc": done.target_accuracy,
                        "epoch_s": None,
                        "labels": n_labels,
                        "seconds": time.perf_counter() - begin,
                    }
                )
    return rows


def table_of(rows, labels):
    """Returns a table of accuracies (mean ± half-width over the seeds) and seconds."""
    table = Table(title="cats against dogs, accuracy on 2,000 test photographs (seconds a fit)")
    table.add_column("labels", justify="right")
    methods = list(dict.fromkeys(row["method"] for row in rows))
    for name in methods:
        table.add_column(name, justify="right")
    for n_labels in labels:
        cells = []
        for name in methods:
            mine = [r for r in rows if r["labels"] == n_labels and r["method"] == name]
            seconds = sorted(row["seconds"] for row in mine)[len(mine) // 2]
            cells.append(f"{interval([r['target_acc'] for r in mine]):.3f} ({seconds:.1f})")
        table.add_row(f"{n_labels:,}", *cells)
    return table


def missed(rows):
    """Returns a sentence for each accuracy that was not reached."""
    for (name, n_labels), goal in REACH.items():
        mine = [r["target_acc"] for r in rows if (r["method"], r["labels"]) == (name, n_labels)]
        mean = sum(mine) / len(mine) if mine else goal
        if mean < goal:
            yield f"{name} with {n_labels} labels: {mean:.3f}, to be at least {goal}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, nargs="+", default=LABELS)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    args = parser.parse_args()
    console = Console(stderr=True)
    pair = load_pair("objects8->cats-dogs")
    with console.status("loading objects8") as status:
        rows = measure(
            load_backbone("objects8"), pair, args.labels, args.methods, args.seeds, status.update
        )
    console.print(table_of(rows, args.labels))
    console.print(f"Keras {keras.__version__}, {keras.backend.backend()}, {os.cpu_count()} cores")
    if args.json:
        print(json.dumps(rows))
    failures = list(missed(rows))
    for sentence in failures:
        console.print(sentence, style="red")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
