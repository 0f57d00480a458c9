"""Decode one WAV file, from disk or an archive."""

import io
import math
import os
import warnings
from pathlib import Path

import numpy as np

from tlcourse.arguments import check_count, check_number, verb
from tlcourse.errors import BadArgument

RATE = 8000  # samples a second; all sounds of the course have it
_RATES = range(4000, 192_001)


@verb
def read_wav(file, *, rate=RATE, seconds=None):
    """Read a recording of one's own: channels averaged, resampled, scaled to [-1, 1].

    Args:
        file: path of a WAV file of 8, 16, 24 or 32 bits, or of floats.
        rate: int, samples per second to resample to; the domains of the course have 8,000.
        seconds: float, length of the result: a longer recording is cropped to its middle, a
            shorter one centred in silence; None keeps its length.

    Returns:
        float32 array (samples,).

    Raises:
        ValueError: in one line, if the file is missing, empty, truncated or not a WAV file, or an
            argument is out of range.

    Example:
        >>> log_mel(read_wav("seven.wav", seconds=1)[None])  # doctest: +SKIP
    """
    if not isinstance(file, (str, os.PathLike)):
        raise BadArgument(f"`file` must be a WAV file's path; got {file!r}.")
    check_count(rate, "rate", at_least=_RATES[0], at_most=_RATES[-1])
    if seconds is not None:
        check_number(seconds, "seconds", above=0)
    try:
        found, samples = decode_wav(Path(file).expanduser().read_bytes())
    except OSError as error:
        raise BadArgument(f"`file` cannot be read: {file} ({error.strerror}).") from error
    except ValueError as error:
        raise BadArgument(f"`file` must be a whole WAV file; {file}: {error}.") from error
    waveform = to_waveform(samples).mean(axis=1)
    if found != rate:
        from scipy.signal import resample_poly

        common = math.gcd(found, rate)
        waveform = resample_poly(waveform, rate // common, found // common).clip(-1, 1)
    return waveform if seconds is None else fit_length(waveform, round(seconds * rate))


def decode_wav(content):
    """Decode the content of a WAV file, changing nothing.

    Args:
        content: bytes of the file.

    Returns:
        `(rate, samples)`: int, and array (n, channels) of the file's own type, n >= 1.

    Raises:
        ValueError: if it is not a complete WAV file; the message is short, without a full stop.
    """
    from scipy.io import wavfile

    try:
        # SciPy warns of harmless notes beside the sound, and of a file that ends early.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)
            warnings.filterwarnings("error", "Reached EOF", wavfile.WavFileWarning)
            rate, samples = wavfile.read(io.BytesIO(content))
    except Exception as error:  # a damaged file can make the reader raise nearly anything
        raise BadArgument(_reason(content, error)) from error
    if samples.size == 0:
        raise BadArgument("it holds a header but no sound")
    if rate not in _RATES:
        raise BadArgument(f"its header claims {rate} samples a second")
    if samples.dtype.kind == "f" and not np.isfinite(samples).all():
        raise BadArgument("it holds NaN or infinity")
    return rate, samples.reshape(len(samples), -1)


def to_waveform(samples):
    """Scale samples to float32 in [-1, 1].

    Args:
        samples: array of a WAV file's dtypes: uint8 (silence is 128), int16, int32, or floats,
            clipped to [-1, 1].
    """
    if samples.dtype.kind == "f":
        return samples.clip(-1, 1).astype("float32")
    silence = 128 if samples.dtype.kind == "u" else 0
    loudest = 2 ** (8 * samples.dtype.itemsize - 1)
    return (samples.astype("float32") - silence) / np.float32(loudest)


def fit_length(waveform, n):
    """Return n samples: the middle of a longer waveform, or a shorter one amid silence."""
    spare = n - len(waveform)
    if spare < 0:
        return waveform[-spare // 2 :][:n]
    return np.pad(waveform, (spare // 2, spare - spare // 2))


def _reason(content, error):
    if not content:
        return "it is empty"
    if not content.startswith((b"RIFF", b"RIFX", b"RF64")):
        return "it does not begin as a WAV file does"
    return f"it is damaged ({str(error).rstrip('.')})"
