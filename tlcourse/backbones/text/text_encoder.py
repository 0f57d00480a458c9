"""Text encoders: a tokeniser and its backbone, kept together."""

import json
import os
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
from keras import Input, Model, layers, ops

from tlcourse.arguments import check_count, verb
from tlcourse.backbones.text.extras import import_for_texts
from tlcourse.domains import Domain, DomainPair
from tlcourse.errors import BadArgument, CourseError
from tlcourse.training import extract_features

# Supported model types in Hugging Face's layout: encoders that KerasHub can convert.
_FAMILIES = ("albert", "bert", "distilbert", "roberta", "xlm-roberta")
_PARTS = ("x_train", "x_test")
_BATCH = 64  # texts at a time
_STEP = 8  # lengths are rounded up to multiples of it
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")


@verb
class TextEncoder:
    """Turn texts into features by way of tokens.

    A backbone needs numbers, so texts first become rows of token ids. The result of `tokens` is
    an ordinary domain, for strategies that train the backbone too.

    Attributes:
        backbone: `keras.Model`, token ids (n, length) to features (n, d).
        tokenise: function, list of str to a list of rows of token ids, none of them empty.
        padding: int, id that pads rows to equal length; the backbone ignores it.
        levels: list of `keras.Model` like `backbone`, with the features after each block of the
            network, the embeddings first; empty where there are none.

    Example:
        >>> from tlcourse.backbones import word_encoder
        >>> encoder = word_encoder(["good", "bad"], [[1.0, 0.0], [0.0, 1.0]])
        >>> encoder.tokens(["Good, good!", "bad"]).tolist()
        [[2, 2], [3, 0]]
        >>> encoder(["Good, good!", "good or bad"]).tolist()
        [[1.0, 0.0], [0.5, 0.5]]
    """

    def __init__(self, backbone, tokenise, *, padding=0, levels=()):
        self.backbone, self.tokenise, self.padding = backbone, tokenise, padding
        self.levels = list(levels)

    def layer(self, number):
        """Return the encoder whose features are those after a block of the network.

        The last block is the one most bent to what the network was trained for; one in the middle
        often transfers better.

        Args:
            number: int, 0 for the embeddings, 1 for the first block, and so on.

        Returns:
            `TextEncoder` with the same variables.

        Raises:
            BadArgument: (a ValueError) if there is no such block.
        """
        if not self.levels:
            raise BadArgument("`number` is for encoders with blocks; this one has none.")
        check_count(number, "number", at_least=0, at_most=len(self.levels) - 1)
        return TextEncoder(
            self.levels[number], self.tokenise, padding=self.padding, levels=self.levels
        )

    def tokens(self, data):
        """Turn texts into token ids, all rows as long as the longest.

        Args:
            data: texts (a list or array of str), a `Domain` of texts, or a `DomainPair`.

        Returns:
            int32 array (n, length); for a domain or pair, a copy with tokens in place of texts.

        Raises:
            ValueError: if there is no text, or `data` is something else.
        """
        if isinstance(data, DomainPair):
            return DomainPair(*self._in_tokens(data.source, data.target))
        if isinstance(data, Domain):
            return self._in_tokens(data)[0]
        return self._rows(data)[0]

    def __call__(self, data, *, batch_size=None):
        """Turn texts into features, as `extract_features` does pictures.

        Args:
            data: texts (a list or array of str), or a `Domain` of texts.
            batch_size: int, texts at a time, sorted by their length; None means 64.

        Returns:
            float32 array (n, d); for a domain, a `Domain` of features.
        """
        if isinstance(data, Domain):
            parts = {part: self(getattr(data, part), batch_size=batch_size) for part in _PARTS}
            return replace(data, name=f"{data.name} seen by {self.backbone.name}", **parts)
        # By length: a batch is padded to its own longest text, not to the longest of all.
        rows = self.tokenise(_texts(data))
        order = np.argsort([len(row) for row in rows], kind="stable")
        size = _BATCH if batch_size is None else batch_size
        check_count(size, "batch_size")
        parts = []
        for start in range(0, len(rows), size):
            tokens = self._padded([rows[i] for i in order[start : start + size]])
            parts.append(extract_features(self.backbone, tokens, batch_size=size))
        features = np.concatenate(parts)
        return features[np.argsort(order)]

    def _padded(self, rows):
        """Return one array of rows; few different lengths, so that a network is traced seldom."""
        length = -(-max(map(len, rows)) // _STEP) * _STEP
        array = np.full((len(rows), length), self.padding, "int32")
        for filled, row in zip(array, rows, strict=True):
            filled[: len(row)] = row
        return array

    def _in_tokens(self, *domains):
        rows = iter(self._rows(*(x for each in domains for x in (each.x_train, each.x_test))))
        return [replace(each, x_train=next(rows), x_test=next(rows)) for each in domains]

    def _rows(self, *groups):
        """Return the token ids of groups of texts, one array each, all of one length."""
        tokenised = [self.tokenise(_texts(group)) for group in groups]
        length = max(len(row) for rows in tokenised for row in rows)
        arrays = [np.full((len(rows), length), self.padding, "int32") for rows in tokenised]
        for array, rows in zip(arrays, tokenised, strict=True):
            for filled, row in zip(array, rows, strict=True):
                filled[: len(row)] = row
        return arrays


@verb
def load_text_encoder(preset, *, max_tokens=64):
    """Load a pretrained encoder of the BERT family through KerasHub.

    A text's features are the mean of the encoder's outputs over its tokens.

    Args:
        preset: a folder in Hugging Face's layout (config.json, model.safetensors and the
            tokenizer's files), or the name of a KerasHub preset, such as "bert_tiny_en_uncased",
            which it downloads once.
        max_tokens: int, maximum length including start and end tokens; longer texts are cut.

    Returns:
        `TextEncoder`.

    Raises:
        CourseError: when KerasHub is not installed, or a folder lacks something or is damaged.
        ValueError: when `max_tokens` is no whole number >= 3.

    Reference:
        Devlin, Chang, Lee & Toutanova, "BERT: Pre-training of Deep Bidirectional Transformers for
        Language Understanding", NAACL 2019; the mean over tokens after Reimers & Gurevych,
        "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", EMNLP 2019.
    """
    check_count(max_tokens, "max_tokens", at_least=3)  # a token between two marks
    preset = str(preset)
    if Path(preset).exists() or ("://" not in preset and {"/", os.sep} & set(preset)):
        _check_folder(Path(preset))
    import_for_texts("safetensors")  # KerasHub imports it only when it needs it
    hub = import_for_texts("keras_hub").models
    try:
        network = hub.Backbone.from_preset(preset)
        prepare = hub.TextClassifierPreprocessor.from_preset(preset, sequence_length=max_tokens)
    except Exception as error:  # a damaged file can make readers raise nearly anything
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise CourseError(f"No text encoder can be loaded from {preset}: {reason}") from error
    padding = prepare.tokenizer.pad_token_id
    return TextEncoder(
        _averaging(network, padding),
        lambda texts: _tokenised(prepare, texts),
        padding=padding,
        levels=[_averaging(level, padding) for level in _levels(network)],
    )


def _levels(network):
    """Return models to what each block of an encoder gives, before them one to its embeddings."""
    blocks = [layer for layer in network.layers if type(layer).__name__ == "TransformerEncoder"]
    if not blocks:
        return []
    first = blocks[0].input
    outputs = [first[0] if isinstance(first, list) else first, *(block.output for block in blocks)]
    return [
        Model(network.input, output, name=f"{network.name}_layer{number}")
        for number, output in enumerate(outputs)
    ]


def _check_folder(folder):
    """Raise CourseError unless a folder holds an encoder's config and weights that are no code."""
    if not (folder / "config.json").is_file():
        raise CourseError(f"{folder} is not a text encoder: it has no config.json.")
    try:
        family = json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"]
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{folder / 'config.json'} is damaged, or not in Hugging Face's layout: no model_type."
        ) from error
    if family not in _FAMILIES:
        raise CourseError(
            f"{folder} has a model of type {family!r}; supported are {', '.join(_FAMILIES)}."
        )
    if not any((folder / name).is_file() for name in _WEIGHTS):
        raise CourseError(
            f"{folder} has no model.safetensors; weights in other files, which may contain code, "
            "are not loaded."
        )


