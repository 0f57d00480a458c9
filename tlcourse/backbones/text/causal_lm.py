"""A small causal language model: build, train, save and load."""

import io
from collections import Counter
from pathlib import Path

import keras
import numpy as np

from tlcourse.arguments import check_count, check_number, verb
from tlcourse.atomic import write_atomically
from tlcourse.backbones.text.extras import import_for_texts
from tlcourse.backbones.text.language_model import (
    END,
    UNKNOWN,
    LanguageModel,
    next_word_loss,
    pieces_of,
)
from tlcourse.backbones.text.word_embedding import WordEmbedding
from tlcourse.domains import data_folder
from tlcourse.errors import BadArgument, CourseError
from tlcourse.training import ShuffledBatches, jit_compile, seed_keras

_LEARNING_RATE = 2e-3  # the peak


@verb
def causal_lm(n_words, *, length=32, width=128, n_layers=2, n_heads=4, dropout=0.1):
    """Build a decoder of Transformer blocks, each of which sees what came before and no more.

    Args:
        n_words: int, vocabulary size.
        length: int, maximum number of tokens in context.
        width: int, dimension of token and position embeddings; the token embeddings also score
            the next word (Press & Wolf, 2017).
        n_layers: int, number of blocks.
        n_heads: int, attention heads per block; must divide `width`.
        dropout: float, dropout rate in training.

    Returns:
        `keras.Model`, token ids (n, m) to logits of each next token (n, m, n_words), m at most
        `length`. 0.9 million parameters with 4,000 words.

    Raises:
        ValueError: when an argument is out of range.
        CourseError: when KerasHub is not installed.

    Reference:
        Radford, Narasimhan, Salimans & Sutskever, "Improving Language Understanding by Generative
        Pre-Training", 2018.
    """
    sizes = {"n_words": n_words, "length": length, "width": width, "n_layers": n_layers}
    for name, size in {**sizes, "n_heads": n_heads}.items():
        check_count(size, name)
    check_number(dropout, "dropout", at_least=0, below=1)
    layers = import_for_texts("keras_hub").layers
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    embedding = WordEmbedding(n_words, length, width, name="embedding")
    x = keras.layers.Dropout(dropout, name="dropout")(embedding(tokens))
    for number in range(1, n_layers + 1):
        x = layers.TransformerDecoder(
            4 * width,
            n_heads,
            dropout=dropout,
            activation="gelu",
            normalize_first=True,
            name=f"block{number}",
        )(x)
    x = keras.layers.LayerNormalization(name="norm")(x)
    return keras.Model(tokens, embedding(x, reverse=True), name="causal_lm")


@verb
def train_causal_lm(texts, *, seed, n_words=4000, epochs=4, batch_size=32, verbose=0, **network):
    """Train a language model on texts: cross-entropy of each next word, Adam, `Model.fit`.

    Args:
        texts: sequence of str.
        seed: int, for the weights, dropout and the order of the texts.
        n_words: int, vocabulary size: the commonest words; all others share one token.
        epochs: int, passes over the texts.
        batch_size: int, blocks of text per step.
        verbose: as in `keras.Model.fit`.
        **network: arguments of `causal_lm`.

    Returns:
        `LanguageModel`.

    Raises:
        CourseError: if KerasHub is not installed.
        ValueError: if `texts` contain no word.
    """
    counts = Counter(piece for text in texts for piece in pieces_of(text))
    if not counts:
        raise BadArgument("`texts` must contain words; there are none.")
    vocabulary = [END, UNKNOWN, *(word for word, _ in counts.most_common(n_words - 2))]
    seed_keras(seed)
    language_model = LanguageModel(causal_lm(len(vocabulary), **network), vocabulary)
    x, y = language_model.blocks(texts)
    batch_size = min(batch_size, len(x))
    steps = max(1, epochs * len(x) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=_LEARNING_RATE, warmup_steps=steps // 10
    )
    language_model.model.compile(
        optimizer=keras.optimizers.Adam(rate), loss=next_word_loss(), jit_compile=jit_compile()
    )
    batches = ShuffledBatches(x, y, steps=steps, batch_size=batch_size, seed=seed)
    language_model.model.fit(batches, shuffle=False, verbose=verbose)
    return language_model


@verb
def unigram_perplexity(language_model, known, texts):
    """Return the perplexity of guessing each word by how often it comes, whatever is before it.

    p(word) = (count + 1) / (all counts + n_words), with counts from `known`.

    Args:
        language_model: `LanguageModel`, for its vocabulary and tokenisation.
        known: iterable of str, texts to count in.
        texts: iterable of str, texts to predict, as for `LanguageModel.perplexity`.

    Returns:
        Float >= 1.
    """
    n_words = len(language_model.vocabulary)
    counts = np.bincount(language_model.blocks(known)[1].ravel(), minlength=n_words) + 1
    log_p = np.log(counts / counts.sum())
    return float(np.exp(-log_p[language_model.blocks(texts)[1]].mean()))


@verb
def save_causal_lm(path, language_model):
    """Write a language model, in half precision, to an .npz file without pickles.

    Args:
        path: file to write, atomically.
        language_model: `LanguageModel` whose network comes from `causal_lm`.
    """
    model = language_model.model
    blocks = [layer for layer in model.layers if layer.name.startswith("block")]
    width = model.get_layer("embedding").width
    arrays = {
        "vocabulary": np.array(language_model.vocabulary),
        "network": np.array([language_model.length, width, len(blocks), blocks[0].num_heads]),
        **{f"weight{i}": each.astype("float16") for i, each in enumerate(model.get_weights())},
    }
    write_atomically(path, lambda file: np.savez_compressed(file, **arrays))


@verb
def load_causal_lm(path=None):
    """Load a language model that `save_causal_lm` wrote.

    Args:
        path: the file; None means the course's own model (its card is beside it).

    Returns:
        `LanguageModel`.

    Raises:
        CourseError: if KerasHub is not installed, or the file is missing or damaged.
    """
    import_for_texts("keras_hub")
    path = path or data_folder() / "gpt.npz"
    try:
        with np.load(io.BytesIO(Path(path).read_bytes()), allow_pickle=False) as stored:
            arrays = dict(stored)
        length, width, n_layers, n_heads = arrays["network"].tolist()
        vocabulary = arrays["vocabulary"].tolist()
        model = causal_lm(
            len(vocabulary), length=length, width=width, n_layers=n_layers, n_heads=n_heads
        )
        model.set_weights([arrays[f"weight{i}"] for i in range(len(model.weights))])
    except FileNotFoundError as error:
        raise CourseError(f"There is no language model at {path}.") from error
    except Exception as error:  # zip, zlib, format and key errors: numpy documents none of them
        raise CourseError(f"{path} is damaged, or not a language model ({error}).") from error
    return LanguageModel(model, vocabulary)
