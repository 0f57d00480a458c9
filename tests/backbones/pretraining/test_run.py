"""Pretraining: reproducible, resumable, and honest about what came out."""

import dataclasses
import hashlib
import inspect

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone, pretrain
from tlcourse.backbones.pretraining.augmented_batches import AugmentedBatches, EpochTold
from tlcourse.backbones.pretraining.recipes import RECIPES
from tlcourse.backbones.small_cnn import small_cnn
from tlcourse.domains import data_folder, from_arrays
from tlcourse.errors import UnknownName
from tlcourse.training import predict


@pytest.fixture
def tiny(monkeypatch):
    """A recipe of seconds on two classes that differ in brightness."""
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 2
    images = (0.3 + 0.4 * labels[:, None, None, None] + 0.2 * rng.random((120, 12, 12, 1))).clip(
        0, 1
    )
    domain = from_arrays(images, labels, class_names=("dark", "bright"), name="tiny")
    recipe = RECIPES["glyphs"].__class__(
        architecture=small_cnn,
        domain="tiny",
        input_shape=(12, 12, 1),
        epochs=4,
        batch_size=16,
        learning_rate=0.05,
        ema=0.9,
        limits="nothing but brightness",
    )
    monkeypatch.setitem(RECIPES, "tiny", recipe)
    monkeypatch.setitem(
        inspect.unwrap(pretrain).__globals__, "load_domain", {"tiny": domain}.__getitem__
    )
    return domain


@pytest.fixture
def tiny_affine(tiny, monkeypatch):
    """The same with random affine maps in place of shifts."""
    recipe = dataclasses.replace(RECIPES["tiny"], affine=True, shift=0)
    monkeypatch.setitem(RECIPES, "tiny", recipe)
    return tiny


def weights_of(done):
    return load_backbone("small_cnn", input_shape=(12, 12, 1), weights=done.weights).get_weights()


def test_the_card_says_what_was_done_and_measured(tiny, tmp_path):
    done = pretrain("tiny", tmp_path, verbose=0)
    card = done.card.read_text(encoding="utf-8")
    low, high = done.interval
    assert low < done.accuracy <= high or done.accuracy == 1
    assert done.accuracy > 0.9
    for part in (
        f"{done.accuracy:.1%} [{low:.1%}, {high:.1%}] on 30 test images",
        "tlcourse pretrain tiny --seed 0",
        "4 epochs",
        "90 images of 2 classes",
        hashlib.sha256(done.weights.read_bytes()).hexdigest(),
        "nothing but brightness",
        keras.__version__,
    ):
        assert part in card
    assert "transfer" not in card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny.md", "tiny.weights.h5"]


def test_the_stored_weights_are_those_that_were_measured(tiny, tmp_path):
    done = pretrain("tiny", tmp_path, verbose=0)
    backbone = load_backbone("small_cnn", input_shape=(12, 12, 1), weights=done.weights)
    features = predict(backbone, tiny.x_test)
    means = [features[tiny.labels_test == label].mean(axis=0) for label in (0, 1)]
    assert np.linalg.norm(means[0] - means[1]) > 0.1


