"""CIFAR-10 from its original pickled batches, which run nothing, and from the mirror's pictures."""

import io
import pickle
import struct

import numpy as np
import pytest
from PIL import Image

from tlcourse.domains import DataError, fetch, load_domain, load_pair
from tlcourse.domains.images.cifar_batches import read_batches

CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
BATCHES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")
UPSTREAM = "cifar10/cifar-10-python.tar.gz"
MIRROR = "cifar10/cifar10-train-jpeg.zip"


def as_python_2(value):
    """Pickles a value with the codes that Python 2 wrote at protocol 2: a str is bytes."""

    def code(value):
        if isinstance(value, bytes):
            return b"T" + struct.pack("<i", len(value)) + value
        if isinstance(value, int):
            return b"J" + struct.pack("<i", value)
        if isinstance(value, tuple):
            return b"(" + b"".join(map(code, value)) + b"t"
        if isinstance(value, list):
            return b"](" + b"".join(map(code, value)) + b"e"
        if isinstance(value, dict):
            return b"}(" + b"".join(code(part) for item in value.items() for part in item) + b"u"
        kind = b"cnumpy\ndtype\n" + code((value.dtype.str[1:].encode(), 0, 1)) + b"R"
        kind += b"(" + code(3) + code(value.dtype.str[:1].encode()) + b"NNN"
        kind += code(-1) + code(-1) + code(0) + b"tb"
        empty = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n" + code((0,))
        state = b"(" + code(1) + code(value.shape) + kind + b"\x89" + code(value.tobytes()) + b"t"
        return empty + code(b"b") + b"tR" + state + b"b"

    return b"\x80\x02" + code(value) + b"."


def batch(number, n=20, **changes):
    """A batch whose images tell in their first pixel who they are: batch, number and class."""
    labels = [i % 10 for i in range(n)]
    data = np.zeros((n, 3, 32, 32), "uint8")
    data[:, 0, 0, 0], data[:, 1, 0, 0], data[:, 2, 0, 0] = number, np.arange(n), labels
    data[:, :, 5, 7] = 200  # row 5, column 7
    whole = {
        b"batch_label": f"training batch {number + 1} of 5".encode(),
        b"labels": labels,
        b"data": data.reshape(n, 3072),
        b"filenames": [f"a_s_{i:06}.png".encode() for i in range(n)],
    }
    return as_python_2({**whole, **changes})


@pytest.fixture
def archive(packed):
    """Function of changed batches (dict, name to bytes or None) that packs the original form."""

    def pack(**changes):
        members = {name: batch(number) for number, name in enumerate(BATCHES)}
        members |= {"batches.meta": as_python_2({b"label_names": []}), "readme.html": b"<html>"}
        members |= changes
        members = {name: content for name, content in members.items() if content is not None}
        in_folder = {f"cifar-10-batches-py/{name}": content for name, content in members.items()}
        return packed("cifar-10-python.tar.gz", in_folder)

    return pack


def whole_numbers(x):
    return np.rint(x * 255).astype(int)


@pytest.mark.slow
def test_the_real_file(shared_data, monkeypatch, no_test_image_was_trained_on):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    pets, objects = load_domain("cats-dogs"), load_domain("objects8")
    assert repr(pets) == "Domain('cats-dogs': 8000 train + 2000 test, 32 × 32 × 3, 2 classes)"
    assert repr(objects) == "Domain('objects8': 32000 train + 8000 test, 32 × 32 × 3, 8 classes)"
    for domain in (pets, objects):
        assert set(np.bincount(domain.labels_train)) == {4000}
        assert set(np.bincount(domain.labels_test)) == {1000}
        assert (domain.x_train.min(), domain.x_train.max()) == (0, 1)
        no_test_image_was_trained_on(domain)
    seen = {image.tobytes() for image in objects.x_train}
    assert not any(image.tobytes() in seen for image in pets.x_test)
    # What the published mean colour is, but for the loss of JPEG.
    shares = ((0.8, objects.x_train), (0.2, pets.x_train))
    mean = sum(share * x.mean((0, 1, 2), dtype="float64") for share, x in shares)
    np.testing.assert_allclose(mean, [0.4914, 0.4822, 0.4465], atol=0.003)
    assert not load_pair("objects8->cats-dogs").same_classes


