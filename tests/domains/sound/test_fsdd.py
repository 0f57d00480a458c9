"""Spoken digits in both forms of the archive; a voice kept for testing is never trained on."""

import io
import tarfile
import zipfile

import numpy as np
import pytest
from scipy.io import wavfile

from tlcourse.domains import load_domain, load_pair, log_mel
from tlcourse.domains.files.download import DataError

SPEAKERS = ("george", "jackson", "theo", "yweweler")
LENGTH = 2003  # samples of a recording below
FIRST = (8000 - LENGTH) // 2  # where it begins in its second
MIRROR, UPSTREAM = "recordings.zip", "free-spoken-digit-dataset-1.0.9.tar.gz"


def wav(samples, rate=8000):
    out = io.BytesIO()
    wavfile.write(out, rate, np.asarray(samples))
    return out.getvalue()


def recordings(takes=(0, 1, 10, 2), speakers=("theo", "george", "yweweler")):
    """Files in no order, the first samples of which tell digit, speaker and take."""
    return {
        f"{digit}_{speaker}_{take}.wav": wav(
            np.r_[1000 + digit, len(speaker), take, np.full(LENGTH - 3, 300)].astype("int16")
        )
        for take in takes
        for digit in reversed(range(10))
        for speaker in speakers
    }


def write_zip(folder, files):
    with zipfile.ZipFile(folder / "fsdd" / MIRROR, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"recordings/{name}", content)


def write_tar(folder, files):
    """As GitHub packs a release: one folder, the recordings beside other files."""
    top = "free-spoken-digit-dataset-1.0.9"
    others = {"README.md": b"# FSDD", "acquire_data/noise.wav": b"", "metadata.py": b""}
    with tarfile.open(folder / "fsdd" / UPSTREAM, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(directory(top))
        for name, content in (
            *others.items(),
            *((f"recordings/{name}", content) for name, content in reversed(files.items())),
        ):
            member = tarfile.TarInfo(f"{top}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def directory(name):
    member = tarfile.TarInfo(name)
    member.type = tarfile.DIRTYPE
    return member


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "fsdd").mkdir()
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def told(domain, part):
    """What the first samples of the recordings say: rows of digit, length of speaker, take."""
    first = np.rint(getattr(domain, f"x_{part}")[:, FIRST : FIRST + 3] * 2**15).astype(int)
    return (first - [1000, 0, 0]).tolist()


def rows(*lengths):
    return [[digit, n, take] for digit in range(10) for n in lengths for take in (0, 1, 2, 10)]


@pytest.mark.parametrize("write", [write_zip, write_tar])
def test_both_forms_give_the_same_domain(folder, write):
    write(folder, recordings())
    domain = load_domain("spoken-digits-waves")
    assert domain.input_shape == (8000,)
    trained = rows(len("george"), len("theo"))
    assert told(domain, "train") == trained
    assert told(domain, "test") == rows(len("yweweler"))
    assert domain.labels_train.tolist() == [digit for digit, *_ in trained]
    assert domain.labels_test.tolist() == [digit for digit in range(10) for _ in range(4)]
    assert not domain.x_train[:, :FIRST].any()
    assert not domain.x_train[:, FIRST + LENGTH :].any()
    pictures = load_domain("spoken-digits")
    np.testing.assert_array_equal(pictures.labels_test, domain.labels_test)
    np.testing.assert_allclose(pictures.x_test, log_mel(domain.x_test), atol=1e-5)


def test_the_upstream_form_is_preferred(folder):
    write_zip(folder, recordings(speakers=("a", "b")))
    write_tar(folder, recordings(speakers=("a", "c")))
    domain = load_domain("spoken-digits")
    assert "speaker c" in domain.source
    assert set(domain.groups_train) == {"a"}
    assert set(domain.groups_test) == {"c"}
    mixed = domain.resplit(by_group=True, test_groups="a")
    assert set(mixed.groups_train) == {"c"}


def test_of_a_long_recording_the_middle_is_taken(folder):
    files = recordings()
    files["3_theo_7.wav"] = wav(np.arange(18000).astype("int16"))
    write_zip(folder, files)
    domain = load_domain("spoken-digits-waves")
    (longest,) = (x for x in domain.x_train if x[-1] != 0)
    np.testing.assert_allclose(longest, np.arange(5000, 13000) / 2**15)


def test_what_was_read_is_kept(folder, monkeypatch):
    write_zip(folder, recordings())
    first = load_domain("spoken-digits")
    monkeypatch.setattr("tlcourse.domains.sound.fsdd._read", None)
    np.testing.assert_array_equal(load_domain("spoken-digits").x_train, first.x_train)
    write_zip(folder, recordings(takes=(0, 1)))
    with pytest.raises(TypeError):  # another archive is read anew
        load_domain("spoken-digits")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "a broken recording, .*: it is empty", id="empty"),
        pytest.param(wav(np.zeros(0, "int16")), "it holds a header but no sound", id="no sound"),
        pytest.param(wav(np.ones(999, "int16"))[:-9], "it is damaged", id="cut off"),
        pytest.param(b"<html>", "does not begin as a WAV file does", id="web page"),
        pytest.param(
            wav(np.zeros((999, 2), "int16")),
            r"with 2 channel\(s\) of int16 at 8000 Hz; expected 1 channel\(s\) of int16 at 8000 Hz",
            id="stereo",
        ),
        pytest.param(
            wav(np.zeros(999, "int16"), 16000), r"1 channel\(s\) of int16 at 16000 Hz", id="16 kHz"
        ),
        pytest.param(wav(np.zeros(999, "uint8")), "of uint8 at 8000 Hz", id="8 bits"),
        pytest.param(wav(np.zeros(999, "float32")), "of float32 at 8000 Hz", id="floats"),
    ],
)
@pytest.mark.parametrize("write", [write_zip, write_tar])
def test_a_bad_recording_is_named(folder, write, content, message):
    write(folder, {**recordings(takes=(0,)), "7_theo_31.wav": content})
    with pytest.raises(DataError, match=message) as error:
        load_domain("spoken-digits")
    assert "recordings/7_theo_31.wav" in str(error.value)
    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"seven.wav": b"", "7_theo.wav": b"", "77_theo_0.wav": b""},
        recordings(speakers=("theo",)),
        {name: raw for name, raw in recordings().items() if name[0] != "9"},
    ],
    ids=["nothing", "other names", "one speaker", "nine digits"],
)
def test_an_archive_of_something_else(folder, files):
    write_zip(folder, files)
    with pytest.raises(DataError, match=r"holds \d+ digits by \d+ speakers in files called"):
        load_domain("spoken-digits")


