"""Specificity: what weighs more, and the line that says so."""

import pytest

from errors.bounce.specificity import ELSEWHERE, Specificity

LEAST = Specificity(
    valid=True, priority=0, place=1, required=0, codes=0, literal=0, agreeing=0
)


@pytest.mark.parametrize("number", range(len(LEAST) - 1))
def test_an_earlier_difference_beats_all_later_ones(number):
    stronger = [*LEAST]
    stronger[number] += 1
    weaker = [*LEAST[: number + 1], *(value + 5 for value in LEAST[number + 1 :])]
    assert Specificity(*stronger) > Specificity(*weaker)


def test_line_says_what_weighed():
    weight = LEAST._replace(place=6, required=5, codes=3, literal=12)
    assert weight.line() == (
        "wording in this recipient's diagnostic · provider of the recipient · SMTP command"
        " · 3 digits of codes required · 12 letters of wording"
    )


def test_line_says_that_the_provider_is_only_near():
    assert LEAST._replace(place=4, agreeing=ELSEWHERE).line() == (
        "wording elsewhere · provider in the bounce, but another host refused"
    )


def test_line_begins_with_what_speaks_against_it():
    assert LEAST._replace(valid=False, priority=-5).line() == (
        "not valid on that day · priority -5 · class of the code alone"
    )
