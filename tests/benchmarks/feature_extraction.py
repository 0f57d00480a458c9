"""What features computed once cost, against a frozen backbone left in the graph.

On random images, measures in one run

    (a) forward:  one pass of the backbone over the training images, plain `Model.predict`
    (b) head:     the head's own training on ready features, plain `Model.fit`
    (c) tlcourse: `LinearProbe.fit`, end to end: features computed once, then the head
    (d) usual:    the frozen backbone left in the graph, plain `Model.fit` for every epoch

and reports (c) / ((a) + (b)), which must not exceed 1.25, and (d) / (c).

All four use the same optimiser, training batches and XLA setting. Compiling is left out where it
can be: each is warmed up before it is timed, so (a), (b) and (d) have their step traced. (c) builds
new models in every `fit`, and what it traces anew counts against it. Accuracy on a test set is part
of `LinearProbe.fit` and of none of the others, so that test set holds one image. The median over
the repeats counts, and (a), (b) and (c) take turns: a machine that slows down slows all of them.
(d) runs once: it takes longest by far, and no limit is near.

    python tests/benchmarks/feature_extraction.py --epochs 5 20 --json
"""

import argparse
import json
import os
import platform
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
from tlcourse.models import freeze, join, new_head
from tlcourse.strategies import LinearProbe

N_CLASSES = 10
BATCH = 32
LIMIT = 1.25
SEED = 0


def make_domain(n_images, size):
    rng = np.random.default_rng(SEED)
    images = rng.random((n_images + 1, size, size, 3), dtype="float32")
    labels = np.arange(n_images + 1) % N_CLASSES
    return Domain(
        name="random",
        x_train=images[:-1],
        labels_train=labels[:-1],
        x_test=images[-1:],
        labels_test=labels[-1:],
        class_names=[str(i) for i in range(N_CLASSES)],
    )


def compiled(model):
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    return model


def contenders(backbone, domain, epochs):
    """Returns name to (what warms it up, what is timed), two functions without arguments."""
    x, labels = domain.x_train, domain.labels_train
    forward = keras.Model(backbone.inputs[0], backbone.outputs[0])
    forward.compile(jit_compile=False)
    features = forward.predict(x, batch_size=BATCH, verbose=0)
    head = compiled(new_head(backbone, N_CLASSES, normalise=True))
    usual = compiled(join(freeze(backbone), new_head(backbone, N_CLASSES)))
    fit = {"batch_size": BATCH, "epochs": epochs, "verbose": 0}
    probe = LinearProbe(backbone, epochs=epochs, batch_size=BATCH)
    one_step = {"batch_size": BATCH, "verbose": 0}
    return {
        "forward": (
            lambda: forward.predict(x[:BATCH], **one_step),
            lambda: forward.predict(x, batch_size=BATCH, verbose=0),
        ),
        "head": (
            lambda: head.fit(features[:BATCH], labels[:BATCH], **one_step),
            lambda: head.fit(features, labels, **fit),
        ),
        "tlcourse": (lambda: probe.fit(domain, seed=SEED), lambda: probe.fit(domain, seed=SEED)),
        "usual": (
            lambda: usual.fit(x[:BATCH], labels[:BATCH], **one_step),
            lambda: usual.fit(x, labels, **fit),
        ),
    }


def measure(backbone, domain, epochs, repeats, say):
    """Returns seconds (list) for each contender."""
    runs = contenders(backbone, domain, epochs)
    for name, (warm_up, _) in runs.items():
        say(f"{epochs} epochs: warming up {name}")
        warm_up()
    seconds = {name: [] for name in runs}
    for repeat in range(repeats):
        for name, (_, run) in runs.items():
            if name == "usual" and repeat:
                continue
            say(f"{epochs} epochs: {name}, {repeat + 1} of {repeats}")
            begin = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - begin)
    return seconds


def rows_of(seconds, epochs, args):
    median = {name: statistics.median(values) for name, values in seconds.items()}
    ratio = median["tlcourse"] / (median["forward"] + median["head"])
    return [
        {
            "lib": "tlcourse" if name == "tlcourse" else "keras",
            "method": name,
            "seed": SEED,
            "target_acc": None,  # images are random: there is nothing to be learned
            "epoch_s": None if name == "forward" else median[name] / epochs,
            "seconds": median[name],
            "all_seconds": values,
            "epochs": epochs,
            "images": args.images,
            "size": args.size,
            "tlcourse_over_forward_and_head": ratio,
            "usual_over_tlcourse": median["usual"] / median["tlcourse"],
        }
        for name, values in seconds.items()
    ]


def table_of(rows, args):
    table = Table(title=f"VGG16 at {args.size} px, {args.images} images, seconds (median)")
    columns = ["epochs", "(a) forward", "(b) head", "(c) tlcourse", "(d) usual"]
    for column in (*columns, "(c) / ((a) + (b))", "(d) / (c)"):
        table.add_column(column, justify="right")
    for epochs in args.epochs:
        mine = {row["method"]: row for row in rows if row["epochs"] == epochs}
        ratio = mine["tlcourse"]["tlcourse_over_forward_and_head"]
        table.add_row(
            str(epochs),
            *(f"{mine[name]['seconds']:.2f}" for name in ("forward", "head", "tlcourse", "usual")),
            f"{ratio:.2f} {'≤' if ratio <= LIMIT else '>'} {LIMIT}",
            f"{mine['tlcourse']['usual_over_tlcourse']:.1f}",
        )
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--size", type=int, default=64, help="pixels each way, at least 32")
    parser.add_argument("--epochs", type=int, nargs="+", default=[5, 20])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    args = parser.parse_args()
    console = Console(stderr=True)
    domain = make_domain(args.images, args.size)
    rows = []
    with console.status("building VGG16") as status:
        backbone = load_backbone("vgg16", input_shape=(args.size, args.size, 3), seed=SEED)
        for epochs in args.epochs:
            seconds = measure(backbone, domain, epochs, args.repeats, status.update)
            rows += rows_of(seconds, epochs, args)
    console.print(table_of(rows, args))
    versions = f"Python {platform.python_version()}, Keras {keras.__version__}"
    console.print(f"{versions}, backend {keras.backend.backend()}, {os.cpu_count()} cores")
    if args.json:
        print(json.dumps(rows))
    sys.exit(any(row["tlcourse_over_forward_and_head"] > LIMIT for row in rows))


if __name__ == "__main__":
    main()
