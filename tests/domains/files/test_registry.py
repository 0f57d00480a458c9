"""The registry says of every data set what it is, where it may be had and how it is checked."""

import re
import shutil

import pytest

from tlcourse.domains.files import registry
from tlcourse.domains.files.registry import DataFile, data_sets, find_data_set
from tlcourse.domains.files.shipped import data_folder
from tlcourse.errors import UnknownName

FILES = [
    pytest.param(file, id=f"{name}-{i}-{file.path}")
    for name, data_set in data_sets().items()
    for i, form in enumerate(data_set.forms)
    for file in form
]


def test_the_data_sets_of_the_course():
    assert set(data_sets()) == {
        *("mnist", "fashion-mnist", "usps", "cifar10", "omniglot"),
        *("fsdd", "rt-polarity", "cats-vs-dogs", "flowers"),
    }


@pytest.mark.parametrize("name", data_sets())
def test_a_data_set_says_what_it_is_and_can_be_fetched(name):
    data_set = find_data_set(name)
    assert data_set.name == name
    assert data_set.title
    assert data_set.licence
    assert re.search(r"[12]\d{3}$", data_set.citation)
    assert re.match(r"https?://[\w.-]+/", data_set.home)
    assert all(file.urls for file in data_set.forms[0])


@pytest.mark.parametrize("file", FILES)
def test_a_file_has_a_checksum_and_says_who_published_it(file):
    assert re.fullmatch(r"[a-z0-9-]+/[\w.-]+", file.path)
    assert all(re.match(r"https?://[\w.-]+/\S+$", url) for url in file.urls)
    if file.sha256:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.bytes > 0
        assert file.checksum == f"sha256:{file.sha256}"
    else:
        assert re.fullmatch("[0-9a-f]{32}", file.md5)
        assert file.checksum == f"md5:{file.md5}"
    assert file.checksum_from.startswith("the course") != bool(file.urls)


@pytest.mark.parametrize("name", data_sets())
def test_files_of_one_data_set_lie_in_its_own_folder(name):
    for form in find_data_set(name).forms:
        assert {file.path.split("/")[0] for file in form} == {name}
        assert len({file.path for file in form}) == len(form)


@pytest.mark.parametrize("name", data_sets())
def test_the_layout_of_a_mirror_is_told(name):
    readme = (data_folder() / "README.md").read_text(encoding="utf-8")
    for form in find_data_set(name).forms:
        assert f"`{form[0].path}`" in readme or "t10k" in form[0].path


def test_the_readme_counts_the_licences_that_are_not_stated():
    unstated = [each for each in data_sets().values() if each.licence == "not stated"]
    assert len(unstated) == 2


def test_what_is_given_is_a_copy():
    data_sets().clear()
    assert data_sets()


@pytest.mark.parametrize("name", ["MNIST", "minst", "", None, 3, ["mnist"]])
def test_an_unknown_name(name):
    with pytest.raises(UnknownName, match=r"Unknown data set .* Allowed: 'mnist'") as error:
        find_data_set(name)
    assert repr(name) in str(error.value)


def test_a_registry_is_read_as_it_is_written(tmp_path, monkeypatch):
    (tmp_path / "registry.toml").write_text(
        '[toy]\ntitle = "Töy"\nlicence = "CC0"\ncitation = "A, 2026"\nhome = "https://a.example/"\n'
        '[[toy.forms]]\n[[toy.forms.files]]\npath = "toy/a"\nurls = ["https://a.example/a"]\n'
        'md5 = "0"\nchecksum_from = "A"\n[[toy.forms.files]]\npath = "toy/b"\nsha256 = "1"\n'
        '[[toy.forms]]\n[[toy.forms.files]]\npath = "toy/c"\nsha256 = "2"\nbytes = 3\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(registry, "data_folder", lambda: tmp_path)
    toy = data_sets()["toy"]
    assert toy.title == "Töy"
    a = DataFile(path="toy/a", urls=("https://a.example/a",), md5="0", checksum_from="A")
    b = DataFile(path="toy/b", sha256="1")
    c = DataFile(path="toy/c", sha256="2", bytes=3)
    assert toy.forms == ((a, b), (c,))
    shutil.rmtree(tmp_path)
    assert find_data_set("toy") is toy  # read once
