"""What looks similar when nothing was found."""

from errors.search.nearing import find_nearest


def test_titles_that_look_similar_are_found(index):
    near = find_nearest("usr unknwon adress", "en", index)
    assert near[0].slug == "user-unknown"


def test_rubbish_is_near_to_nothing(index):
    assert find_nearest("qqqqqq zzzzzz", "ja", index) == []
