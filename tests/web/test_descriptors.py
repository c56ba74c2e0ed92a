"""A limit that systems set for programs with a few files must not end sessions."""

import resource
from collections.abc import Iterator

import pytest

from web.descriptors import DESCRIPTORS_MAX, allow_many

LIMITS = resource.RLIMIT_NOFILE


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    limits = resource.getrlimit(LIMITS)
    yield
    resource.setrlimit(LIMITS, limits)


def test_a_low_limit_is_raised_as_far_as_allowed() -> None:
    allowed = resource.getrlimit(LIMITS)[1]
    resource.setrlimit(LIMITS, (1024, allowed))
    most = DESCRIPTORS_MAX if allowed == resource.RLIM_INFINITY else min(allowed, DESCRIPTORS_MAX)
    assert allow_many() == max(1024, most)
    assert resource.getrlimit(LIMITS) == (max(1024, most), allowed)


def test_a_high_limit_stays() -> None:
    before = allow_many()
    assert (allow_many(), resource.getrlimit(LIMITS)[0]) == (before, before)
