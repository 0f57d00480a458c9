"""Model cards: what the weights are, and how well they did."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tlcourse.atomic import write_atomically


@dataclass(frozen=True, kw_only=True)
class Pretrained:
    """The outcome of a pretraining.

    Attributes:
        weights: Path of the weights.
        card: Path of the model card beside them.
        accuracy: float, on the domain's test set.
        interval: `(low, high)`, its 95 % interval.
        seconds: float, training time, excluding runs before an interruption.
    """

    weights: Path
    card: Path
    accuracy: float
    interval: tuple[float, float]
    seconds: float


def measured(weights, right, n, seconds):
    """Return `Pretrained` from a count of right answers.

    Args:
        weights: `Path`; the card has its name, up to the first dot.
        right: int, number of correctly classified test examples.
        n: int, number of test examples.
        seconds: float, training time.

    Reference:
        Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of
        the American Statistical Association 1927 (the interval).
    """
    from scipy.stats import binomtest

    between = binomtest(right, n).proportion_ci(method="wilson")
    return Pretrained(
        weights=weights,
        card=weights.with_name(f"{weights.name.split('.')[0]}.md"),
        accuracy=right / n,
        interval=(float(between.low), float(between.high)),
        seconds=seconds,
    )


def write_card(done, rows):
    """Write the card of a pretraining.

    Args:
        done: `Pretrained`.
        rows: dict of str to text, in the order of the card; accuracy and size are added.
    """
    low, high = done.interval
    content = done.weights.read_bytes()
    rows = rows | {
        "accuracy": f"{done.accuracy:.1%} [{low:.1%}, {high:.1%}] {rows['accuracy']}",
        "size": f"{len(content) / 1e6:.1f} MB, SHA-256 `{hashlib.sha256(content).hexdigest()}`",
    }
    table = "\n".join(f"| {key} | {value} |" for key, value in rows.items())
    text = f"# {done.card.stem}\n\n| | |\n|---|---|\n{table}\n"
    write_atomically(done.card, lambda file: file.write(text.encode()))