def test_a_speaker_who_is_not_there(folder):
    write_zip(folder, recordings())
    with pytest.raises(DataError, match=r"no speaker 'jackson'; they hold george, theo, yweweler"):
        load_domain("speaker-jackson")


def test_the_real_recordings(shared_data, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    waves, pictures = load_domain("spoken-digits-waves"), load_domain("spoken-digits")
    assert repr(waves) == ("Domain('spoken-digits-waves': 1500 train + 500 test, 8000, 10 classes)")
    assert repr(pictures).startswith("Domain('spoken-digits': 1500 train + 500 test, 28 × 28 × 1")
    assert waves.source.endswith("test: speaker yweweler")
    for domain in (waves, pictures):
        assert np.bincount(domain.labels_train).tolist() == [150] * 10
        assert np.bincount(domain.labels_test).tolist() == [50] * 10
        assert domain.licence == "CC BY-SA 4.0"
    assert -1 <= waves.x_train.min() < -0.9
    assert 0.9 < waves.x_train.max() <= 1
    assert (pictures.x_train.max(axis=(1, 2, 3)) == 1).all()
    np.testing.assert_allclose(pictures.x_test[::50], log_mel(waves.x_test[::50]), atol=1e-4)


def test_no_recording_of_the_held_out_speaker_is_trained_on(shared_data, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    voices = {name: load_domain(f"speaker-{name}") for name in SPEAKERS}
    pictures = {
        name: {x.tobytes() for x in (*voice.x_train, *voice.x_test)}
        for name, voice in voices.items()
    }
    for voice in voices.values():
        assert np.bincount(voice.labels_train).tolist() == [38] * 10
        assert np.bincount(voice.labels_test).tolist() == [12] * 10
    domain = load_domain("spoken-digits")
    trained = {x.tobytes() for x in domain.x_train}
    assert trained == pictures["george"] | pictures["jackson"] | pictures["theo"]
    assert {x.tobytes() for x in domain.x_test} == pictures["yweweler"]
    assert not trained & pictures["yweweler"]


def test_the_pairs(shared_data, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    read_then_hear = load_pair("digits->spoken-digits")
    assert read_then_hear.name == "glyphs->spoken-digits"
    assert read_then_hear.source.input_shape == (28, 28, 1)
    assert read_then_hear.same_classes
    voices = load_pair(" speaker -> speaker ")
    assert voices.name == "speaker-george->speaker-yweweler"
    assert voices.same_classes


def test_pictures_and_waveforms_are_no_pair(folder):
    write_zip(folder, recordings())
    with pytest.raises(ValueError, match=r"one kind; those of 'glyphs' have shape \(28, 28, 1\)"):
        load_pair("glyphs->spoken-digits-waves")
