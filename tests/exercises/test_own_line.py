"""The learner's own line is found among library frames."""

import textwrap

import numpy as np

from tlcourse.exercises.own_line import own_line


def error_of(function):
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("it did not raise")


def test_the_line_that_raised():
    def learners():
        raise KeyError("x")

    line = own_line(error_of(learners))
    assert line.text == 'raise KeyError("x")'
    assert line.number == learners.__code__.co_firstlineno + 1
    assert line.is_last


def test_the_learners_line_and_not_the_librarys():
    def learners():
        return textwrap.dedent(np.ones(3))

    line = own_line(error_of(learners))
    assert line.text == "return textwrap.dedent(np.ones(3))"
    assert not line.is_last


def test_no_line_when_only_libraries_took_part():
    error = error_of(lambda: None.missing)
    error.__traceback__ = error.__traceback__.tb_next.tb_next
    assert own_line(error) is None
