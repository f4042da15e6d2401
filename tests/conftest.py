"""Options of the test run, and how Hypothesis chooses examples."""

import os

import pytest
from hypothesis import settings

collect_ignore = ["e2e/projects"]  # they have tests of their own, which are part of what is built

# the same examples on every machine, so that a red run means a changed program; KGEN_FUZZ=1 looks for new ones
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("fuzz", deadline=None)
settings.load_profile("fuzz" if os.environ.get("KGEN_FUZZ") else "same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write golden/ anew; the diff is the review.")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("goldens are updated where their diff is reviewed, not in CI")
