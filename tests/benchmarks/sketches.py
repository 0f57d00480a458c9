"""One experiment of each kind that lessons need, by public verbs, beside an earlier number.

The earlier numbers come from sketches that went round the library; settings differ a little, and
these are single seeds or few, so what is to be seen is the size and the sign.

    TLCOURSE_DATA=... python tests/benchmarks/sketches.py
"""

import argparse
import os
import time
from functools import cache

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from rich.console import Console
from rich.table import Table

import tlcourse as tl
from tlcourse.domains import available, bands_shuffled, faint, inverted
from tlcourse.measures import kendall_tau, leave_one_out_nearest_mean

SEEDS = range(3)


@cache
def source():
    return tl.SourceOnly(steps=300).fit(tl.load_pair("glyphs->handwritten"), seed=0)


def target_accuracy(strategy, data, **settings):
    results = tl.over_seeds(strategy, data, seeds=SEEDS, **settings)
    return np.array([result.target_accuracy for result in results])


def points(ours, theirs):
    return f"{tl.lead(ours, theirs):+.1f} points"


def levels_and_tasks():
    levels = ["pixels", "block3_relu", "logits"]
    found = tl.probe_matrix(source().model, levels, tl.glyph_tasks(3000), places=7)
    told = {
        task: " -> ".join(f"{score:.2f}" for score in found.scores[:, found.tasks.index(task)])
        for task in ("digit", "angle")
    }
    return f"digit {told['digit']}; angle R² {told['angle']}"


def moved_to_colour():
    colour = tl.load_backbone("small_cnn", input_shape=(28, 28, 3), seed=1)
    moved = tl.move_weights(source().backbone, colour)
    return f"{moved.n_moved} of {moved.n_weights}, {moved.grey_difference:.0e} off on grey"


def optimisers():
    pair, start = tl.load_pair("glyphs->handwritten"), source()
    found = {
        name: target_accuracy(
            tl.FineTune(
                start.backbone, head=start.head, optimizer=name, learning_rate=rate, steps=40
            ),
            pair,
            shots=10,
        ).mean()
        for name, rate in (("sgd", 1e-2), ("adam", 3e-3), ("rmsprop", 1e-3))
    }
    return ", ".join(f"{name} {accuracy:.3f}" for name, accuracy in found.items())


def one_block():
    start, dark = source(), tl.load_domain("glyphs").changed(inverted)
    arms = {
        "block1": tl.FineTune(
            start.backbone, head=start.head, only="block1", learning_rate=0.1, steps=60
        ),
        "head": tl.FineTune(
            start.backbone, head=start.head, only="head", learning_rate=0.03, steps=60
        ),
    }
    first, head = (target_accuracy(arm, dark, shots=10) for arm in arms.values())
    return f"{first.mean():.2f}, {points(first, head)} over the head"


def two_rates():
    pair = tl.load_pair("glyphs->letters")
    own = {"steps": 160, "batch_size": 32}
    one = tl.FineTune(source().backbone, learning_rate=1e-3, **own)
    two = tl.FineTune(source().backbone, learning_rate=3e-4, head_rate=1e-2, **own)
    probe = tl.ProbeThenTune(source().backbone, **own)
    rates, single, both = (target_accuracy(arm, pair, shots=10) for arm in (two, one, probe))
    return f"two rates {points(rates, single)}, probe first {points(both, single)}"


def a_soup():
    start = source()
    tune = tl.FineTune(start.backbone, head=start.head, steps=80)
    results = tl.over_seeds(tune, tl.load_pair("glyphs->handwritten"), seeds=SEEDS, shots=10)
    target = tl.load_domain("handwritten")
    mixed = tl.measures.accuracy(tl.soup(results), target.x_test, target.labels_test)
    return f"{np.mean([r.target_accuracy for r in results]):.3f} -> {mixed:.3f}"