def test_the_original_form_over_the_web(web, cache, publish, file_of, archive):
    web.pages["/cifar"] = archive()
    publish("cifar10", (file_of(UPSTREAM, web.pages["/cifar"], f"{web.url}/cifar"),))
    fetch("cifar10")
    domain = load_domain("cifar10")
    assert repr(domain) == "Domain('cifar10': 100 train + 20 test, 32 × 32 × 3, 10 classes)"
    assert domain.class_names == CLASSES
    corner = whole_numbers(domain.x_train[:, 0, 0])
    np.testing.assert_array_equal(corner[:, 0], np.repeat(np.arange(5), 20))
    np.testing.assert_array_equal(corner[:, 1], np.tile(np.arange(20), 5))
    np.testing.assert_array_equal(corner[:, 2], domain.labels_train)
    assert (whole_numbers(domain.x_test[:, 0, 0, 0]) == 5).all()
    assert (whole_numbers(domain.x_train[:, 5, 7]) == 200).all()
    assert (domain.x_train[:, 7, 5] == 0).all()


def test_the_two_halves(put, archive):
    put(UPSTREAM, archive())
    pets, objects = load_domain("cats-dogs"), load_domain("objects8")
    assert pets.class_names == ("cat", "dog")
    assert objects.class_names == tuple(name for name in CLASSES if name not in ("cat", "dog"))
    for domain in (pets, objects):
        for part in ("train", "test"):
            was = whole_numbers(getattr(domain, f"x_{part}")[:, 0, 0, 2])
            now = getattr(domain, f"labels_{part}")
            assert [CLASSES[i] for i in was] == [domain.class_names[i] for i in now]
    assert (len(pets.x_train), len(pets.x_test)) == (20, 4)
    assert (len(objects.x_train), len(objects.x_test)) == (80, 16)


def test_it_is_read_once(put, archive, monkeypatch):
    put(UPSTREAM, archive())
    first = load_domain("cifar10")
    monkeypatch.setattr("tlcourse.domains.images.cifar.read_batches", None)
    np.testing.assert_array_equal(load_domain("cifar10").x_test, first.x_test)


class Evil:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_run_something_is_refused(put, archive, tmp_path, protocol):
    marker = tmp_path / "marker"
    evil = pickle.dumps(Evil(marker), protocol)
    pickle.loads(evil).close()
    assert marker.exists()  # it would work
    marker.unlink()
    path = put(UPSTREAM, archive(data_batch_3=evil))
    with pytest.raises(DataError, match=r"refused, since it asks for .*\.open\)") as error:
        load_domain("cifar10")
    assert str(path) in str(error.value)
    assert "data_batch_3" in str(error.value)
    assert not marker.exists()


@pytest.mark.parametrize(
    "name",
    [
        *(b"os\nsystem", b"builtins\neval", b"__builtin__\neval", b"numpy\nload"),
        *(b"numpy.f2py.diagnose\nrun", b"numpy.core.multiarray\nfromfile", b"numpyx\nndarray"),
        *(
            b"numpy\nndarray.tofile",
            b"tlcourse.domains.images.cifar_batches\n_Bytes",
            b"copyreg\n_rec",
        ),
    ],
)
def test_nothing_else_can_be_named(put, archive, name):
    put(UPSTREAM, archive(test_batch=b"\x80\x04c" + name + b"\n)R."))
    with pytest.raises(DataError, match="refused, since it asks for"):
        load_domain("cifar10")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>", id="web page"),
        pytest.param(batch(0)[:-1000], id="truncated"),
        pytest.param(as_python_2([1, 2]), id="a list"),
        pytest.param(as_python_2({b"data": np.zeros((20, 3072), "uint8")}), id="no labels"),
        pytest.param(batch(0, **{}).replace(b"labels", b"lebals"), id="other keys"),
        pytest.param(as_python_2({b"data": [1], b"labels": [1]}), id="a list for data"),
        pytest.param(
            as_python_2({b"data": np.zeros((20, 100), "uint8"), b"labels": [1] * 20}), id="small"
        ),
        pytest.param(
            as_python_2({b"data": np.zeros((20, 3072), "float32"), b"labels": [1] * 20}),
            id="floats",
        ),
        pytest.param(
            as_python_2({b"data": np.zeros((20, 3072), "uint8"), b"labels": [1] * 19}), id="few"
        ),
        pytest.param(
            as_python_2({b"data": np.zeros((20, 3072), "uint8"), b"labels": [b"cat"] * 20}),
            id="words for labels",
        ),
        pytest.param(
            as_python_2({b"data": np.zeros((20, 3072), "uint8"), b"labels": [10] * 20}),
            id="an eleventh class",
        ),
    ],
)
def test_a_damaged_batch_is_named(put, archive, content):
    put(UPSTREAM, archive(test_batch=content))
    with pytest.raises(DataError, match=r"python\.tar\.gz is damaged \(.+\); fetch it") as error:
        load_domain("cifar10")
    assert "\n" not in str(error.value)


