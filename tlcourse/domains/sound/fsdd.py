"""Spoken digits: the Free Spoken Digit Dataset, as waveforms and as log-mel images."""

import re
from dataclasses import replace

import numpy as np

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.domain import Domain
from tlcourse.domains.files import DataError, cached, files_of, fingerprint, read_members
from tlcourse.domains.sound import spectrogram, wav
from tlcourse.domains.sound.spectrogram import log_mel
from tlcourse.domains.sound.wav import RATE, decode_wav, fit_length, to_waveform

_NAME = re.compile(r"(?:.*/)?([0-9])_([^_/]+)_([0-9]+)\.wav")  # digit, speaker, take
_DIGITS = tuple("0123456789")


def spoken_digits_waves():
    """Return recordings of spoken digits: one second each, 8,000 samples in [-1, 1].

    Shorter ones, nearly all, are centred in silence; longer ones are cropped to their middle. All
    recordings of the last speaker in alphabetical order are held out for testing, so the test asks
    what matters in use: does it understand a voice it has never heard?

    Returns:
        `Domain` of waveforms (8000,) with ten classes.

    Raises:
        DataError: if it is not on this machine, or the archive or a recording is damaged or
            not mono, 16 bits, 8 kHz.

    Reference:
        Jackson and others, "Free Spoken Digit Dataset", 2016-2020.
    """
    recordings = _recordings()
    return _last_speaker_out("spoken-digits-waves", to_waveform(recordings["samples"]), recordings)


def spoken_digits():
    """Return the recordings of `spoken_digits_waves` as log-mel pictures, by `log_mel`.

    They have the size and grey levels of MNIST's digits, so one backbone can read and hear.

    Returns:
        `Domain` of 28×28 grey images with ten classes, its groups the speakers; one speaker is held
        out for testing.

    Raises:
        DataError: as `spoken_digits_waves`.
    """
    recordings = _recordings()
    return _last_speaker_out("spoken-digits", recordings["pictures"], recordings)


def speaker(name):
    """Return the spoken digits of one speaker, as `spoken_digits` shows them.

    Args:
        name: str, such as "george".

    Returns:
        `Domain`, a quarter of each digit's recordings held out for testing.

    Raises:
        DataError: as `spoken_digits_waves`, and if there is no such speaker.
    """
    recordings = _recordings()
    chosen = recordings["speakers"] == name
    if not chosen.any():
        known = ", ".join(np.unique(recordings["speakers"]))
        raise DataError(f"The spoken digits hold no speaker {name!r}; they hold {known}.")
    split = from_arrays(
        recordings["pictures"][chosen],
        recordings["digits"][chosen],
        class_names=_DIGITS,
        name=f"speaker-{name}",
    )
    split = _described(split, f"speaker {name}")
    names = (np.full(len(x), name) for x in (split.x_train, split.x_test))
    return replace(split, **dict(zip(("groups_train", "groups_test"), names, strict=True)))


def _last_speaker_out(name, x, recordings):
    """Make a domain whose test set is all of the last speaker."""
    held_out = np.unique(recordings["speakers"])[-1]
    test = recordings["speakers"] == held_out
    split = Domain(
        name=name,
        x_train=x[~test],
        labels_train=recordings["digits"][~test],
        x_test=x[test],
        labels_test=recordings["digits"][test],
        class_names=_DIGITS,
        groups_train=recordings["speakers"][~test],
        groups_test=recordings["speakers"][test],
    )
    return _described(split, f"test: speaker {held_out}")


def _described(domain, part):
    source = f"Free Spoken Digit Dataset (Jackson and others 2016-2020), {part}"
    return replace(domain, licence="CC BY-SA 4.0", source=source)


def _recordings():
    """Return a dict of arrays, one row per recording: samples, pictures, digits, speakers."""
    (path,) = files_of("fsdd")
    code = fingerprint(__file__, wav.__file__, spectrogram.__file__)
    return cached("fsdd", {"file": fingerprint(path), "code": code}, lambda: _read(path))


def _read(path):
    found = {}
    for name, content in read_members(path, _NAME.fullmatch):
        digit, speaker_name, take = _NAME.fullmatch(name).groups()
        found[int(digit), speaker_name, int(take)] = _samples(path, name, content)
    keys = sorted(found)  # archives differ in order, and splits depend on it
    digits, speakers, _ = zip(*keys, strict=True) if keys else ((), (), ())
    if len(set(speakers)) < 2 or len(set(digits)) < 10:
        raise DataError(
            f"{path} holds {len(set(digits))} digits by {len(set(speakers))} speakers in files "
            "called digit_speaker_take.wav; fetch it again."
        )
    samples = np.stack([found[key] for key in keys])
    return {
        "samples": samples,
        "pictures": log_mel(to_waveform(samples)),
        "digits": np.array(digits, "int32"),
        "speakers": np.array(speakers),
    }


def _samples(path, name, content):
    """Return int16 (8000,), one second of the recording."""
    try:
        rate, samples = decode_wav(content)
    except ValueError as error:
        raise DataError(f"{path} holds a broken recording, {name}: {error}.") from error
    found = f"{samples.shape[1]} channel(s) of {samples.dtype} at {rate} Hz"
    expected = f"1 channel(s) of int16 at {RATE} Hz"
    if found != expected:
        raise DataError(f"{path} holds {name} with {found}; expected {expected}.")
    return fit_length(samples[:, 0], RATE)
