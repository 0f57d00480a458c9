"""MNIST (10,000 images) to USPS without a target label, beside two other libraries.

Every library gets the same images, the same network (LeNet: 20 and 50 filters of 5×5, 500 units),
batches of 128 of each domain, Adam at 1e-3 and 5 epochs; the accuracy is that of the last epoch on
USPS' 2,007 test images. The others run in this call when they are given: `--bench` names the folder
with their scripts, `--adapt` and `--skada` the Python of an environment where they are installed.
Without them, ours run alone.

Then, with `--best`, ours at settings of their own: several are trained, and the one whose
predictions on unlabelled target images have the highest information maximisation is taken. All
that are trained count as time.

    TLCOURSE_DATA=... python tests/benchmarks/adaptation.py --json
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

from tlcourse.backbones import RandomAffine
from tlcourse.domains import Domain, DomainPair, load_domain
from tlcourse.measures import interval
from tlcourse.strategies import CDAN, DAN, DANN, MCC, Adaptation, DeepCORAL
from tlcourse.strategies.adaptation.dan import MmdTerm
from tlcourse.strategies.adaptation.mcc import ConfusionTerm
from tlcourse.training import seed_keras

# The strengths are those of the others' scripts.
METHODS = {
    "source-only": (Adaptation, {}),
    "CORAL": (DeepCORAL, {"strength": 1.0}),
    "MMD": (DAN, {"strength": 1.0}),
    "DANN": (DANN, {"strength": 0.1}),
    "CDAN": (CDAN, {"strength": 0.1}),
    "MCC": (MCC, {"strength": 1.0}),
}
PEERS = {
    "adapt": ("peer_adapt.py", ("source-only", "DANN", "CDAN")),
    "skada": ("peer_skada.py", ("source-only", "DANN", "CORAL", "MMD", "MCC")),
}
FASTER = {"adapt": 0.8, "skada": 0.6}  # share of their seconds an epoch
REACH, REACH_BEST, BEST_SECONDS = 0.88, 0.965, 180
EPOCHS = 5


def lenet(seed):
    """Returns the network's layers up to its 500 units, with new weights."""
    seed_keras(seed)
    layers = keras.layers
    images = x = keras.Input((28, 28, 1), name="images")
    x = layers.ReLU()(layers.MaxPooling2D()(layers.Conv2D(20, 5, name="conv1")(x)))
    x = layers.Dropout(0.5)(layers.Conv2D(50, 5, name="conv2")(x))
    x = layers.Flatten()(layers.ReLU()(layers.MaxPooling2D()(x)))
    x = layers.Dense(500, activation="relu", name="features")(x)
    return keras.Model(images, x, name="lenet")


def load(bench):
    """Returns the pair: the others' own images where their folder is given, else ours."""
    if bench:
        sys.path.insert(0, str(bench))
        from digits import mnist, usps

        x, labels = mnist()
        x_target, labels_target, x_test, labels_test = usps()
    else:
        source, target = load_domain("mnist"), load_domain("usps")
        x = np.concatenate([source.x_train, source.x_test])[-10_000:]
        labels = np.concatenate([source.labels_train, source.labels_test])[-10_000:]
        x_target, labels_target = target.x_train, target.labels_train
        x_test, labels_test = target.x_test, target.labels_test
    names = tuple("0123456789")
    # All source images train; the source's accuracy is not part of this comparison.
    source = Domain(
        name="mnist",
        x_train=x,
        labels_train=labels,
        x_test=x[:1000],
        labels_test=labels[:1000],
        class_names=names,
    )
    target = Domain(
        name="usps",
        x_train=x_target,
        labels_train=labels_target,
        x_test=x_test,
        labels_test=labels_test,
        class_names=names,
    )
    return DomainPair(source, target)


def ours(pair, method, seed, epochs):
    """Returns one row of our own."""
    strategy, settings = METHODS[method]
    fitted = strategy(
        lenet(seed),
        dropout=0.0,
        batch_size=128,
        learning_rate=1e-3,
        epochs=epochs,
        n_evals=epochs,
        **settings,
    ).fit(pair, seed=seed)
    seconds = fitted.history["seconds"]
    return {
        "lib": "tlcourse",
        "method": method,
        "seed": seed,
        "target_acc": round(fitted.target_accuracy, 4),
        # The first epoch, in which the graph is traced, is left out, as in the script for ADAPT.
        "epoch_s": round((seconds[-1] - seconds[0]) / max(1, len(seconds) - 1), 2),
    }


def theirs(python, bench, lib, method, seed, epochs):
    """Returns one row of another library."""
    script = PEERS[lib][0]
    done = subprocess.run(
        [python, script, method, str(seed), str(epochs)],
        cwd=bench,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{lib}, {method}: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout.splitlines()[-1])


