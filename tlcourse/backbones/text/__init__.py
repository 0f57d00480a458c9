"""Networks for text: word vectors, text encoders and a small language model."""

from tlcourse.backbones.text.causal_lm import (
    causal_lm,
    load_causal_lm,
    save_causal_lm,
    train_causal_lm,
    unigram_perplexity,
)
from tlcourse.backbones.text.language_model import LanguageModel
from tlcourse.backbones.text.text_encoder import TextEncoder, load_text_encoder
from tlcourse.backbones.text.words import load_words, save_words, train_words, word_encoder

__all__ = [
    "LanguageModel",
    "TextEncoder",
    "causal_lm",
    "load_causal_lm",
    "load_text_encoder",
    "load_words",
    "save_causal_lm",
    "save_words",
    "train_causal_lm",
    "train_words",
    "unigram_perplexity",
    "word_encoder",
]
