"""Word vectors: Word2Vec by gensim; a text's features are the mean of its words'."""

import io
import re
from pathlib import Path

import numpy as np
from keras import Input, Model, layers

from tlcourse.arguments import check_count, check_seed, verb
from tlcourse.atomic import write_atomically
from tlcourse.backbones.text.extras import import_for_texts
from tlcourse.backbones.text.text_encoder import TextEncoder
from tlcourse.domains import data_folder
from tlcourse.errors import BadArgument, CourseError

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PADDING, _NO_WORD, _FIRST = 0, 1, 2  # token ids; a text without known words is one _NO_WORD


def words_of(text):
    """Split a text into words: lower case, apostrophes within a word kept, signs and digits not.

    Args:
        text: str, the text to split.

    Returns:
        List of str.

    Example:
        >>> words_of("Didn't it end well? 9/10!")
        ["didn't", 'it', 'end', 'well']
    """
    return _WORD.findall(text.lower())


@verb
def train_words(sentences, *, seed, dimensions=100, epochs=30):
    """Learn a vector for each word that comes at least twice: skip-gram with negative sampling.

    Each word w learns to tell the words c around it, up to 15 away, from five drawn at random,
    maximising log σ(v_c · v_w) + Σ log σ(−v_random · v_w). Words in similar contexts get similar
    vectors. The same seed gives the same vectors in every run.

    Args:
        sentences: iterable of str, the texts.
        seed: int, for the initial vectors and the sampling.
        dimensions: int, dimension of a vector.
        epochs: int, passes over the sentences.

    Returns:
        `(vocabulary, vectors)`: list of n str, most frequent first, and float32 (n, dimensions).

    Raises:
        CourseError: when gensim is not installed.
        ValueError: when no word comes twice, or an argument is out of range.

    Reference:
        Mikolov, Sutskever, Chen, Corrado & Dean, "Distributed Representations of Words and
        Phrases and their Compositionality", NeurIPS 2013.
    """
    seed = check_seed(seed)
    check_count(dimensions, "dimensions")
    check_count(epochs, "epochs")
    models = import_for_texts("gensim.models")
    split = [words_of(sentence) for sentence in sentences]
    model = models.Word2Vec(
        vector_size=dimensions,
        sg=1,
        negative=5,
        window=15,
        sample=1e-4,  # the commonest words are skipped more often than not
        min_count=2,
        seed=seed,
        workers=1,  # several workers race, which makes runs differ
    )
    model.build_vocab(split)
    if not model.wv.index_to_key:
        raise BadArgument("`sentences` must contain words that occur twice; there are none.")
    model.train(split, total_examples=len(split), epochs=epochs)
    return list(model.wv.index_to_key), model.wv.vectors.astype("float32")


@verb
def word_encoder(vocabulary, vectors):
    """Make an encoder of texts from word vectors: a text's features are the mean of its words'.

    Words without a vector are ignored; a text without known words gets zeros.

    Args:
        vocabulary: list of n different str, the words.
        vectors: float array (n, d).

    Returns:
        `TextEncoder`; its backbone is named "words".

    Raises:
        ValueError: if the number of vectors differs from the number of words.
    """
    vectors = np.asarray(vectors, "float32")
    if vectors.ndim != 2 or len(vectors) != len(vocabulary) or not len(vocabulary):
        raise BadArgument(
            f"`vectors` must have shape ({len(vocabulary)}, d), one for each word of "
            f"`vocabulary`; got {vectors.shape}."
        )
    ids = {word: number for number, word in enumerate(vocabulary, _FIRST)}

    def tokenise(texts):
        known = ([ids[word] for word in words_of(text) if word in ids] for text in texts)
        return [row or [_NO_WORD] for row in known]

    tokens = Input((None,), name="tokens")
    table = layers.Embedding(
        len(vocabulary) + _FIRST, vectors.shape[1], mask_zero=True, name="vectors"
    )
    backbone = Model(
        tokens, layers.GlobalAveragePooling1D(name="features")(table(tokens)), name="words"
    )
    table.set_weights([np.concatenate([np.zeros((_FIRST, vectors.shape[1]), "float32"), vectors])])
    return TextEncoder(backbone, tokenise, padding=_PADDING)


@verb
def save_words(path, vocabulary, vectors):
    """Write word vectors, in half precision, to an .npz file without pickles.

    Args:
        path: file to write, atomically.
        vocabulary: list of n str, the words.
        vectors: float array (n, d).
    """
    arrays = {"vocabulary": np.array(vocabulary), "vectors": np.asarray(vectors, "float16")}
    write_atomically(path, lambda file: np.savez_compressed(file, **arrays))


@verb
def load_words(path=None):
    """Load word vectors that `save_words` wrote.

    Args:
        path: the file; None means the course's own vectors.

    Returns:
        `TextEncoder`, as made by `word_encoder`.

    Raises:
        CourseError: if the file does not exist or is damaged.
    """
    path = data_folder() / "words.npz" if path is None else Path(path)
    if not path.is_file():
        raise CourseError(
            f"There are no word vectors at {path}: train them with `tlcourse pretrain words`."
        )
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            return word_encoder(np.asarray(stored["vocabulary"]).tolist(), stored["vectors"])
    except Exception as error:  # zip, zlib, format and key errors: numpy documents none of them
        raise CourseError(f"{path} is damaged, or has no word vectors ({error}).") from error
