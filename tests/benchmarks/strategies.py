"""The reference table: every strategy on every pair, with intervals over seeds and seconds.

With labels: each strategy gets the same labelled target images (10 a class), those with a source
begin with one backbone that was trained on it. Without: the methods of adaptation get the source's
labels and the target's images; the bounds stand beside them. What is worse than doing without the
source (from scratch, or source-only) by more than the seeds explain is marked as negative transfer.

    python tests/benchmarks/strategies.py --json                 # pairs that are always there
    TLCOURSE_DATA=... python tests/benchmarks/strategies.py --pairs all
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

from tlcourse.backbones import RandomAffine
from tlcourse.domains import load_pair
from tlcourse.measures import interval, negative_transfer
from tlcourse.strategies import (
    BSS,
    CDAN,
    CORAL,
    DAN,
    DANN,
    L2SP,
    MCC,
    AdaBN,
    Adapters,
    BiasOnly,
    DeepCORAL,
    Delta,
    FeatureExtraction,
    FineTune,
    FromScratch,
    GradualUnfreezing,
    ImportanceWeighting,
    LinearProbe,
    LoRA,
    PseudoLabels,
    SourceOnly,
    SubspaceAlignment,
    mmd_with_mcc,
)

ALWAYS = ("glyphs->handwritten", "handwritten->glyphs", "letters->handwritten")
REAL = ("mnist->usps", "usps->mnist", "mnist->mnist-textured", "digits->spoken-digits")
SHOTS = 10
BEST, AFTER = "MMD, MCC, affine, longer", "fine-tuning after that"
GOALS = {("glyphs->handwritten", BEST): 0.90, ("glyphs->handwritten", AFTER): 0.95}


def with_labels(backbone, head):
    """Returns name to strategy, for a backbone (and head) trained on the source."""
    tuned = {"steps": 150, "learning_rate": 1e-3}
    strategies = {
        "from scratch": FromScratch(steps=150),
        "linear probe": LinearProbe(backbone),
        "feature extraction": FeatureExtraction(backbone),
        "fine-tuning": FineTune(backbone, **tuned),
        "fine-tuning, layer-wise": FineTune(backbone, layer_decay=1 / 2.6, **tuned),
        "gradual unfreezing": GradualUnfreezing(backbone, **tuned),
        "last block only": FineTune(backbone, freeze_to="block2", **tuned),
        "L2-SP": L2SP(backbone, **tuned),
        "DELTA": Delta(backbone, **tuned),
        "BSS": BSS(backbone, **tuned),
        "LoRA": LoRA(backbone, **tuned),
        "adapters": Adapters(backbone, **tuned),
        "biases only": BiasOnly(backbone, **tuned),
    }
    if head is not None:
        strategies["fine-tuning, head kept"] = FineTune(backbone, head=head, **tuned)
    return strategies


def without_labels(start):
    """Returns name to strategy, for a result of training on the source."""
    settings = {"epochs": 6, "learning_rate": 2e-3, "schedule": "cosine"}
    return {
        "CORAL, closed form": CORAL(start),
        "subspace alignment": SubspaceAlignment(start),
        "AdaBN": AdaBN(start),
        "importance weighting": ImportanceWeighting(start),
        "pseudo-labels": PseudoLabels(start),
        "deep CORAL": DeepCORAL(**settings),
        "MMD (DAN)": DAN(**settings),
        "DANN": DANN(**settings),
        "CDAN": CDAN(**settings),
        "MCC": MCC(**settings),
        BEST: mmd_with_mcc(augment=affine()),
    }


def affine():
    """Returns the augmentation of what is meant to be as good as it gets."""
    return RandomAffine(rotation=15.0, scale=0.3, shear=0.25, shift=0.1)


def measure(pair, seeds, say):
    """Returns one row per strategy and seed of one pair."""
    rows = []

    def note(kind, name, seed, result, seconds):
        rows.append(
            {
                "lib": "tlcourse",
                "method": name,
                "seed": seed,
                "target_acc": round(result.target_accuracy, 4),
                "epoch_s": None,
                "pair": pair.name,
                "labels": kind,
                "seconds": round(seconds, 2),
                "n_trained": result.n_trained,
            }
        )

    for seed in seeds:
        say(f"{pair.name}, seed {seed}: training on the source")
        begin = time.perf_counter()
        if pair.same_classes:
            source = SourceOnly().fit(pair, seed=seed)
            note("none", "source-only", seed, source, time.perf_counter() - begin)
        else:
            source = FromScratch(epochs=4, batch_size=64).fit(pair.source, seed=seed)
        head = source.head if pair.same_classes else None
        for name, strategy in with_labels(source.backbone, head).items():
            say(f"{pair.name}, seed {seed}: {name}")
            begin = time.perf_counter()
            result = strategy.fit(pair, shots=SHOTS, seed=seed)
            note("10 a class", name, seed, result, time.perf_counter() - begin)
        if not pair.same_classes:
            continue
        for name, strategy in without_labels(source).items():
            say(f"{pair.name}, seed {seed}: {name}")
            begin = time.perf_counter()
            result = strategy.fit(pair, seed=seed)
            note("none", name, seed, result, time.perf_counter() - begin)
        say(f"{pair.name}, seed {seed}: {AFTER}")
        begin = time.perf_counter()
        # The last result is that of BEST; its own seconds are not counted again.
        after = FineTune(
            result.backbone,
            head=result.head,
            augment=affine(),
            steps=300,
            learning_rate=1e-3,
            schedule="cosine",
        ).fit(pair, shots=SHOTS, seed=seed)
        note("10 a class", AFTER, seed, after, time.perf_counter() - begin)
        say(f"{pair.name}, seed {seed}: target-only")
        begin = time.perf_counter()
        whole = FromScratch(epochs=20).fit(pair.target, seed=seed)
        note("all", "target-only", seed, whole, time.perf_counter() - begin)
    return rows


def cells_of(rows):
    """Returns the table's head and lines: accuracy, seconds of a fit, ▼ for negative transfer."""
    pairs = list(dict.fromkeys(row["pair"] for row in rows))
    lines = []
    for labels in ("none", "10 a class", "all"):
        mine = [row for row in rows if row["labels"] == labels]
        for name in dict.fromkeys(row["method"] for row in mine):
            lines.append([labels, name, *(_cell(mine, pair, name) for pair in pairs)])
    return ["labels", "strategy", *pairs], lines


