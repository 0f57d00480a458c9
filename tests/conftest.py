"""What a run of the tests, doctests and notebooks shares, and what every test may ask for."""

import os
import signal
import tempfile
from pathlib import Path

import matplotlib
import numpy as np
import pytest

# Not in a fixture: test modules import Keras while pytest collects them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Not by MPLBACKEND: the notebooks' kernels would inherit it, and shall draw inline.
matplotlib.use("Agg")


def pytest_configure(config):
    """Nothing of this run reads or fills the cache and IPython folder of the person behind it."""
    own = tempfile.TemporaryDirectory(prefix="tlcourse-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(own.cleanup)
    os.environ["TLCOURSE_CACHE"] = str(Path(own.name, "cache"))
    os.environ["IPYTHONDIR"] = str(Path(own.name, "ipython"))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell's job in the background ignores Ctrl-C, and so would all that the tests start.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Files that take long go first, so that no worker is left alone with them at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path.suffix != ".ipynb" and item.path not in long)


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
