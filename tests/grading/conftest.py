"""What tests of grading share: a sandbox, and a class that handed in lesson 00."""

import json

import pytest

from tlcourse.grading.layout import find_submissions
from tlcourse.grading.sandbox.sandbox import NoSandbox, find_sandbox


@pytest.fixture(scope="session")
def own_sandbox():
    """The best sandbox there is, or none: only for submissions that a test wrote itself."""
    try:
        return find_sandbox()
    except NoSandbox:
        return find_sandbox("none")


@pytest.fixture
def hand_in():
    """Writes notebooks with one answer, to 00.1: (folder, dict of student to source)."""

    def hand_in(folder, answers):
        for student, source in answers.items():
            marks = {"nbgrader": {"grade_id": "ex-00-1", "solution": True}}
            cell = {"cell_type": "code", "source": source, "metadata": marks, "outputs": []}
            document = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            (folder / student).mkdir(parents=True, exist_ok=True)
            (folder / student / "00.ipynb").write_text(json.dumps(document))
        return find_submissions(folder)[0]

    return hand_in
