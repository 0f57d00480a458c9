"""Score and generate text with a causal language model."""

import re

import keras
import numpy as np

from tlcourse.arguments import check_count, check_number, check_seed, verb
from tlcourse.backbones.text.extras import import_for_texts
from tlcourse.errors import BadArgument
from tlcourse.models import copy_of
from tlcourse.training import OrderedBatches, ShuffledBatches, jit_compile, seed_keras

END, UNKNOWN = "<end>", "<unknown>"  # tokens 0 and 1; an end also precedes the first text
_PIECE = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")  # words and single punctuation marks


def pieces_of(text):
    """Split a text into words and signs, in lower case (list of str)."""
    return _PIECE.findall(text.lower())


def next_word_loss():
    """Return cross-entropy of each next word, for logits."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@verb
class LanguageModel:
    """A network that scores next words, with its vocabulary.

    Attributes:
        model: `keras.Model` from `causal_lm`.
        vocabulary: list of str, words by token id; the first two mark an end and an unknown
            word.
    """

    def __init__(self, model, vocabulary):
        self.model, self.vocabulary = model, list(vocabulary)
        if not model.compiled:
            model.compile(loss=next_word_loss(), jit_compile=jit_compile())
        self._ids = {word: number for number, word in enumerate(self.vocabulary)}

    @property
    def length(self):
        """Maximum number of tokens in context (int)."""
        return self.model.get_layer("embedding").length

    def tokens(self, texts):
        """Return all texts as one row of token ids, int32 (n,): an end, a text, an end, ..."""
        unknown = self._ids[UNKNOWN]
        row = [0]
        for text in texts:
            row += [self._ids.get(piece, unknown) for piece in pieces_of(text)]
            row.append(0)
        return np.array(row, "int32")

    def blocks(self, texts):
        """Cut texts, one behind the other, into pieces to learn from.

        Returns:
            `(x, y)`: int32 (n, length) each; y is x shifted by one token. Texts shorter than one
            block give a single block of their length; a rest after the last block is dropped.
        """
        row = self.tokens(texts)
        length = min(self.length, len(row) - 1)
        n = (len(row) - 1) // length
        return row[: n * length].reshape(n, length), row[1 : n * length + 1].reshape(n, length)

    def perplexity(self, texts):
        """Perplexity: the effective number of equally likely next words.

        exp(−mean log p(word | preceding words)); all unknown words count as one word.

        Args:
            texts: iterable of str.

        Returns:
            Float >= 1; lower is better.
        """
        x, y = self.blocks(texts)
        batches = OrderedBatches(x, y, batch_size=32)
        loss = self.model.evaluate(batches, verbose=0)
        return float(np.exp(loss))

    def adapt(self, texts, *, epochs=3, learning_rate=1e-3, batch_size=8, seed=0):
        """Train a copy further on other texts, such as those of a new domain.

        Args:
            texts: sequence of str.
            epochs: int, passes over the texts.
            learning_rate: float > 0, of Adam.
            batch_size: int, blocks of text a step; fewer where there are fewer.
            seed: int, of the order of the blocks and dropout.

        Returns:
            `LanguageModel` of the same vocabulary; this one stays as it is. Words that it does not
            know are unknown to the copy as well.

        Raises:
            ValueError: if there is no text, or a setting is out of range.

        Reference:
            Gururangan et al., "Don't Stop Pretraining: Adapt Language Models to Domains and Tasks",
            ACL 2020.
        """
        texts = list(texts)
        if not any(pieces_of(text) for text in texts):
            raise BadArgument("`texts` must contain words; there are none.")
        check_count(epochs, "epochs")
        check_count(batch_size, "batch_size")
        check_number(learning_rate, "learning_rate", above=0)
        model = copy_of(self.model)
        x, y = self.blocks(texts)
        batch_size = min(batch_size, len(x))
        model.compile(
            keras.optimizers.Adam(learning_rate), next_word_loss(), jit_compile=jit_compile()
        )
        model.optimizer.build(model.trainable_variables)
        seed_keras(check_seed(seed))
        steps = max(1, epochs * len(x) // batch_size)
        batches = ShuffledBatches(x, y, steps=steps, batch_size=batch_size, seed=seed)
        model.fit(batches, shuffle=False, verbose=0)
        return LanguageModel(model, self.vocabulary)

    def generate(self, prompt="", *, seed, temperature=0.8, k=20):
        """Continue a text word by word, to an end mark or the model's length.

        Sample each word from the k likeliest, p(word)^(1 / temperature) (Fan et al., 2018).

        Args:
            prompt: str, the beginning of the text.
            seed: int; the same seed gives the same text.
            temperature: float > 0; values near 0 take the likeliest word.
            k: int, number of candidate words.

        Returns:
            Str: the prompt's known words and the continuation.

        Raises:
            ValueError: if the prompt fills the model's context.
        """
        row = self.tokens([prompt])[:-1]
        if len(row) >= self.length:
            raise BadArgument(
                f"`prompt` must have fewer than {self.length - 1} words; got {len(row) - 1}."
            )
        sampler = import_for_texts("keras_hub").samplers.TopKSampler(
            k=min(k, len(self.vocabulary)), temperature=temperature, seed=seed
        )
        never = np.where(np.arange(len(self.vocabulary)) == self._ids[UNKNOWN], -1e9, 0.0)

        def next_word(prompt, cache, index):
            logits = self.model(prompt, training=False)
            logits = keras.ops.take(logits, index - 1, axis=1) + never.astype("float32")
            return logits, None, cache

        page = np.full((1, self.length), self._ids[UNKNOWN], "int32")
        page[0, : len(row)] = row
        given = np.arange(self.length)[None] < len(row)
        written = sampler(
            next_word, page, index=len(row), mask=given, stop_token_ids=(0,), model=self.model
        )
        written = keras.ops.convert_to_numpy(written)[0]
        ends = np.flatnonzero(written[1:] == 0)
        last = 1 + ends[0] if ends.size else len(written)
        words = [self.vocabulary[number] for number in written[1:last]]
        return " ".join(word for word in words if word != UNKNOWN)
