"""What `FineTune.fit` costs over a bare Keras `fit` of the same model, images and epochs.

Both start from the same pretrained weights, join a new head, compile and train with the same
optimiser, batches and number of epochs; both pay for what they trace. Ours also checks its input,
copies the backbone, writes the history and measures on a test set, which holds one image here: how
many test images to measure on is the user's choice. The two take turns, and the median of the
ratios counts. It must not exceed 1.05.

    python tests/benchmarks/fit_cost.py --json
"""

import argparse
import json
import os
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

from tlcourse.backbones import load_backbone
from tlcourse.domains import Domain
from tlcourse.models import copy_of, freeze_batchnorm, join, new_head
from tlcourse.strategies import FineTune

LIMIT = 1.05
N_CLASSES = 8
# Backbone, image shape, images, epochs: a training of a lesson, and one of a few minutes.
WORK = {
    "small_cnn": ((16, 16, 1), 2000, 10),
    "objects8": ((32, 32, 3), 2000, 2),
}


def make_domain(shape, n_images, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(n_images + 1) % N_CLASSES
    images = rng.random((n_images + 1, *shape), dtype="float32")
    return Domain(
        name="random",
        x_train=images[:-1],
        labels_train=labels[:-1],
        x_test=images[-1:],
        labels_test=labels[-1:],
        class_names=[str(i) for i in range(N_CLASSES)],
    )


def bare(backbone, domain, epochs):
    """Trains as one would without the library."""
    backbone = freeze_batchnorm(copy_of(backbone))
    model = join(backbone, new_head(backbone, N_CLASSES, dropout=0.3))
    model.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    model.fit(domain.x_train, domain.labels_train, batch_size=32, epochs=epochs, verbose=0)


def measure(name, repeats, say):
    """Returns one row per repeat and contender."""
    shape, n_images, epochs = WORK[name]
    backbone = load_backbone(name, input_shape=shape)
    domain = make_domain(shape, n_images, seed=0)
    strategy = FineTune(backbone, learning_rate=1e-3, epochs=epochs, batch_size=32)
    runs = {
        "keras": lambda: bare(backbone, domain, epochs),
        "tlcourse": lambda: strategy.fit(domain, seed=0),
    }
    rows = []
    for repeat in range(repeats):
        for lib, run in runs.items():
            say(f"{name}, {repeat + 1} of {repeats}: {lib}")
            begin = time.perf_counter()
            run()
            seconds = time.perf_counter() - begin
            rows.append(
                {
                    "lib": lib,
                    "method": name,
                    "seed": repeat,
                    "target_acc": None,  # images are random: there is nothing to be learned
                    "epoch_s": round(seconds / epochs, 3),
                    "seconds": round(seconds, 3),
                }
            )
    return rows


def ratios_of(rows, name):
    """Returns ours over Keras' seconds, of each repeat (list)."""
    ours, theirs = (
        [row["seconds"] for row in rows if (row["lib"], row["method"]) == (lib, name)]
        for lib in ("tlcourse", "keras")
    )
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    args = parser.parse_args()
    console = Console(stderr=True)
    rows = []
    with console.status("loading") as status:
        for name in WORK:
            rows += measure(name, args.repeats, status.update)
    table = Table(title="seconds of a training, median")
    for column in ("backbone", "Keras", "tlcourse", "median ratio", "lowest, highest"):
        table.add_column(column, justify="right")
    medians = []
    for name in WORK:
        ratios = ratios_of(rows, name)
        medians.append(statistics.median(ratios))
        seconds = (
            statistics.median(r["seconds"] for r in rows if (r["lib"], r["method"]) == (lib, name))
            for lib in ("keras", "tlcourse")
        )
        told = f"{medians[-1]:.3f} {'≤' if medians[-1] <= LIMIT else '>'} {LIMIT}"
        spread = f"{min(ratios):.2f}, {max(ratios):.2f}"
        table.add_row(name, *(f"{each:.2f}" for each in seconds), told, spread)
    console.print(table)
    console.print(f"Keras {keras.__version__}, {keras.backend.backend()}, {os.cpu_count()} cores")
    if args.json:
        print(json.dumps(rows))
    sys.exit(max(medians) > LIMIT)


if __name__ == "__main__":
    main()
