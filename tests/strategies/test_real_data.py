"""What the lessons show on built-in data holds on real data too, where it is there."""

import pytest

from tlcourse.domains import load_pair
from tlcourse.strategies import FineTune, FromScratch, SourceOnly


@pytest.mark.slow
def test_print_helps_to_read_mnist(shared_data, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    pair = load_pair("glyphs->mnist")
    source_only = SourceOnly(epochs=2).fit(pair, seed=0)
    tuned = FineTune(source_only.backbone, head=source_only.head).fit(pair, shots=10, seed=0)
    scratch = FromScratch().fit(pair, shots=10, seed=0)
    assert tuned.target_accuracy > source_only.target_accuracy + 0.05
    assert tuned.target_accuracy > scratch.target_accuracy + 0.05
