"""Vowels made by a program: men's, women's and children's voices, as log-mel pictures."""

import numpy as np

from tlcourse.arguments import check_choice, check_count, check_seed, check_several
from tlcourse.domains.domain import Domain
from tlcourse.domains.files import cached, fingerprint
from tlcourse.domains.sound import spectrogram, wav
from tlcourse.domains.sound.spectrogram import log_mel
from tlcourse.domains.sound.wav import RATE, fit_length
from tlcourse.errors import BadArgument

# Means over speakers: fundamental, first three formants, in Hz (Peterson & Barney 1952, table II).
WORDS = ("heed", "hid", "head", "had", "hod", "hawed", "hood", "whod", "hud", "heard")
MEANS = {
    "man": (
        (136, 135, 130, 127, 124, 129, 137, 141, 130, 133),
        (270, 390, 530, 660, 730, 570, 440, 300, 640, 490),
        (2290, 1990, 1840, 1720, 1090, 840, 1020, 870, 1190, 1350),
        (3010, 2550, 2480, 2410, 2440, 2410, 2240, 2240, 2390, 1690),
    ),
    "woman": (
        (235, 232, 223, 210, 212, 216, 232, 231, 221, 218),
        (310, 430, 610, 860, 850, 590, 470, 370, 760, 500),
        (2790, 2480, 2330, 2050, 1220, 920, 1160, 950, 1400, 1640),
        (3310, 3070, 2990, 2850, 2810, 2710, 2680, 2670, 2780, 1960),
    ),
    "child": (
        (272, 269, 260, 251, 256, 263, 276, 274, 261, 261),
        (370, 530, 690, 1010, 1030, 680, 560, 430, 850, 560),
        (3200, 2730, 2610, 2320, 1370, 1060, 1410, 1170, 1590, 1820),
        (3730, 3600, 3570, 3320, 3170, 3180, 3310, 3260, 3360, 2160),
    ),
}
_BANDWIDTHS = (60, 90, 150)  # Hz, of the formants
_SPEAKER, _TOKEN = 0.05, 0.03  # spread of a speaker's and of one vowel's frequencies, as a share
_SECONDS = 0.5
_TILT = 0.95  # of the voice's source, which falls towards high frequencies


def vowels(speakers=36, takes=3, seed=0, voices=tuple(MEANS)):
    """Return ten vowels by synthetic speakers: 28×28 log-mel pictures, always there.

    An impulse train through three resonances, the source-filter model of speech. A third of the
    speakers are men, a third women, a third children: their vocal tracts are of different lengths,
    so that one vowel has its resonances at different places. Every third speaker of each kind is
    held out for testing.

    Args:
        speakers: int, at least 9, a multiple of 3.
        takes: int, recordings of each vowel by each speaker.
        seed: int; the same seed gives the same voices.
        voices: list of the kinds to keep, of "man", "woman" and "child": `voices=("man",)` and
            `voices=("child",)` are two domains.

    Returns:
        `Domain` with ten classes, named after the words in which the vowels stand; its groups are
        the speakers, called "man-00", "woman-00", "child-00" and so on.

    Raises:
        UnknownName: (a ValueError) if there is no such kind of voice.
        BadArgument: (a ValueError) if a number is out of range, or `voices` is empty.

    Reference:
        Peterson & Barney, "Control Methods Used in a Study of the Vowels", Journal of the
        Acoustical Society of America 1952, whose mean frequencies these are; Klatt, "Software for a
        Cascade/Parallel Formant Synthesizer", the same journal 1980, for the resonators.
    """
    check_count(speakers, "speakers", at_least=9)
    if speakers % 3:
        raise BadArgument(f"`speakers` must be a multiple of 3, as many of each; got {speakers}.")
    check_count(takes, "takes")
    voices = (voices,) if isinstance(voices, str) else voices
    for voice in check_several(voices, "voices", of="kinds of voice"):
        check_choice(voice, "voices", tuple(MEANS))
    recipe = {
        "speakers": int(speakers),
        "takes": int(takes),
        "seed": check_seed(seed),
        "code": fingerprint(__file__, wav.__file__, spectrogram.__file__),
        "numpy": np.__version__,
    }
    made = cached("vowels", recipe, lambda: _spoken(recipe["speakers"], recipe["takes"], seed))
    kinds, numbers = zip(*(name.split("-") for name in made["speakers"]), strict=True)
    # All are made and some kept, so that a voice does not depend on who else is asked for.
    kept = np.isin(kinds, list(voices))
    made = {key: rows[kept] for key, rows in made.items()}
    held_out = np.array(numbers, int)[kept] % 3 == 2
    return Domain(
        name="vowels",
        x_train=made["pictures"][~held_out],
        labels_train=made["labels"][~held_out],
        x_test=made["pictures"][held_out],
        labels_test=made["labels"][held_out],
        class_names=WORDS,
        licence="MIT, as the course",
        source="synthetic, after the means of Peterson & Barney (1952)",
        groups_train=made["speakers"][~held_out],
        groups_test=made["speakers"][held_out],
    )


def speak(pitch, formants, rng):
    """Make one vowel.

    Args:
        pitch: float, Hz.
        formants: floats, Hz.
        rng: numpy generator, of a little noise.

    Returns:
        float32 array (samples,) in [-1, 1], at 8,000 samples a second.
    """
    from scipy.signal import lfilter

    n = int(_SECONDS * RATE)
    # The pitch falls a little, as in speech: pulses where the phase passes a whole number.
    phase = np.cumsum(pitch * np.linspace(1.05, 0.95, n) / RATE)
    wave = np.diff(np.floor(phase), prepend=0.0) + 0.01 * rng.normal(size=n)
    wave = lfilter([1.0], [1.0, -_TILT], wave)
    for frequency, bandwidth in zip(formants, _BANDWIDTHS, strict=True):
        radius = np.exp(-np.pi * bandwidth / RATE)
        turn = 2 * np.pi * min(frequency, 0.48 * RATE) / RATE
        back = [1.0, -2 * radius * np.cos(turn), radius**2]
        wave = lfilter([sum(back)], back, wave)
    wave *= np.hanning(n) ** 0.25
    return (wave / np.abs(wave).max()).astype("float32")


def _spoken(n_speakers, takes, seed):
    rng = np.random.default_rng(seed)
    waves, labels, speakers = [], [], []
    for kind, means in MEANS.items():
        means = np.array(means, "float64")
        for number in range(n_speakers // 3):
            own = np.exp(_SPEAKER * rng.normal(size=2))  # of the pitch, and of the vocal tract
            for label in range(len(WORDS)):
                for _ in range(takes):
                    pitch, *formants = means[:, label] * np.exp(_TOKEN * rng.normal(size=4))
                    wave = speak(own[0] * pitch, own[1] * np.array(formants), rng)
                    waves.append(fit_length(wave, RATE))
                    labels.append(label)
                    speakers.append(f"{kind}-{number:02d}")
    return {
        "pictures": log_mel(np.stack(waves)),
        "labels": np.array(labels, "int32"),
        "speakers": np.array(speakers),
    }
