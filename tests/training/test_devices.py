"""What several devices or processes train together is what one trains alone."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from tlcourse.strategies.adaptation.adaptation import PairBatches
from tlcourse.training import Training, connect_hosts, precision, train, use_devices
from tlcourse.training import batches as batches_module
from tlcourse.training import devices as distribution
from tlcourse.training.batches import OrderedBatches, ShuffledBatches

BACKEND = keras.backend.backend()
SCRIPT = Path(__file__).with_name("train_on_devices.py")
needs_jax = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is not installed"
)


@pytest.fixture
def run_all(tmp_path):
    """Function that gives the results of processes run at the same time, and leaves none behind."""

    def run(backend, *commands):
        environment = {**os.environ, "KERAS_BACKEND": backend}
        # Not pipes: a process that waits until it can write keeps the other one waiting too.
        logs = [tmp_path / f"{number}.log" for number in range(len(commands))]
        started = []
        try:
            for command, log in zip(commands, logs, strict=True):
                words = [sys.executable, SCRIPT, *command, log.with_suffix(".json")]
                with log.open("wb") as file:
                    started.append(
                        subprocess.Popen(words, env=environment, stdout=file, stderr=file)
                    )
            codes = [process.wait(timeout=120) for process in started]
        finally:
            for process in started:
                process.kill()
                process.wait()
        assert not any(codes), "\n".join(log.read_text()[-2000:] for log in logs)
        return [part for log in logs for part in json.loads(log.with_suffix(".json").read_text())]

    return run


def assert_equal(one, other, *, tolerance):
    assert one["history"]["step"] == other["history"]["step"] == [3, 6, 9, 12]
    assert one["history"]["accuracy"] == other["history"]["accuracy"]
    np.testing.assert_allclose(one["history"]["loss"], other["history"]["loss"], rtol=tolerance)
    assert np.shape(one["answers"]) == (40 * 31 - 1, 3)
    for name in ("weights", "answers", "of_two_domains"):
        for a, b in zip(one[name], other[name], strict=True):
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", pytest.param("jax", marks=needs_jax)])
def test_two_devices_of_one_machine(run_all, backend):
    one, two = run_all(backend, ["one_and_two"])
    assert (one["shares"], two["shares"]) == (1, 2)
    assert one["twins"] == two["twins"] > 0, "on several devices there is no twin"
    assert_equal(one, two, tolerance=1e-5)


@needs_jax
@pytest.mark.slow
def test_two_processes_are_one(run_all):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts = f"127.0.0.1:{port},127.0.0.1:{port + 1}"  # only the first one is listened on
    first, second = run_all("jax", [hosts, "0"], [hosts, "1"])
    assert (first["shares"], first["processes"]) == (2, 2)
    assert_equal(first, second, tolerance=0)
    alone, _ = run_all("jax", ["one_and_two"])
    assert_equal(alone, first, tolerance=1e-5)


@pytest.fixture
def engine(monkeypatch):
    """What the engine was last told to share a batch between; three GPUs are there."""
    told = ["nothing"]
    monkeypatch.setattr(distribution, "_names", lambda: ["gpu:0", "gpu:1", "gpu:2"])
    if BACKEND == "tensorflow":
        import tensorflow as tf

        monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda names: names)
        monkeypatch.setattr(tf.distribute, "experimental_set_strategy", told.append)
    else:
        monkeypatch.setattr(distribution, "_Shared", lambda names: names)
        monkeypatch.setattr(keras.distribution, "set_distribution", told.append)
    return told


@pytest.mark.skipif(BACKEND == "torch", reason="Keras shares no batch on PyTorch")
@pytest.mark.parametrize(
    ("devices", "taken"),
    [
        ("auto", ["gpu:0", "gpu:1", "gpu:2"]),
        (2, ["gpu:0", "gpu:1"]),
        (["gpu:2", "gpu:0"], ["gpu:2", "gpu:0"]),
        (["gpu:1"], ["gpu:1"]),
        (1, None),
    ],
)
def test_the_devices_that_are_taken(engine, devices, taken):
    use_devices(devices)
    assert engine[-1] == taken


@pytest.mark.parametrize("names", [["cpu:0", "cpu:1"], ["gpu:0"]])
def test_auto_changes_nothing_without_several_gpus(engine, monkeypatch, names):
    monkeypatch.setattr(distribution, "_names", lambda: names)
    use_devices()
    assert engine == ["nothing"]


@pytest.mark.parametrize(
    "devices", [0, 4, True, 1.0, None, "gpu:0", [], ["gpu:3"], ["gpu:0", "gpu:0"]]
)
def test_devices_that_are_not_there(engine, devices):
    with pytest.raises(ValueError, match=r"`devices` must be 'auto', a number from 1 to 3 or some"):
        use_devices(devices)
    assert engine == ["nothing"]


def test_hosts_need_jax(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    with pytest.raises(ValueError, match=r"`hosts` needs KERAS_BACKEND=jax; .* 'tensorflow'"):
        connect_hosts(["a:1", "b:1"], 0)


@pytest.mark.parametrize("process", [-1, 2, "0", None])
def test_a_process_that_is_none_of_the_hosts(monkeypatch, process):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"`process` must be a whole number from 0 to 1, .* got"):
        connect_hosts(["a:1", "b:1"], process)


@pytest.mark.parametrize(("size", "shared"), [(16, 16), (15, 12), (4, 4), (3, 4), (1, 4)])
def test_a_batch_is_shared_evenly(monkeypatch, size, shared):
    monkeypatch.setattr(distribution, "n_shares", lambda: 4)
    batches = ShuffledBatches(np.arange(20), steps=2, batch_size=size, seed=0)
    assert [len(batches[i][0]) for i in range(2)] == [shared, shared]


@pytest.mark.parametrize("kind", ["shuffled", "pair"])
def test_the_parts_of_all_processes_are_the_batch(monkeypatch, kind):
    def batch():
        x, order = np.arange(30), {"steps": 5, "batch_size": 12, "seed": 1}
        if kind == "shuffled":
            return ShuffledBatches(x, 10 * x, **order)[3]
        x, labels = PairBatches(x, 10 * x, x[:20] + 100, **order)[3]
        return x["source"], x["target"], labels

    def fed_by(process):
        one = SimpleNamespace(num_processes=3, data_shard_id=process)
        monkeypatch.setattr(distribution, "_distribution", lambda: one)
        return batch()

    monkeypatch.setattr(distribution, "n_shares", lambda: 6)
    whole = batch()
    parts = [fed_by(process) for process in range(3)]
    assert {len(part[0]) for part in parts} == {4}
    for i, array in enumerate(whole):
        np.testing.assert_array_equal(np.concatenate([part[i] for part in parts]), array)


def test_the_last_batch_is_filled_where_it_must_be_shared(monkeypatch):
    monkeypatch.setattr(batches_module, "n_shares", lambda: 4)
    x = np.arange(9)
    filled = OrderedBatches(x, batch_size=4, fill=True)
    assert filled[1][0].tolist() == [4, 5, 6, 7]
    assert filled[2][0].tolist() == [8, 8, 8, 8]
    assert OrderedBatches(x, batch_size=4)[2][0].tolist() == [8]


def test_a_model_from_before_is_said(monkeypatch):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    monkeypatch.setattr(distribution, "n_shares", lambda: 2)
    with pytest.raises(ValueError, match="`model` was built before 2 devices shared the work"):
        train(model, np.ones((4, 2), "float32"), np.arange(4) % 3, Training(steps=1))


@pytest.mark.parametrize(
    ("names", "capability", "policy"),
    [
        (["cpu:0"], "8.0", "float32"),
        (["gpu:0"], "8.0", "mixed_bfloat16"),
        (["gpu:0", "gpu:1"], "12.1", "mixed_bfloat16"),
        (["gpu:0"], "7.5", "float32"),
        (["gpu:0"], None, "mixed_bfloat16"),
    ],
)
def test_precision(monkeypatch, names, capability, policy):
    monkeypatch.setattr(distribution, "_names", lambda: names)
    if BACKEND == "tensorflow":
        import tensorflow as tf

        said = {"compute_capability": tuple(map(int, capability.split(".")))} if capability else {}
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a GPU"])
        monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: said)
    else:
        device = SimpleNamespace(**({"compute_capability": capability} if capability else {}))
        array = SimpleNamespace(devices=lambda: [device])
        monkeypatch.setattr(keras.ops, "zeros", lambda shape: array)
    assert precision() == policy


@pytest.mark.skipif(BACKEND != "tensorflow", reason="elsewhere Keras decides on XLA")
def test_xla_on_one_gpu_only(monkeypatch):
    assert distribution.jit_compile() is False  # a CPU
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["gpu:0", "gpu:1"])
    assert distribution.jit_compile() == "auto"
    monkeypatch.setattr(distribution, "n_shares", lambda: 2)
    assert distribution.jit_compile() is False
