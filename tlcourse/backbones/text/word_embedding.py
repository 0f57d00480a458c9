"""Embeddings of words and of their places, which also score the next word."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tlcourse")
class WordEmbedding(keras.layers.Layer):
    """Turn words into vectors, and vectors back into a score for each word, by one table.

    vector of word w at place i: E_w + P_i. Scores of a vector h: E · h (Press & Wolf, "Using the
    Output Embedding to Improve Language Models", EACL 2017). Both are calls of one layer, so that
    a copy of the network, by `keras.models.clone_model` too, has one table as well.

    Args:
        n_words: int, rows of E.
        length: int, rows of P, the most words of a text.
        width: int, columns of both.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(self, n_words, length, width, **kwargs):
        super().__init__(**kwargs)
        self.n_words, self.length, self.width = n_words, length, width

    def build(self, input_shape):
        """Make E and P."""
        sizes = {"embeddings": self.n_words, "positions": self.length}
        self.embeddings, self.positions = (
            self.add_weight(name=name, shape=(size, self.width), initializer="uniform")
            for name, size in sizes.items()
        )

    def call(self, inputs, reverse=False):
        """Return vectors (n, m, width) of words (n, m), or scores (n, m, n_words) of vectors."""
        if reverse:
            return ops.matmul(inputs, ops.transpose(self.embeddings))
        words = ops.take(self.embeddings, ops.cast(inputs, "int32"), axis=0)
        return words + self.positions[: ops.shape(inputs)[1]]

    def get_config(self):
        """Return the settings (dict)."""
        sizes = {"n_words": self.n_words, "length": self.length, "width": self.width}
        return {**super().get_config(), **sizes}
