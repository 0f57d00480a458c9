"""The first call of a lesson."""

import os
import sys
from types import ModuleType

import pytest

from tlcourse.errors import BadArgument, UnknownName
from tlcourse.lessons import setup


@pytest.fixture(autouse=True)
def styles(monkeypatch):
    """How often the figures' style was set; also puts the environment back."""
    for name in ("PROFILE", "SEED", "DATA", "HOSTS", "PROCESS"):
        monkeypatch.setenv(f"TLCOURSE_{name}", "")
    calls = []
    plots = ModuleType("tlcourse.plots")
    plots.use_style = lambda: calls.append("style")
    monkeypatch.setitem(sys.modules, "tlcourse.plots", plots)
    return calls


def test_settings_reach_the_environment(tmp_path, styles):
    found = setup(profile="full", seed=5, data=tmp_path)
    assert (found.lesson, found.profile, found.seed, found.data) == (None, "full", 5, str(tmp_path))
    assert os.environ["TLCOURSE_PROFILE"] == "full"
    assert os.environ["TLCOURSE_SEED"] == "5"
    assert os.environ["TLCOURSE_DATA"] == str(tmp_path)
    assert styles == ["style"]


def test_everything_random_is_seeded():
    import keras
    import numpy as np

    def draw():
        return [float(np.random.rand()), float(keras.random.uniform(()))]

    setup(seed=3)
    first = draw()
    setup(seed=3)
    assert draw() == first
    setup(seed=4)
    again = draw()
    assert again[0] != first[0]
    assert again[1] != first[1]


def test_what_keras_computes_with():
    import keras

    found = setup()
    assert found.backend == keras.backend.backend()
    assert found.devices
    assert all(":" in device for device in found.devices)


def test_the_lesson_by_its_id(course):
    course("98", "Near things")
    assert setup("98").title == "Near things"
    with pytest.raises(UnknownName, match=r"unknown lesson '97'\. Allowed: '98'"):
        setup("97")


def test_bad_arguments():
    with pytest.raises(UnknownName, match="profile"):
        setup(profile="fast")
    with pytest.raises(BadArgument, match="seed"):
        setup(seed=-1)
    with pytest.raises(BadArgument, match="data"):
        setup(data="/does/not/exist")


def test_devices_are_handed_on(monkeypatch):
    asked = []
    monkeypatch.setattr("tlcourse.training.use_devices", asked.append)
    setup()
    setup(devices=2)
    assert asked == ["auto", 2]


def test_devices_that_are_not_there():
    with pytest.raises(ValueError, match="`devices` must be 'auto', a number from 1 to"):
        setup(devices=1000)


def test_several_processes_are_connected(monkeypatch):
    asked = []
    monkeypatch.setattr("tlcourse.training.connect_hosts", lambda *where: asked.append(where))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv("TLCOURSE_HOSTS", "a:1,b:2")
    monkeypatch.setenv("TLCOURSE_PROCESS", "1")
    setup()
    assert asked == [(["a:1", "b:2"], 1)]
