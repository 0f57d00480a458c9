"""Log-mel spectrograms: sound as images."""

import math

import numpy as np

from tlcourse.arguments import check_count, verb
from tlcourse.domains.examples import check_examples
from tlcourse.domains.sound.wav import RATE
from tlcourse.errors import BadArgument

_WINDOW = 512  # samples per column, before weighting: 64 ms at 8 kHz
_LOWEST = 60  # Hz; below it microphones hum and nobody speaks
_RANGE = 60  # decibels from white to black
_SILENCE = 1e-10  # power that counts as silence, far below one step of 16 bits
_BATCH = 256


@verb
def log_mel(waveforms, *, rate=RATE, size=28):
    """Turn waveforms into pictures: time to the right, pitch upwards, loud is white.

    A pixel is the power in one of `size` mel bands (as wide as hearing resolves them: equal below
    700 Hz, ever wider above) in one of `size` time intervals, in decibels. White is the loudest
    pixel of the image, black is 60 dB below it or less, so the distance to the microphone and its
    gain do not matter. `keras.layers.MelSpectrogram` does the work.

    Args:
        waveforms: float array (n, samples) in [-1, 1], at least `size` ** 2 samples.
        rate: int, samples per second.
        size: int, height and width of the images.

    Returns:
        float32 array (n, size, size, 1) in [0, 1]; silence is black.

    Raises:
        ValueError: if `waveforms` has another rank, is empty, too short or not finite, or `rate`
            or `size` is no whole number >= 1.

    Reference:
        Stevens, Volkmann & Newman, "A Scale for the Measurement of the Psychological Magnitude
        Pitch", Journal of the Acoustical Society of America 1937.
    """
    check_count(rate, "rate")
    check_count(size, "size")
    rate, size = int(rate), int(size)  # TensorFlow divides no int64 of NumPy by an int32
    waveforms = np.asarray(waveforms)
    if waveforms.ndim != 2 or waveforms.shape[1] < max(size**2, _WINDOW):
        hint = ": `waveforms[None]` makes one of them a batch" if waveforms.ndim == 1 else ""
        raise BadArgument(
            f"`waveforms` must have shape (n, samples) with at least {max(size**2, _WINDOW)} "
            f"samples; got {waveforms.shape}{hint}."
        )
    check_examples(waveforms, "waveforms")
    decibels = _decibels(waveforms.astype("float32"), rate, size)
    black = 10 * math.log10(_SILENCE)
    white = np.maximum(decibels.max(axis=(1, 2), keepdims=True), black + _RANGE)
    pictures = ((decibels - white) / _RANGE + 1).clip(0, 1)
    # Bands count from low pitch and columns from the start; images start at the top left.
    return np.ascontiguousarray(pictures[:, ::-1, :, None])


def _decibels(waveforms, rate, size):
    import keras

    # The hop that gives `size` columns, the first at the start.
    step = waveforms.shape[1] // size + 1
    layer = keras.layers.MelSpectrogram(
        fft_length=_WINDOW,
        sequence_stride=step,
        sampling_rate=rate,
        num_mel_bins=size,
        min_freq=_LOWEST,
        min_power=_SILENCE,
        top_db=math.inf,  # otherwise it clips relative to the loudest sound of the whole batch
        dtype="float32",
    )
    parts = [
        keras.ops.convert_to_numpy(layer(waveforms[i : i + _BATCH]))
        for i in range(0, len(waveforms), _BATCH)
    ]
    return np.concatenate(parts)