def candidates():
    """Returns settings to choose from without labels: name to strategy."""
    terms = {
        "MMD and MCC": [MmdTerm(), ConfusionTerm()],
        "MCC": [ConfusionTerm()],
    }
    return {
        f"small_cnn, affine, {name}": Adaptation(
            terms=chosen,
            augment=RandomAffine(rotation=15.0, scale=0.3, shear=0.25, shift=0.1),
            learning_rate=2e-3,
            schedule="cosine",
            epochs=32,
            select="information_maximisation",
        )
        for name, chosen in terms.items()
    }


def best(pair, seed):
    """Returns the row of the settings that are chosen without labels, and those not chosen."""
    begin = time.perf_counter()
    tried = [(name, strategy.fit(pair, seed=seed)) for name, strategy in candidates().items()]
    tried.sort(key=lambda each: -each[1].history["information_maximisation"][-1])
    seconds = time.perf_counter() - begin
    name, chosen = tried[0]
    return {
        "lib": "tlcourse",
        "method": "best",
        "seed": seed,
        "target_acc": round(chosen.target_accuracy, 4),
        "epoch_s": None,
        "seconds": round(seconds, 1),
        "chosen": name,
        "not_chosen": {name: round(each.target_accuracy, 4) for name, each in tried[1:]},
    }


def table_of(rows):
    """Returns a table: accuracy (mean ± half-width over the seeds) and median seconds an epoch."""
    table = Table(title="MNIST to USPS, accuracy on 2,007 test images (seconds an epoch)")
    table.add_column("method")
    libs = list(dict.fromkeys(row["lib"] for row in rows))
    for lib in libs:
        table.add_column(lib, justify="right")
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == method]
        cells = [_cell([row for row in mine if row["lib"] == lib]) for lib in libs]
        table.add_row(method, *cells)
    return table


def _cell(rows):
    if not rows:
        return "–"
    accuracies = [row["target_acc"] for row in rows]
    told = f"{interval(accuracies):.3f}" if len(rows) > 1 else f"{accuracies[0]:.3f}"
    return f"{told} ({statistics.median(r['epoch_s'] or r['seconds'] for r in rows):.1f})"


def missed(rows):
    """Yields a sentence for each number that was not reached."""

    def of(lib, method, column):
        return [r[column] for r in rows if (r["lib"], r["method"]) == (lib, method)]

    for lib, share in FASTER.items():
        for method in PEERS[lib][1]:
            mine, others = of("tlcourse", method, "epoch_s"), of(lib, method, "epoch_s")
            if mine and others:
                ratio = statistics.median(mine) / statistics.median(others)
                if ratio > share:
                    yield f"{method}: {ratio:.2f} of {lib}'s time, to be at most {share}"
    means = [np.mean(found) for m in METHODS if (found := of("tlcourse", m, "target_acc"))]
    if means and max(means) < REACH:
        yield f"the best method has {max(means):.3f}, to be at least {REACH}"
    found = of("tlcourse", "best", "target_acc")
    if found and np.mean(found) < REACH_BEST:
        yield f"at its own settings {np.mean(found):.3f}, to be at least {REACH_BEST}"
    if found and max(of("tlcourse", "best", "seconds")) > BEST_SECONDS:
        yield f"its own settings took more than {BEST_SECONDS} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--methods", nargs="*", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--bench", type=Path, help="folder with the scripts for the others")
    parser.add_argument("--adapt", help="Python of an environment with ADAPT")
    parser.add_argument("--skada", help="Python of an environment with skada")
    parser.add_argument("--best", action="store_true", help="ours at settings of their own, too")
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    args = parser.parse_args()
    others = {lib: getattr(args, lib) for lib in PEERS if getattr(args, lib)}
    if others and not args.bench:
        parser.error("--adapt and --skada need --bench, the folder with their scripts")
    console = Console(stderr=True)
    pair = load(args.bench)
    rows = []
    with console.status("loading") as status:
        for seed in args.seeds:
            for method in args.methods:
                status.update(f"seed {seed}: {method}")
                rows.append(ours(pair, method, seed, args.epochs))
                for lib, python in others.items():
                    if method in PEERS[lib][1]:
                        status.update(f"seed {seed}: {method} of {lib}")
                        rows.append(theirs(python, args.bench, lib, method, seed, args.epochs))
            if args.best:
                status.update(f"seed {seed}: settings of its own")
                rows.append(best(pair, seed))
    console.print(table_of(rows))
    console.print(f"Keras {keras.__version__}, {keras.backend.backend()}, {os.cpu_count()} cores")
    if args.json:
        print(json.dumps(rows))
    failures = list(missed(rows))
    for sentence in failures:
        console.print(sentence, style="red")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
