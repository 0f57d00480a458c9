"""WAV files of every common kind become waveforms; what is none is told in one line."""

import struct
import wave

import numpy as np
import pytest
from scipy.io import wavfile

from tlcourse.domains import read_wav

TIMES = np.arange(8000) / 8000
TONE = 0.5 * np.sin(2 * np.pi * 500 * TIMES)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "söund 1.wav"


def write_24_bits(file, samples):
    """SciPy writes no 24 bits: three bytes of each int32, by Python's own module."""
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(3)
        out.setframerate(8000)
        out.writeframes(b"".join(struct.pack("<i", value << 8)[1:] for value in samples))


@pytest.mark.parametrize(
    ("dtype", "scale", "silence", "step"),
    [
        ("uint8", 128, 128, 2**-8),
        ("int16", 2**15, 0, 2**-16),
        ("int32", 2**31, 0, 1e-7),
        ("float32", 1, 0, 1e-7),
        ("float64", 1, 0, 1e-7),
    ],
)
def test_every_type_of_sample(file, dtype, scale, silence, step):
    samples = TONE * scale + silence
    wavfile.write(file, 8000, (samples if dtype[0] == "f" else samples.round()).astype(dtype))
    waveform = read_wav(file)
    assert waveform.dtype == np.float32
    np.testing.assert_allclose(waveform, TONE, atol=1.01 * step)


def test_24_bits(file):
    write_24_bits(file, (TONE * 2**23).round().astype(int).tolist())
    np.testing.assert_allclose(read_wav(str(file)), TONE, atol=2**-23)


def test_the_extremes_of_16_bits(file):
    wavfile.write(file, 8000, np.array([-(2**15), 0, 2**15 - 1], "int16"))
    assert read_wav(file).tolist() == [-1, 0, 1 - 2**-15]


def test_channels_are_averaged(file):
    wavfile.write(file, 8000, np.stack([TONE, np.full(8000, 0.25)], 1).astype("float32"))
    np.testing.assert_allclose(read_wav(file), (TONE + 0.25) / 2, atol=1e-6)


@pytest.mark.parametrize("found", [16000, 44100, 11025])
def test_another_rate_is_resampled(file, found):
    tone = 0.5 * np.sin(2 * np.pi * 500 * np.arange(found) / found)
    wavfile.write(file, found, tone.astype("float32"))
    waveform = read_wav(file)
    assert (waveform.shape, waveform.dtype) == ((8000,), np.float32)
    # The filter sees silence beyond the ends, so these are left out.
    np.testing.assert_allclose(waveform[100:-100], TONE[100:-100], atol=2e-3)


def test_what_8_khz_cannot_hold_is_gone_rather_than_folded(file):
    tone = np.sin(2 * np.pi * 6000 * np.arange(16000) / 16000)
    wavfile.write(file, 16000, tone.astype("float32"))
    assert np.abs(read_wav(file)[100:-100]).max() < 1e-2
    np.testing.assert_allclose(read_wav(file, rate=16000), tone, atol=1e-6)


@pytest.mark.parametrize(("found", "loud"), [(8000, 3.0), (16000, 1.0)])
def test_nothing_is_louder_than_one(file, found, loud):
    square = loud * np.sign(np.sin(2 * np.pi * 500 * np.arange(found) / found))
    wavfile.write(file, found, square.astype("float32"))
    assert np.abs(read_wav(file)).max() == 1


@pytest.mark.parametrize("samples", [4000, 4001, 4003, 8000])
def test_silence_fills_up_around_the_sound(file, samples):
    wavfile.write(file, 8000, np.repeat([0.1, 0.2, 0.3, 0.4], 1000).astype("float32"))
    waveform = read_wav(file, seconds=samples / 8000)
    assert len(waveform) == samples
    around = samples - 4000
    first, last = around // 2, around - around // 2
    assert not waveform[:first].any()
    assert not waveform[samples - last :].any()
    np.testing.assert_allclose(waveform[first::1000][:4], [0.1, 0.2, 0.3, 0.4])


@pytest.mark.parametrize(("seconds", "begin"), [(0.25, 1000), (0.125, 1500), (3999 / 8000, 0)])
def test_of_a_longer_sound_the_middle_is_taken(file, seconds, begin):
    rising = np.linspace(0, 1, 4000, dtype="float32")
    wavfile.write(file, 8000, rising)
    waveform = read_wav(file, seconds=seconds)
    np.testing.assert_array_equal(waveform, rising[begin : begin + round(seconds * 8000)])


def whole():
    """A WAV file in memory, 44 bytes of header and 400 of sound."""
    samples = (TONE[:200] * 2**15).astype("<i2").tobytes()
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_notes_beside_the_sound_are_passed_over(file):
    note = b"note" + struct.pack("<I", 4) + b"abcd"
    raw = whole() + note
    file.write_bytes(raw[:4] + struct.pack("<I", len(raw) - 8) + raw[8:])
    np.testing.assert_allclose(read_wav(file), TONE[:200], atol=2**-15)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param(lambda raw: b"", "it is empty", id="empty"),
        pytest.param(lambda raw: b"<html>not found", "does not begin as a WAV", id="web page"),
        pytest.param(lambda raw: b"ID3\x04" + raw[4:], "does not begin as a WAV", id="MP3"),
        pytest.param(lambda raw: raw[:8] + b"AVI " + raw[12:], "it is damaged", id="AVI"),
        pytest.param(lambda raw: raw[:20], "it is damaged", id="half a header"),
        pytest.param(lambda raw: raw[:300], "it is damaged", id="cut off"),
        pytest.param(lambda raw: raw[:-1], "it is damaged", id="one byte short"),
        pytest.param(
            lambda raw: b"RIFF" + struct.pack("<I", 36) + raw[8:40] + bytes(4),
            "it holds a header but no sound",
            id="no sound",
        ),
        pytest.param(lambda raw: raw[:20] + b"\x55" + raw[21:], "it is damaged", id="MP3 inside"),
        pytest.param(
            lambda raw: raw[:24] + struct.pack("<II", 1, 2) + raw[32:],
            "claims 1 samples",
            id="1 Hz",
        ),
        pytest.param(lambda raw: raw[:22] + bytes(2) + raw[24:], "it is damaged", id="no channel"),
    ],
)
def test_what_is_no_whole_wav_file(file, damage, reason):
    file.write_bytes(damage(whole()))
    with pytest.raises(ValueError, match=reason) as error:
        read_wav(file)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


def test_floats_that_are_none(file):
    wavfile.write(file, 8000, np.array([0, np.nan, 0], "float32"))
    with pytest.raises(ValueError, match="NaN or infinity"):
        read_wav(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match=r"`file` cannot be read: .*seven\.wav"):
        read_wav(tmp_path / "seven.wav")
    with pytest.raises(ValueError, match="`file` cannot be read"):
        read_wav(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"file": None}, "`file` must be a WAV file's path; got None"),
        ({"rate": 0}, "`rate` must be .* 4000 to 192000; got 0"),
        ({"rate": 8000.5}, r"got 8000\.5"),
        ({"seconds": 0}, "`seconds` must be a number > 0; got 0"),
        ({"seconds": -1}, "got -1"),
    ],
)
def test_arguments_out_of_range(file, arguments, message):
    file.write_bytes(whole())
    with pytest.raises(ValueError, match=message):
        read_wav(**{"file": file, **arguments})
