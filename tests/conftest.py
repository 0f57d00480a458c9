"""What every test may ask for."""

import os

import numpy as np
import pytest

# Not in a fixture: test modules import Keras and matplotlib while pytest collects them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["MPLBACKEND"] = "Agg"


@pytest.fixture(autouse=True, scope="session")
def _cache_of_this_session(tmp_path_factory):
    """Tests never read, nor fill, the cache of the person who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TLCOURSE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def rng():
    return np.random.default_rng(20100101)


@pytest.fixture
def shared_data(pytestconfig):
    """The folder of real data beside the checkout, laid out as `TLCOURSE_DATA` expects."""
    folder = pytestconfig.rootpath.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real data: there is none at {folder}")
    return folder