def table_of(rows):
    """Returns a table for the terminal."""
    head, lines = cells_of(rows)
    table = Table(title="target accuracy (seconds a fit); ▼ negative transfer")
    for place, name in enumerate(head):
        table.add_column(name, justify="left" if place < 2 else "right")
    for line in lines:
        table.add_row(*line)
    return table


def markdown_of(rows):
    """Returns the table as it stands in RESULTS.md."""
    head, lines = cells_of(rows)
    every = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in every)


def _cell(rows, pair, name):
    without = {"none": "source-only", "10 a class": "from scratch"}

    def accuracies(method):
        return [r["target_acc"] for r in rows if (r["pair"], r["method"]) == (pair, method)]

    found = accuracies(name)
    if not found:
        return "–"
    mine = [r["seconds"] for r in rows if (r["pair"], r["method"]) == (pair, name)]
    told = f"{interval(found):.3f}" if len(found) > 1 else f"{found[0]:.3f}"
    mark = ""
    base = accuracies(without.get(rows[0]["labels"], ""))
    if len(base) > 1 and base != found and negative_transfer(found, base).is_negative:
        mark = " ▼"
    return f"{told} ({statistics.median(mine):.1f}){mark}"


def missed(rows):
    """Yields a sentence for each number that was not reached, of what was measured."""
    for (pair, method), goal in GOALS.items():
        found = [r["target_acc"] for r in rows if (r["pair"], r["method"]) == (pair, method)]
        if found and statistics.mean(found) < goal:
            yield f"{pair}, {method}: {statistics.mean(found):.3f}, to be at least {goal}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", nargs="+", default=list(ALWAYS), help="names, or `all`")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    parser.add_argument("--markdown", action="store_true", help="the table for RESULTS.md")
    args = parser.parse_args()
    names = [*ALWAYS, *REAL] if args.pairs == ["all"] else args.pairs
    console = Console(stderr=True)
    rows = []
    with console.status("loading") as status:
        for name in names:
            rows += measure(load_pair(name), args.seeds, status.update)
    console.print(table_of(rows))
    console.print(f"Keras {keras.__version__}, {keras.backend.backend()}, {os.cpu_count()} cores")
    if args.json:
        print(json.dumps(rows))
    if args.markdown:
        print(markdown_of(rows))
    failures = list(missed(rows))
    for sentence in failures:
        console.print(sentence, style="red")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