def test_a_stored_array_of_columns(tmp_path, archive):
    fortran = batch(0).replace(b"\x89T", b"\x88T")
    (tmp_path / "a.tar.gz").write_bytes(archive(data_batch_1=fortran))
    columns = np.frombuffer(fortran.split(b"\x88T")[1][4 : 4 + 20 * 3072], "uint8")
    x, _, _ = read_batches(tmp_path / "a.tar.gz")
    expected = columns.reshape(20, 3072, order="F").reshape(20, 3, 32, 32).transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(x[:20], expected)


def jpeg(colour, mode="RGB", form="JPEG", size=(32, 32)):
    body = io.BytesIO()
    Image.new(mode, size, colour).save(body, form)
    return body.getvalue()


def with_palette(colour):
    body = io.BytesIO()
    picture = Image.new("RGB", (32, 32), colour).convert("P", palette=Image.Palette.ADAPTIVE)
    picture.save(body, "GIF")
    return body.getvalue()


def pictures(n=5, **changes):
    members = {
        f"train/{name}/{i:04}.jpg": jpeg((25 * label, 100, 200))
        for label, name in enumerate(CLASSES)
        for i in range(n)
    }
    return {**members, **changes}


def test_the_mirrors_form(put, packed):
    put(MIRROR, packed(MIRROR, {**pictures(), "train/README.txt": b"none"}))
    domain = load_domain("cifar10")
    assert repr(domain) == "Domain('cifar10': 40 train + 10 test, 32 × 32 × 3, 10 classes)"
    red = whole_numbers(domain.x_train[:, 16, 16, 0])
    np.testing.assert_allclose(red, 25 * domain.labels_train, atol=3)
    np.testing.assert_allclose(whole_numbers(domain.x_train[..., 2]), 200, atol=3)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        pytest.param(jpeg(90, "L"), (90, 90, 90), id="grey"),
        pytest.param(jpeg((0, 255, 255, 0), "CMYK"), (255, 0, 0), id="CMYK"),
        pytest.param(with_palette((250, 90, 10)), (250, 90, 10), id="palette"),
        pytest.param(jpeg(90 * 256, "I;16", "PNG"), (90, 90, 90), id="16 bits"),
        pytest.param(jpeg((0, 0, 0, 0), "RGBA", "PNG"), (255, 255, 255), id="transparent"),
        pytest.param(jpeg(1, "1", "PNG"), (255, 255, 255), id="one bit"),
        pytest.param(jpeg((10, 90, 170), size=(64, 48)), (10, 90, 170), id="large"),
    ],
)
def test_a_picture_of_another_mode(put, packed, picture, expected):
    members = {name: picture if "/dog/" in name else body for name, body in pictures().items()}
    put(MIRROR, packed(MIRROR, members))
    pets = load_domain("cats-dogs")
    dogs = pets.x_train[pets.labels_train == 1]
    assert dogs.shape == (4, 32, 32, 3)
    np.testing.assert_allclose(whole_numbers(dogs), np.broadcast_to(expected, dogs.shape), atol=3)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"train/dog/0001.jpg": b""}, "holds a broken image, train/dog/0001.jpg"),
        ({"train/dog/0001.jpg": jpeg(90, "F", "TIFF")}, "0001.jpg .*not of 8 or 16 bits"),
        ({"train/dog/0001.jpg": jpeg((1, 2, 3))[:-300]}, "holds a broken image, train/dog/0001"),
        ({"train/zebra/0001.jpg": jpeg((1, 2, 3))}, "a class that is not in CIFAR-10: 'zebra'"),
    ],
)
def test_a_picture_that_should_not_be_there(put, packed, changes, reason):
    put(MIRROR, packed(MIRROR, pictures() | changes))
    with pytest.raises(DataError, match=rf"jpeg\.zip {reason}|jpeg\.zip .*{reason}") as error:
        load_domain("cats-dogs")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kept", [(), CLASSES[:9]])
def test_classes_that_are_missing(put, packed, kept):
    members = {name: body for name, body in pictures().items() if name.split("/")[1] in kept}
    put(MIRROR, packed(MIRROR, members))
    with pytest.raises(DataError, match=r"jpeg\.zip is damaged \(it "):
        load_domain("cats-dogs")
