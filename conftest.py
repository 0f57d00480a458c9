"""What every test, doctest and notebook cell of a run shares."""

import os
import tempfile
from pathlib import Path

import pytest


def pytest_configure(config):
    """Nothing of this run reads or fills the cache and IPython folder of the person behind it."""
    own = tempfile.TemporaryDirectory(prefix="tlcourse-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(own.cleanup)
    os.environ["TLCOURSE_CACHE"] = str(Path(own.name, "cache"))
    os.environ["IPYTHONDIR"] = str(Path(own.name, "ipython"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """A notebook's kernel, started in here, draws inline as a learner's does.

    The tests themselves draw with Agg, which they name in the environment that kernels inherit.
    """
    with pytest.MonkeyPatch.context() as patch:
        if item.path.suffix == ".ipynb":
            patch.delenv("MPLBACKEND", raising=False)
        return (yield)