def few_labels_and_a_helper():
    many = tl.glyph_tasks(2000, seed=1)
    few = many.labels_train["digit"].copy()
    few[60:] = -1
    labels = {"digit": few, "group": many.labels_train["digit"] // 2}
    tests = {"digit": many.labels_test["digit"], "group": many.labels_test["digit"] // 2}
    digit = tl.Task("digit", "classification", 10)
    scores = [
        [
            tl.MultiTask(tasks=tasks, steps=200, batch_size=64)
            .fit(many.x_train, labels, x_test=many.x_test, labels_test=tests, seed=seed)
            .scores["digit"]
            for seed in SEEDS
        ]
        for tasks in ([digit, tl.Task("group", "classification", 5)], [digit])
    ]
    return f"{np.mean(scores[1]):.2f} -> {np.mean(scores[0]):.2f}, {points(*scores)}"


def statistics_of_the_target():
    glyphs = tl.load_domain("glyphs")
    pair = tl.DomainPair(glyphs, glyphs.changed(faint))
    start = tl.SourceOnly(steps=200).fit(pair, seed=0)
    after = tl.AdaBN(start, n_images=20).fit(pair).target_accuracy
    return f"{start.target_accuracy:.2f} -> {after:.2f}"


def adversaries():
    pair = tl.load_pair("glyphs->handwritten")
    own = {"steps": 150, "batch_size": 32, "n_evals": 8}
    results = [
        [kind(**own).fit(pair, seed=seed, eval_test=True) for seed in SEEDS]
        for kind in (tl.DANN, tl.Adaptation)
    ]
    adapted, alone = ([r.target_accuracy for r in each] for each in results)
    histories = [r.history for each in results for r in each]
    columns = ("information_maximisation", "oracle")
    scores, oracle = (np.concatenate([h[name] for h in histories]) for name in columns)
    groups = np.repeat(range(len(histories)), 8)
    tau = kendall_tau(scores, oracle, groups=groups)
    return f"DANN {points(adapted, alone)}; IM ranks checkpoints by τ {tau}"


def what_the_projection_keeps():
    target = tl.load_domain("handwritten")
    result = tl.SimCLR(epochs=12).fit(target)
    h = tl.extract_features(result.backbone, target)
    x, labels = h.shots(5, 0)
    z, z_test = (result.projector.predict(each, verbose=0) for each in (x, h.x_test))
    scores = [
        tl.ridge_probe(train, labels).score(test, h.labels_test)
        for train, test in ((x, h.x_test), (z, z_test))
    ]
    return f"h {scores[0]:.2f}, z {scores[1]:.2f}"


def a_transfer_set():
    target = tl.load_domain("handwritten")
    teacher = tl.FineTune(tl.load_backbone("strokes"), steps=150).fit(target, shots=5).model
    own = {"steps": 300, "schedule": "cosine"}
    alone = target_accuracy(tl.FromScratch(**own), target, shots=5)
    taught = [
        tl.Distil(teacher, share=1, **own)
        .fit(target, shots=5, seed=s, transfer=target.x_train)
        .target_accuracy
        for s in SEEDS
    ]
    return points(taught, alone)


def a_plain_score():
    target = tl.load_domain("handwritten")
    scores = {}
    for name in ("strokes", "doodles"):
        x, labels = tl.extract_features(tl.load_backbone(name), target).shots(5, 0)
        scores[name] = leave_one_out_nearest_mean(x, labels)
    return ", ".join(f"{name} {score:.2f}" for name, score in scores.items())


def voices():
    if not available("spoken-digits")[0]:
        return "no data here"
    spoken = tl.load_domain("spoken-digits")
    probe = tl.LinearProbe(tl.load_backbone("glyphs"))
    mixed, apart, shuffled = (
        target_accuracy(probe, data, shots=20)
        for data in (
            spoken.resplit(seed=0),
            spoken.resplit(by_group=True, seed=0),
            spoken.resplit(seed=0).changed(bands_shuffled),
        )
    )
    told = {"same speakers": mixed, "others": apart, "bands shuffled": shuffled}
    return ", ".join(f"{name} {accuracies.mean():.2f}" for name, accuracies in told.items())


# What is measured, and what the sketch had.
SKETCHES = {
    "02 levels and tasks": (levels_and_tasks, "digit .68 -> .97 -> .97; angle .28 -> .66 -> .01"),
    "02 grey to colour": (moved_to_colour, "all, 4e-6 off"),
    "03 optimisers": (optimisers, "sgd .939, adam .940, rmsprop .938"),
    "05 one block, inverted": (one_block, ".90, +17.3 ± 3.2"),
    "05 two rates, LP-FT": (two_rates, "+9.1 ± 1.3, and as much"),
    "06 a soup of three": (a_soup, ".895 -> .921"),
    "07 a task with more labels": (few_labels_and_a_helper, ".41 -> .55, +14.0 ± 3.3"),
    "08 AdaBN, 20 faint images": (statistics_of_the_target, ".53 -> .93"),
    "09 DANN and its validator": (adversaries, "DANN -14 ± 30 at strength 1; τ about .7"),
    "10 h and z, 5 shots": (what_the_projection_keeps, "h .90, z .90"),
    "11 a transfer set": (a_transfer_set, "+11.4 ± 4.8"),
    "12 leave-one-out": (a_plain_score, "ranks as LogME does"),
    "14 voices": (voices, "same .96, others .73"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", help="beginnings of names, such as 02 07")
    args = parser.parse_args()
    console = Console()
    table = Table("sketch", "measured", "earlier", "s")
    for name, (run, earlier) in SKETCHES.items():
        if args.only and not name.startswith(tuple(args.only)):
            continue
        begin = time.perf_counter()
        table.add_row(name, run(), earlier, f"{time.perf_counter() - begin:.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
