"""Pretrain the shipped backbones."""

import time
from pathlib import Path

import keras

from tlcourse.arguments import check_count, check_seed, verb
from tlcourse.backbones.pretraining.augmented_batches import AugmentedBatches, EpochTold
from tlcourse.backbones.pretraining.card import measured, write_card
from tlcourse.backbones.pretraining.gpt import pretrain_gpt
from tlcourse.backbones.pretraining.recipes import RECIPES
from tlcourse.backbones.pretraining.words import pretrain_words
from tlcourse.domains import load_domain
from tlcourse.errors import UnknownName, near
from tlcourse.models import join, new_head
from tlcourse.training import jit_compile, precision, predict, seed_keras

_WARM_UP = 0.2  # share of the steps


def pretrainings():
    """List the names that `pretrain` knows.

    Returns:
        Tuple of str.
    """
    return (*RECIPES, "words", "gpt")


@verb
def pretrain(name, folder, *, epochs=None, seed=0, work=None, verbose=2):
    """Train a backbone by its recipe and write its weights and model card.

    Rerun with the same arguments to resume after the last complete epoch. The test set is used
    once, at the end.

    Args:
        name: `words`, `gpt`, or one of `RECIPES`.
        folder: for `NAME.weights.h5` (`NAME.npz` for `words` and `gpt`) and `NAME.md`; created if
            missing.
        epochs: int, overrides the recipe.
        seed: int, for the weights, the order of images and their shifts.
        work: folder of the backup; by default a hidden one in `folder`.
        verbose: as in `keras.Model.fit`.

    Returns:
        `Pretrained`.

    Raises:
        UnknownName: (a ValueError) for an unknown name; suggests similar ones.
        DataError: if the domain's data is not on this machine.
    """
    if name not in pretrainings():
        raise UnknownName(f"Unknown pretraining {name!r}.{near(name, pretrainings())}")
    seed = check_seed(seed)
    if epochs is not None:
        check_count(epochs, "epochs")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if name == "words":
        return pretrain_words(folder, epochs=epochs, seed=seed)
    if name == "gpt":
        return pretrain_gpt(folder, epochs=epochs, seed=seed, verbose=verbose)
    recipe = RECIPES[name]
    epochs = epochs or recipe.epochs
    domain = load_domain(recipe.domain)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision())
    try:
        seed_keras(seed)
        backbone = recipe.architecture(recipe.input_shape)
        model = join(backbone, new_head(backbone, domain.n_classes))
    finally:
        keras.config.set_dtype_policy(before)
    backup = Path(work or folder / f".{name}-{epochs}-{seed}")
    begin = time.perf_counter()
    _fit(model, domain, recipe, epochs, seed, backup, verbose)
    seconds = time.perf_counter() - begin
    right = int((predict(model, domain.x_test).argmax(axis=1) == domain.labels_test).sum())
    weights = folder / f"{name}.weights.h5"
    _save(backbone, weights)
    done = measured(weights, right, len(domain.x_test), seconds)
    write_card(done, _rows(name, recipe, domain, backbone, epochs, seed, seconds))
    return done


def _fit(model, domain, recipe, epochs, seed, backup, verbose):
    batches = AugmentedBatches(
        domain.x_train,
        domain.labels_train,
        domain.n_classes,
        batch_size=min(recipe.batch_size, len(domain.x_train)),
        shift=recipe.shift,
        affine=recipe.affine,
        flip=recipe.flip,
        cover=recipe.cover,
        seed=seed,
    )
    steps = epochs * len(batches)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=steps - round(_WARM_UP * steps),
        warmup_target=recipe.learning_rate,
        warmup_steps=round(_WARM_UP * steps),
    )
    optimizer = keras.optimizers.SGD(
        schedule,
        momentum=0.9,
        nesterov=True,
        weight_decay=recipe.weight_decay,
        use_ema=True,
        ema_momentum=recipe.ema,
    )
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(
        optimizer,
        keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=recipe.label_smoothing
        ),
        metrics=["accuracy"],
        jit_compile=jit_compile(),
    )
    callbacks = [keras.callbacks.BackupAndRestore(backup), EpochTold(batches)]
    model.fit(batches, epochs=epochs, callbacks=callbacks, verbose=verbose, shuffle=False)


def _save(backbone, path):
    # Keras requires this extension; the file is moved into place atomically.
    temporary = path.with_name(f".half-{path.name}")
    try:
        backbone.save_weights(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _rows(name, recipe, domain, backbone, epochs, seed, seconds):
    rows = {
        "what": f"{backbone.name}, {backbone.count_params():,} parameters: images "
        f"{'×'.join(map(str, domain.input_shape))} in [0, 1] to {backbone.output_shape[-1]} "
        "features",
        "data": f"{domain.name}: {len(domain.x_train):,} images of {domain.n_classes} classes; "
        f"{domain.source}",
        "licence of the data": domain.licence,
        "recipe": f"`tlcourse pretrain {name} --seed {seed}`: {epochs} epochs of SGD (Nesterov "
        f"momentum 0.9, batches of {recipe.batch_size}, learning rate up to "
        f"{recipe.learning_rate} with warm-up and cosine, weight decay {recipe.weight_decay}), "
        f"label smoothing {recipe.label_smoothing}"
        f"{f', shifts of {recipe.shift} pixels' if recipe.shift else ''}"
        f"{', random affine maps' if recipe.affine else ''}"
        f"{', flips' if recipe.flip else ''}"
        f"{f', squares of {recipe.cover} pixels covered' if recipe.cover else ''}"
        f", averaged weights (momentum {recipe.ema})",
        "seed": seed,
        "accuracy": f"on {len(domain.x_test):,} test images, looked at once, at the end",
        "time": f"{seconds / 60:.0f} minutes, Keras {keras.__version__} on "
        f"{keras.backend.backend()}, {precision()}",
        "limits": recipe.limits,
    }
    return rows | {"transfer": recipe.transfer} if recipe.transfer else rows
