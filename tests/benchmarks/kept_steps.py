"""What a fit costs where one like it came before, beside a loop by hand that keeps its step.

The loop has one compiled network: it sets the weights back and calls `Model.fit` on the same
batches. Ours also builds the network anew, checks its input, writes the history and measures on the
test set. Both take turns; the first fit of each, which compiles, is left out; the median of the
ratios counts. Then two experiments of the lessons, in seconds.

    python tests/benchmarks/kept_steps.py --json
"""

import argparse
import json
import os
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
from rich.console import Console
from rich.table import Table

from tlcourse.backbones import load_backbone
from tlcourse.domains import glyph_tasks, load_pair
from tlcourse.models import copy_of, freeze_batchnorm, join, new_head
from tlcourse.strategies import (
    BSS,
    CDAN,
    DAN,
    DANN,
    L2SP,
    MCC,
    Adaptation,
    DeepCORAL,
    Delta,
    Distil,
    FineTune,
    FromScratch,
    LoRA,
    MultiTask,
    Task,
)
from tlcourse.training import ShuffledBatches

STEPS, BATCH = 200, 32
LIMIT = 1.1  # of the loop
MATRIX, SIX = 20, 60  # seconds
TASKS = {
    "digit": Task("digit", "classification", 10),
    "family": Task("family", "classification", 5),
    "angle": Task("angle", "regression", 1),
}


def loop(data, backbone, *, frozen):
    """Returns a function of a seed that trains as one would by hand, its step kept."""
    network = copy_of(backbone)
    if frozen:
        freeze_batchnorm(network)
    model = join(network, new_head(network, data.n_classes, dropout=0.3))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(3e-3), loss, jit_compile=False)
    start = model.get_weights()

    def fit(seed):
        model.set_weights(start)
        batches = ShuffledBatches(*data.shots(10, seed), steps=STEPS, batch_size=BATCH, seed=seed)
        model.fit(batches, shuffle=False, verbose=0)
        model.predict_on_batch(data.x_test)

    return fit


def of_strategies(repeats, say):
    """Yields one row per strategy and repeat."""
    data = load_pair("glyphs->handwritten").target
    backbone = load_backbone("small_cnn", seed=0)
    teacher = join(backbone, new_head(backbone, data.n_classes))
    settings = {"steps": STEPS, "batch_size": BATCH, "learning_rate": 3e-3}
    rates = iter(0.003 + 0.0001 * i for i in range(1000))
    ours = {
        "FineTune": (lambda: FineTune(backbone, **settings), True),
        "another rate": (
            lambda: FineTune(backbone, **{**settings, "learning_rate": next(rates)}),
            True,
        ),
        "L2SP": (lambda: L2SP(backbone, **settings), True),
        "LoRA": (lambda: LoRA(backbone, **settings), True),
        "BSS": (lambda: BSS(backbone, **settings), True),
        "Delta": (lambda: Delta(backbone, **settings), True),
        "FromScratch": (lambda: FromScratch(**settings), False),
        "Distil": (lambda: Distil(teacher, **settings), False),
    }
    for name, (build, frozen) in ours.items():
        by_hand = loop(data, backbone, frozen=frozen)
        runs = {"by hand": by_hand, "tlcourse": lambda s, b=build: b().fit(data, shots=10, seed=s)}
        for repeat in range(repeats + 1):
            for lib, run in runs.items():
                say(f"{name}, {repeat} of {repeats}: {lib}")
                begin = time.perf_counter()
                run(repeat)
                seconds = time.perf_counter() - begin
                if repeat:
                    yield {"method": name, "lib": lib, "repeat": repeat, "seconds": seconds}


def task_matrix(seeds=3):
    """Returns the seconds of every task alone and every two together, over seeds."""
    many = glyph_tasks(700)
    names = list(TASKS)
    sets = [[TASKS[a]] for a in names]
    sets += [[TASKS[a], TASKS[b]] for i, a in enumerate(names) for b in names[i + 1 :]]
    begin = time.perf_counter()
    for tasks in sets:
        for seed in range(seeds):
            MultiTask(tasks=tasks, steps=120, batch_size=32).fit(many, seed=seed)
    return time.perf_counter() - begin


def six_methods(seeds=3):
    """Returns the seconds of six adaptations with 8 looks each, over seeds."""
    pair = load_pair("glyphs->handwritten")
    begin = time.perf_counter()
    for kind in (Adaptation, DeepCORAL, DAN, DANN, CDAN, MCC):
        for seed in range(seeds):
            kind(steps=150, batch_size=32, n_evals=8).fit(pair, seed=seed, eval_test=True)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    args = parser.parse_args()
    console = Console(stderr=True)
    with console.status("loading") as status:
        rows = list(of_strategies(args.repeats, status.update))
        status.update("task matrix")
        matrix = task_matrix()
        status.update("six adaptations")
        six = six_methods()
    table = Table(title=f"seconds of a fit of {STEPS} steps, median")
    for column in ("strategy", "by hand", "tlcourse", "median ratio"):
        table.add_column(column, justify="right")
    medians = {}
    for name in dict.fromkeys(row["method"] for row in rows):
        hand, own = (
            [row["seconds"] for row in rows if (row["method"], row["lib"]) == (name, lib)]
            for lib in ("by hand", "tlcourse")
        )
        medians[name] = statistics.median(o / h for o, h in zip(own, hand, strict=True))
        told = (f"{statistics.median(each):.2f}" for each in (hand, own))
        table.add_row(name, *told, f"{medians[name]:.2f}")
    console.print(table)
    console.print(f"3 × 3 task matrix, 3 seeds: {matrix:.1f} s (at most {MATRIX})")
    console.print(f"six adaptations, 3 seeds, 8 looks: {six:.1f} s (at most {SIX})")
    console.print(f"Keras {keras.__version__}, {keras.backend.backend()}, {os.cpu_count()} cores")
    if args.json:
        print(json.dumps([*rows, {"matrix": matrix, "six": six}]))
    sys.exit(max(medians.values()) > LIMIT or matrix > MATRIX or six > SIX)


if __name__ == "__main__":
    main()
