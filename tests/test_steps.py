"""Steps are logged when they end well, under the package's name."""

import logging

import pytest

from vicinal._steps import step


def test_a_step_is_logged_with_how_long_it_took(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "vicinal"), step("counting"):
        pass
    assert caplog.messages == ["counting: 0.0 s"]


def test_a_step_that_fails_is_not(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "vicinal"), pytest.raises(ZeroDivisionError), step("dividing"):
        raise ZeroDivisionError
    assert caplog.messages == []
