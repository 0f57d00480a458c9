"""Spoken digits and synthetic vowels, as waveforms and as log-mel images."""

from tlcourse.domains.sound.fsdd import speaker, spoken_digits, spoken_digits_waves
from tlcourse.domains.sound.spectrogram import log_mel
from tlcourse.domains.sound.vowels import vowels
from tlcourse.domains.sound.wav import read_wav

__all__ = [
    "log_mel",
    "read_wav",
    "speaker",
    "spoken_digits",
    "spoken_digits_waves",
    "vowels",
]
