"""What the lessons claim is no luck of one seed: `pytest -m seeds` after a change of a lesson."""

import pytest

from tlcourse.exercises import lesson_files
from tlcourse.lessons.running.run import run_lessons


@pytest.mark.slow
@pytest.mark.seeds
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("lesson_id", lesson_files())
def test_every_claim_holds(lesson_id, seed, monkeypatch):
    monkeypatch.delenv("TLCOURSE_DATA", raising=False)  # the claims of a machine without real data
    ((_, execution),) = run_lessons([lesson_id], seed=seed, profile="quick").executions
    failed = [claim["text"] for claim in execution.claims if not claim["holds"]]
    assert not failed, f"lesson {lesson_id}, seed {seed}: " + "; ".join(failed)
    assert execution.error is None, f"lesson {lesson_id}, seed {seed}: {execution.error}"
    assert execution.claims, f"lesson {lesson_id} claims nothing"
