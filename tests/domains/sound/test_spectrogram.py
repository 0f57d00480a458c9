"""Pictures of sound show the right pitch at the right time, as loud as it is."""

import numpy as np
import pytest

from tlcourse.domains import log_mel

TIMES = np.arange(8000) / 8000


def mel(hertz):
    return 2595 * np.log10(1 + hertz / 700)


def centres(size):
    """Middle frequencies of the mel bands in Hz, the lowest first."""
    edges = np.linspace(mel(60), mel(4000), size + 2)
    return 700 * (10 ** (edges[1:-1] / 2595) - 1)


def tone(hertz, amplitude=0.5):
    return amplitude * np.sin(2 * np.pi * hertz * TIMES)


@pytest.mark.parametrize("size", [28, 32])
@pytest.mark.parametrize("band", [3, 10, 17, 24])
def test_a_tone_is_a_line_at_its_pitch(size, band):
    (picture,) = log_mel(tone(centres(size)[band])[None], size=size)
    assert picture.shape == (size, size, 1)
    assert (picture[:, 1:-1, 0].argmax(axis=0) == size - 1 - band).all()
    assert picture.max() == 1


def test_high_pitch_is_above_low_pitch_and_time_runs_to_the_right():
    rising = np.where(TIMES < 0.5, tone(300), tone(2000))
    (picture,) = log_mel(rising[None])
    rows = picture[..., 0].argmax(axis=0)
    assert set(rows[:13]) == {27 - np.abs(centres(28) - 300).argmin()}
    assert set(rows[15:]) == {27 - np.abs(centres(28) - 2000).argmin()}
    assert rows[0] > rows[-1]


def test_the_power_of_noise_by_hand(rng):
    """Frames, Hann window, FFT, mel triangles and decibels, written out in NumPy."""
    noise = 0.1 * rng.normal(size=8000)
    step = 8000 // 28 + 1
    padded = np.pad(noise, 256, mode="reflect")
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)
    frames = np.stack([padded[i * step : i * step + 512] * window for i in range(28)])
    power = np.abs(np.fft.rfft(frames)) ** 2
    power[:, 0] = 0
    edges = np.linspace(mel(60), mel(4000), 30)
    pitch = mel(np.fft.rfftfreq(512, 1 / 8000))[:, None]
    rise = (pitch - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - pitch) / (edges[2:] - edges[1:-1])
    decibels = 10 * np.log10(power @ np.maximum(0, np.minimum(rise, fall)))
    expected = np.maximum(0, (decibels - decibels.max()) / 60 + 1).T[::-1]
    (picture,) = log_mel(noise[None])
    np.testing.assert_allclose(picture[..., 0], expected, atol=1e-3)


def test_forty_decibels_less_are_two_thirds_of_the_way_to_black():
    quieter = np.where(TIMES < 0.5, tone(1000), 0.01 * tone(1000))
    peaks = log_mel(quieter[None])[0].max(axis=(0, 2))
    np.testing.assert_allclose(peaks[1:12], 1, atol=0.01)
    np.testing.assert_allclose(peaks[16:-1], 1 - 40 / 60, atol=0.01)


def test_the_gain_does_not_show():
    loud, quiet = log_mel(np.stack([tone(1000, 0.9), tone(1000, 0.009)]))
    np.testing.assert_allclose(loud, quiet, atol=1e-3)


def test_each_picture_is_made_as_if_alone(rng):
    waves = np.stack([tone(700), 1e-3 * rng.normal(size=8000), np.zeros(8000)])
    alone = np.concatenate([log_mel(wave[None]) for wave in waves])
    np.testing.assert_allclose(log_mel(waves), alone, atol=1e-5)
    many = log_mel(np.repeat(waves, 100, axis=0))  # more than are computed at once
    np.testing.assert_allclose(many, np.repeat(alone, 100, axis=0), atol=1e-5)


def test_silence_is_black():
    pictures = log_mel(np.zeros((2, 8000)))
    assert pictures.dtype == np.float32
    assert not pictures.any()


def test_a_sound_that_ends_leaves_black_behind(rng):
    wave = np.where(TIMES < 0.4, 0.1 * rng.normal(size=8000), 0)
    (picture,) = log_mel(wave[None])
    assert picture[:, :11].min() > 0.2
    assert not picture[:, 14:].any()


@pytest.mark.parametrize("samples", [784, 785, 4001, 8000, 8027, 8028, 8029, 16000])
def test_any_length_gives_square_pictures(samples, rng):
    pictures = log_mel(rng.normal(size=(1, samples)))
    assert pictures.shape == (1, 28, 28, 1)
    assert pictures.min() >= 0
    assert pictures.max() == 1


@pytest.mark.parametrize(
    ("waveforms", "message"),
    [
        (np.zeros(8000), r"shape \(n, samples\).*\(8000,\): `waveforms\[None\]` makes"),
        (np.zeros((2, 8000, 1)), r"got \(2, 8000, 1\)\."),
        (np.zeros((1, 783)), r"at least 784 samples; got \(1, 783\)"),
        (np.zeros((0, 8000)), "at least one example"),
        (np.full((1, 8000), np.nan), "must be finite"),
        (np.zeros((1, 8000), "int16"), "must be float32; got int16"),
    ],
)
def test_what_is_no_batch_of_waveforms(waveforms, message):
    with pytest.raises(ValueError, match=message):
        log_mel(waveforms)
