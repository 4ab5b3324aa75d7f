"""The audit's bounds: what it must refuse. That it measures, the browser's tests show."""

import pytest

from audit.lighthouse import Scores
from audit.pages import PAGES
from audit.weight import Weight

LIGHT = Weight(requests=4, bytes=20_000, script=4_000, strangers=())


def test_light_visit_is_no_fault():
    assert LIGHT.find_faults() == []


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (Weight(4, 60 * 1024 + 1, 4_000, ()), "above 61440"),
        (Weight(4, 20_000, 10 * 1024 + 1, ()), "above 10240"),
        (Weight(4, 20_000, 4_000, ("https://fonts.example.com/a",)), "asks others"),
    ],
    ids=["heavy", "much script", "third party"],
)
def test_heavy_visit_is_a_fault(weight, words):
    (fault,) = weight.find_faults()
    assert words in fault


@pytest.mark.parametrize("category", range(4))
def test_one_point_below_the_bound_is_not_enough(category):
    scores = [100, 100, 100, 100]
    assert Scores(tuple(scores), ()).is_enough()
    scores[category] = 99
    assert not Scores(tuple(scores), ()).is_enough()


def test_every_kind_of_page_has_one_name():
    assert len({page.name for page in PAGES}) == len(PAGES)


def test_pages_that_the_bound_is_about_are_scored():
    scored = {page.name for page in PAGES if page.is_scored}
    assert scored >= {"home", "entry", "section", "result-full"}
