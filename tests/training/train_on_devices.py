"""What `test_distribution.py` runs in processes of their own: one training, its numbers as JSON.

python train_on_devices.py one_and_two FILE
python train_on_devices.py HOST:PORT,HOST:PORT PROCESS FILE
"""

import json
import os
import sys
from pathlib import Path

import numpy as np


def main(task, process=None):
    """Trains on one device and then on two, or as one of several processes."""
    if task == "one_and_two":
        two_virtual_processors()
    import keras

    from tlcourse.training import connect_hosts, use_devices

    if task != "one_and_two":
        connect_hosts(task.split(","), int(process))
        connect_hosts(task.split(","), int(process))  # as when a notebook's first cell runs again
        return [results(keras)]
    found = []
    for n in (1, 2):
        use_devices(n)
        found.append(results(keras))
    return found


def two_virtual_processors():
    """Lets the engine that Keras computes with see two CPUs."""
    if os.environ["KERAS_BACKEND"] == "jax":
        os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
        return
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)


def results(keras):
    """Returns the weights, the history and the answers of a small training (dict)."""
    from tlcourse.training import Training, predict, train
    from tlcourse.training import compiled_twin as twin
    from tlcourse.training.devices import n_processes, n_shares

    rng = np.random.default_rng(0)
    labels = np.arange(40) % 3
    x = (rng.normal(size=(40, 6)) + labels[:, None]).astype("float32")
    weights = rng.uniform(0.1, 2, size=40)
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8, activation="relu"),
            *of_the_whole_batch(keras),
            keras.layers.Dense(3),
        ]
    )
    history = train(
        model,
        x,
        labels,
        Training(steps=12, batch_size=16, learning_rate=0.02, n_evals=4),
        seed=5,
        eval_data=(x[:21], labels[:21]),
        restore_best_weights=True,
        sample_weight=weights,
    )
    del history["seconds"]
    many = np.tile(x, (31, 1))[1:]  # an odd number of them, in several batches
    return {
        "history": history,
        "weights": [np.asarray(v).tolist() for v in model.variables if "float" in v.dtype],
        "answers": predict(model, many, batch_size=201).tolist(),
        "of_two_domains": of_two_domains(keras, x, labels),
        "shares": n_shares(),
        "processes": n_processes(),
        "twins": len(twin._KEPT),
    }


def of_the_whole_batch(keras):
    """Layers that give on JAX what they give on one device; on TensorFlow they see a part only."""
    if keras.backend.backend() != "jax":
        return []
    return [keras.layers.BatchNormalization(), keras.layers.Dropout(0.3)]


def of_two_domains(keras, x, labels):
    """Returns the weights of a training on batches of two domains."""
    from tlcourse.strategies.adaptation.adaptation import PairBatches
    from tlcourse.training import HistoryRecorder, Training, fit_batches

    keras.utils.set_random_seed(1)
    source, target = keras.Input((6,), name="source"), keras.Input((6,), name="target")
    dense = keras.layers.Dense(3)
    # The target's examples must reach the loss, each beside the source's example of its row.
    model = keras.Model([source, target], dense(source) - 0.5 * dense(target))
    batches = PairBatches(x, labels, -2 * x[:30], steps=5, batch_size=8, seed=3)
    training = Training(steps=5, batch_size=8, learning_rate=0.02)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    fit_batches(model, batches, training, recorder=HistoryRecorder(5, 1), seed=4, loss=loss)
    return [np.asarray(v).tolist() for v in model.variables]


if __name__ == "__main__":
    *task, file = sys.argv[1:]
    Path(file).write_text(json.dumps(main(*task)))
