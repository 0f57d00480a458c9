"""Which default strength DANN and CDAN get, chosen without a label of any target.

Several strengths are trained on four pairs, for 150 and for 400 steps, three seeds each. What
chooses is the information maximisation of the predictions on unlabelled target images, summed over
pairs, lengths and seeds; the target's accuracy, as the difference from source-only, is printed
beside it and has no part in the choice.

    TLCOURSE_DATA=... python tests/benchmarks/adversarial_strength.py
"""

import argparse
import json
import os
import statistics

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from rich.console import Console
from rich.table import Table

from tlcourse.domains import load_pair
from tlcourse.strategies import CDAN, DANN, Adaptation

PAIRS = ("glyphs->handwritten", "handwritten->glyphs", "glyphs->glyphs-textured", "mnist->usps")
STRENGTHS = (0.03, 0.1, 0.3, 1.0)
LENGTHS = (150, 400)
METHODS = {"DANN": DANN, "CDAN": CDAN}


def measure(pairs, seeds, say):
    """Yields one row per training."""
    settings = [("source-only", 0.0)] + [(name, s) for name in METHODS for s in STRENGTHS]
    for pair in pairs:
        data = load_pair(pair)
        for steps in LENGTHS:
            for name, strength in settings:
                for seed in range(seeds):
                    say(f"{pair}, {steps} steps, {name} {strength}, seed {seed}")
                    kind = METHODS.get(name, Adaptation)
                    own = {"strength": strength} if name in METHODS else {}
                    result = kind(steps=steps, batch_size=32, **own).fit(
                        data, seed=seed, eval_test=True
                    )
                    yield {
                        "pair": pair,
                        "steps": steps,
                        "method": name,
                        "strength": strength,
                        "seed": seed,
                        "target_acc": result.target_accuracy,
                        "score": result.history["information_maximisation"][-1],
                    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pairs", nargs="+", default=PAIRS)
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    args = parser.parse_args()
    console = Console(stderr=True)
    with console.status("loading") as status:
        rows = list(measure(args.pairs, args.seeds, status.update))
    alone = {
        (row["pair"], row["steps"], row["seed"]): row["target_acc"]
        for row in rows
        if row["method"] == "source-only"
    }
    table = Table(title="mean over pairs, lengths and seeds")
    for column in (
        "method",
        "strength",
        "score without labels",
        "points over source-only",
        "worst",
    ):
        table.add_column(column, justify="right")
    for name in METHODS:
        scores = {}
        for strength in STRENGTHS:
            mine = [r for r in rows if (r["method"], r["strength"]) == (name, strength)]
            scores[strength] = statistics.mean(row["score"] for row in mine)
            gains = [
                100 * (row["target_acc"] - alone[row["pair"], row["steps"], row["seed"]])
                for row in mine
            ]
            told = (
                f"{scores[strength]:.3f}",
                f"{statistics.mean(gains):+.1f}",
                f"{min(gains):+.1f}",
            )
            table.add_row(name, f"{strength:g}", *told)
        console.print(f"{name}: {max(scores, key=scores.get):g} has the highest score")
    console.print(table)
    if args.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
