"""Film reviews: both encodings give the same sentences; what is no text is named."""

import io
import re
import tarfile

import numpy as np
import pytest

from tlcourse.domains import DataError, available, fetch, load_domain

PRAISE = ["a fiancé’s joy – simple . . . and true", "“ lively ”\x85 and warm", "né sous l'étoile"]
BLAME = ["dull , dull , dull", "a mess .", "ce n'est pas drôle"]


def archive(neg, pos, names=("rt-polaritydata/rt-polarity.neg", "rt-polaritydata/rt-polarity.pos")):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, content in zip(names, (neg, pos), strict=True):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Lays an archive where the mirror has it."""
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    (tmp_path / "rt-polarity").mkdir()

    def lay(*args, **options):
        path = tmp_path / "rt-polarity" / "rt-polaritydata.tar.gz"
        path.write_bytes(archive(*args, **options))

    return lay


def all_texts(domain):
    return [*domain.x_train, *domain.x_test]


def test_the_real_file(shared_data, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    assert available("rt-polarity") == (True, "")
    domain, again = load_domain("rt-polarity"), load_domain("rt-polarity")
    assert repr(domain) == "Domain('rt-polarity': 7997 train + 2665 test, text, 2 classes)"
    assert domain.class_names == ("negative", "positive")
    np.testing.assert_array_equal(np.bincount(domain.labels_train), [3998, 3999])
    np.testing.assert_array_equal(domain.x_test, again.x_test)
    texts = all_texts(domain)
    labels = dict(zip(texts, [*domain.labels_train, *domain.labels_test], strict=True))
    assert labels["simplistic , silly and tedious ."] == 0
    assert sum("é" in text for text in texts) > 50
    assert not any(re.search("[\x80-\x9f\ufffdÃ]", text) for text in texts)


def test_the_real_sentences_do_not_cross_from_train_to_test(shared_data, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    domain = load_domain("rt-polarity")
    train, test = ([re.sub(r"\W", "", text) for text in x] for x in (domain.x_train, domain.x_test))
    assert len({*train, *test}) == 10_660
    assert not set(train) & set(test)


def test_the_original_archive_over_the_web(web, cache, publish, file_of):
    web.pages["/rt"] = archive(*("\n".join(each).encode("cp1252") for each in (BLAME, BLAME)))
    file = file_of("rt-polarity/rt-polaritydata.tar.gz", web.pages["/rt"], f"{web.url}/rt")
    publish("rt-polarity", (file,))
    assert not available("rt-polarity")[0]
    fetch("rt-polarity")
    assert set(all_texts(load_domain("rt-polarity"))) == set(BLAME)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_both_forms_give_the_same_sentences(put, encoding, end):
    praise = [text.replace("\x85", "…") for text in PRAISE]
    put(*((end.join(texts) + end).encode(encoding) for texts in (BLAME, praise)))
    domain = load_domain("rt-polarity")
    labels = [*domain.labels_train, *domain.labels_test]
    found = dict(zip(all_texts(domain), labels, strict=True))
    assert found == {**dict.fromkeys(BLAME, 0), **dict.fromkeys(praise, 1)}


def test_latin_1_beyond_windows_is_read_and_not_cut_within_a_line(put):
    # 0x81 is none of Windows-1252's; as Latin-1, 0x85 would end a line for str.splitlines.
    put("\n".join(BLAME).encode(), b"caf\xe9 \x81 noir\nlively \x85 and warm\nfine\n")
    texts = all_texts(load_domain("rt-polarity"))
    assert len(texts) == 6
    assert {"café \x81 noir", "lively \x85 and warm"} < set(texts)


def test_equal_sentences_stay_on_one_side(put):
    numbers = [f"number {i}" for i in range(30)]
    put("\n".join(BLAME).encode(), "\n".join([*numbers, *(f"{n} ." for n in numbers)]).encode())
    domain = load_domain("rt-polarity")
    train, test = ({text.removesuffix(" .") for text in x} for x in (domain.x_train, domain.x_test))
    assert not train & test
    assert len(all_texts(domain)) == 63


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a line\nanother\n".encode("utf-16"), "holds .*rt-polarity.pos in an encoding that is"),
        ("a line\nanother\n".encode("utf-16-be"), "neither UTF-8 nor Latin-1"),
        ("一\n二\n".encode("utf-16"), "neither UTF-8 nor Latin-1"),
        (b"\x7fELF\x02\0\0\0", "neither UTF-8 nor Latin-1"),
        (b"", r"holds no sentences in a file \*\.pos; fetch it again"),
        (b"only one\n", r"holds no sentences in a file \*\.pos"),
    ],
)
def test_what_is_no_text_is_named(put, content, message):
    put("\n".join(BLAME).encode(), content)
    with pytest.raises(DataError, match=message) as error:
        load_domain("rt-polarity")
    assert "rt-polaritydata.tar.gz" in str(error.value)
    assert "\n" not in str(error.value)


def test_an_archive_of_something_else(put):
    put(b"a\nb\n", b"c\nd\n", names=("readme.txt", "rt-polarity.pos"))
    with pytest.raises(DataError, match=r"holds no sentences in a file \*\.neg"):
        load_domain("rt-polarity")


def test_a_cut_archive(put, tmp_path):
    put(b"a\nb\n" * 5000, b"c\nd\n" * 5000)
    path = tmp_path / "rt-polarity" / "rt-polaritydata.tar.gz"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match="damaged"):
        load_domain("rt-polarity")


def test_where_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))
    with pytest.raises(DataError, match="tlcourse data fetch rt-polarity"):
        load_domain("rt-polarity")
