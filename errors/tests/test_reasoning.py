"""Reasons: everything that ranking can say is said in the reader's language."""

import itertools
import re

import pytest
from django.utils import translation

from errors.bounce.specificity import PLACES, Specificity
from errors.reasoning import say_why

WHYS = [
    Specificity(*values).line()
    for values in itertools.product(
        (True, False), (0, -5), PLACES, range(6), (0, 1, 6), (0, 1, 12), (-1, 0, 2)
    )
]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_reason_is_translated(language):
    assert len(set(WHYS)) > 1000
    with translation.override(language):
        said = {part for why in WHYS for part in say_why(why).split(" · ")}
    foreign = [part for part in said if re.search("[a-z]{3}", part)]
    if language == "ja":
        assert foreign == []
    else:
        assert "1 letter of wording" in said
        assert "priority -5" in said


def test_what_is_not_known_stays_as_it_is():
    assert say_why("something new · 3 of it") == "something new · 3 of it"