def _averaging(network, padding):
    """Return a backbone: token ids to the mean of what an encoder gives for the tokens."""
    tokens = Input((None,), name="tokens")
    ids = ops.cast(tokens, "int32")
    mask = ops.not_equal(ids, padding)
    inputs = {"token_ids": ids, "padding_mask": ops.cast(mask, "int32")}
    if "segment_ids" in network.input:
        inputs["segment_ids"] = ops.zeros_like(ids)
    output = network.output
    if isinstance(output, dict):  # ignore its pooled output: we take the mean
        network = Model(network.input, output["sequence_output"], name=network.name)
    mean = layers.GlobalAveragePooling1D(name="features")(network(inputs), mask=mask)
    return Model(tokens, mean, name=f"{network.name}_mean")


def _tokenised(prepare, texts):
    """Return rows of token ids without padding."""
    if getattr(prepare.tokenizer, "lowercase", False):
        # Lower-case vocabularies have no accents either; KerasHub does not strip them.
        texts = ["".join(c for c in _split_accents(text) if not _is_accent(c)) for text in texts]
    prepared = prepare(texts)
    ids, mask = (ops.convert_to_numpy(prepared[part]) for part in ("token_ids", "padding_mask"))
    return [row[kept] for row, kept in zip(ids, mask.astype(bool), strict=True)]


def _split_accents(text):
    return unicodedata.normalize("NFD", text)


def _is_accent(character):
    return unicodedata.category(character) == "Mn"


def _texts(data):
    """Return texts as a list of str; raise ValueError for anything else."""
    texts = list(data) if isinstance(data, (list, tuple, np.ndarray)) else []
    if not texts or not all(isinstance(text, str) for text in texts):
        what = f"{type(texts[0]).__name__}s" if texts else repr(data)
        raise BadArgument(
            f"`data` must be texts: a list of at least one str, or a Domain of them; got {what}."
        )
    return [str(text) for text in texts]