def test_a_seed_makes_it_the_same(tiny, tmp_path):
    one, same, other = (
        weights_of(pretrain("tiny", tmp_path / str(i), seed=seed, verbose=0))
        for i, seed in enumerate((1, 1, 2))
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("recipe", ["tiny", "tiny_affine"])
def test_an_interrupted_training_ends_as_one_that_was_not(recipe, request, tmp_path, monkeypatch):
    request.getfixturevalue(recipe)
    whole = weights_of(pretrain("tiny", tmp_path / "whole", verbose=0))
    told = inspect.unwrap(pretrain).__globals__["EpochTold"]
    tell, begun = told.on_epoch_begin, []

    def pull_the_plug(self, epoch, logs=None):
        begun.append(epoch)
        if epoch == 2:
            raise KeyboardInterrupt
        tell(self, epoch, logs)

    with monkeypatch.context() as patch:
        patch.setattr(told, "on_epoch_begin", pull_the_plug)
        with pytest.raises(KeyboardInterrupt):
            pretrain("tiny", tmp_path / "cut", verbose=0)
    assert not (tmp_path / "cut" / "tiny.weights.h5").exists()

    def count(self, epoch, logs=None):
        begun.append(epoch)
        tell(self, epoch, logs)

    monkeypatch.setattr(told, "on_epoch_begin", count)
    resumed = weights_of(pretrain("tiny", tmp_path / "cut", verbose=0))
    assert begun == [0, 1, 2, 2, 3]
    for a, b in zip(whole, resumed, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_affine_maps_change_what_is_learned(tiny_affine, tmp_path, monkeypatch):
    moved = pretrain("tiny", tmp_path / "moved", epochs=1, verbose=0)
    monkeypatch.setitem(RECIPES, "tiny", dataclasses.replace(RECIPES["tiny"], affine=False))
    still = pretrain("tiny", tmp_path / "still", epochs=1, verbose=0)
    assert not np.allclose(weights_of(moved)[0], weights_of(still)[0])


def test_the_card_names_affine_maps_and_transfer(tiny_affine, tmp_path, monkeypatch):
    monkeypatch.setitem(RECIPES, "tiny", dataclasses.replace(RECIPES["tiny"], transfer="none"))
    card = pretrain("tiny", tmp_path, epochs=1, verbose=0).card.read_text(encoding="utf-8")
    assert ", label smoothing 0.1, random affine maps, averaged weights" in card
    assert "| transfer | none |" in card


def test_an_unknown_name_says_the_near_ones(tmp_path):
    with pytest.raises(
        UnknownName, match=r"Unknown pretraining 'objects9'. Did you mean 'objects8'"
    ):
        pretrain("objects9", tmp_path)


def batches(n=40, **settings):
    images = np.zeros((n, 6, 6, 1), "float32")
    images[:, 2, 1, 0] = 1 + np.arange(n)  # one pixel, left of the middle, tells the image
    still = {"shift": 0, "affine": False, "flip": False, "cover": 0}
    settings = {"batch_size": 8, "seed": 0} | still | settings
    return AugmentedBatches(images, np.arange(n) % 2, 2, **settings)


def test_an_epoch_holds_every_image_once_and_the_next_in_another_order():
    drawn = batches()
    first = [drawn[i][0].max(axis=(1, 2, 3)) for i in range(len(drawn))]
    drawn.epoch = 1
    second = [drawn[i][0].max(axis=(1, 2, 3)) for i in range(len(drawn))]
    for order in (first, second):
        np.testing.assert_array_equal(np.sort(np.concatenate(order)), 1 + np.arange(40))
    assert (np.concatenate(first) != np.concatenate(second)).any()


def test_the_batches_are_told_which_epoch_it_is():
    drawn = batches()
    EpochTold(drawn).on_epoch_begin(3)
    assert drawn.epoch == 3


def test_labels_stay_with_their_images():
    images, targets = batches(shift=1, flip=True)[3]
    number = images.max(axis=(1, 2, 3)).astype(int) - 1
    np.testing.assert_array_equal(targets.argmax(axis=1), number % 2)


def test_images_move_at_most_as_far_as_the_shift():
    moved = np.concatenate([batches(shift=1)[i][0] for i in range(5)])
    rows, columns = np.nonzero(moved.max(axis=0)[..., 0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (1, 3, 0, 2)


def test_affine_maps_are_of_the_seed_the_epoch_and_the_batch_alone():
    images = np.zeros((40, 16, 16, 1), "float32")
    images[:, 4:12, 4:12] = 1
    settings = {"batch_size": 8, "shift": 0, "affine": True, "flip": False, "cover": 0, "seed": 0}
    one, same, other = (
        AugmentedBatches(images, np.arange(40) % 2, 2, **settings | {"seed": seed})
        for seed in (0, 0, 1)
    )
    one[0]  # a batch that the other never had, as before an interruption
    moved = one[1][0]
    np.testing.assert_array_equal(moved, same[1][0])
    assert not np.allclose(moved, other[1][0])
    assert not np.allclose(moved, one[2][0])
    same.epoch = 1
    assert not np.allclose(moved, same[1][0])
    assert len({image.tobytes() for image in moved}) == 8  # each image has a map of its own
    areas = moved.sum(axis=(1, 2, 3))
    assert ((areas > 64 * 0.6) & (areas < 64 * 1.5)).all()  # small ones
    assert moved.min() >= 0
    assert moved.max() <= 1 + 1e-6
    # What is moved can still be mirrored and covered.
    covered = AugmentedBatches(images, np.arange(40) % 2, 2, **settings | {"cover": 4})[1][0]
    assert (covered == 0.5).any(axis=(1, 2, 3)).all()


def test_flips_are_left_to_right_and_about_half():
    images = np.concatenate([batches(n=400, flip=True)[i][0] for i in range(50)])
    row, column = np.unravel_index(images[..., 0].reshape(400, -1).argmax(axis=1), (6, 6))
    assert set(row) == {2}
    assert set(column) == {1, 4}
    assert 0.4 < (column == 4).mean() < 0.6


def test_a_square_covers_a_part_of_each_image_at_a_place_of_its_own():
    covered = AugmentedBatches(
        np.ones((200, 9, 9, 1), "float32"),
        np.zeros(200, int),
        1,
        **{"batch_size": 200, "shift": 0, "affine": False, "flip": False, "cover": 4, "seed": 0},
    )[0][0][..., 0]
    n_grey = (covered == 0.5).sum(axis=(1, 2))
    assert set(np.unique(covered)) == {0.5, 1.0}
    assert n_grey.max() == 16
    assert n_grey.min() == 4  # the corner of a square that lies mostly outside
    assert ((covered == 0.5).mean(axis=0) > 0).all()


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "tiny"])
def test_what_is_shipped_is_what_its_card_describes(name):
    weights = data_folder() / f"{name}.weights.h5"
    card = (data_folder() / f"{name}.md").read_text(encoding="utf-8")
    assert hashlib.sha256(weights.read_bytes()).hexdigest() in card
    assert weights.stat().st_size <= 5e6
    backbone = load_backbone(name)
    assert f"{backbone.count_params():,} parameters" in card
    assert backbone.input_shape[1:] == RECIPES[name].input_shape
    random = RECIPES[name].architecture(RECIPES[name].input_shape)
    assert not np.allclose(backbone.get_weights()[0], random.get_weights()[0])
