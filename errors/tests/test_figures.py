"""What the figures say, how they are drawn, and the page of charts in the admin."""

import csv
import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from errors import figures
from errors.charts import Series, columns, nice_ticks, shares
from errors.figures import EntryFigures, figures_of, most_looked_up, periods
from errors.models import Feedback, Provider, Tally
from errors.tests.rows import make_entry

DAY = datetime.timedelta(days=1)


def tally(count=1, ago=0, **values):
    values = {"kind": "explained", "source": "page", "language": "ja", **values}
    day = timezone.localdate() - ago * DAY
    return Tally.objects.create(day=day, count=count, **values)


# --- For lists -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_figures_of_entries_count_customers_of_thirty_days():
    moon = make_entry("moon")
    tally(5, entry="moon")
    tally(2, ago=29, entry="moon", source="api")
    tally(100, ago=30, entry="moon")
    tally(100, entry="moon", source="command")
    tally(100, entry="moon", kind="look")
    for helpful in (True, True, False):
        Feedback.objects.create(
            entry=moon, helpful=helpful, language="ja", place="entry"
        )
    assert figures_of(["moon", "sun"]) == {
        "moon": EntryFigures(explained=7, votes=3, helpful=pytest.approx(2 / 3)),
        "sun": EntryFigures(explained=0, votes=0, helpful=None),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_figures_take_two_queries(django_assert_num_queries, number):
    slugs = [make_entry(f"e{n}").slug for n in range(number)]
    with django_assert_num_queries(2):
        figures_of(slugs)


@pytest.mark.django_db
def test_most_looked_up_are_published_and_kept_for_a_while(django_assert_num_queries):
    make_entry("moon")
    make_entry("sun")
    make_entry("draft", state="draft")
    tally(3, entry="moon")
    tally(2, entry="sun")
    tally(2, entry="sun", kind="look")
    tally(9, entry="draft")
    tally(9, entry="gone")
    with django_assert_num_queries(1):
        assert most_looked_up() == ["sun", "moon"]
        assert most_looked_up() == ["sun", "moon"]
    assert most_looked_up(1) == ["sun"]


# --- Periods and bars ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "number", "first", "last"),
    [
        ("day", 30, datetime.date(2026, 2, 4), datetime.date(2026, 3, 5)),
        ("week", 13, datetime.date(2025, 12, 8), datetime.date(2026, 3, 2)),
        ("month", 12, datetime.date(2025, 4, 1), datetime.date(2026, 3, 1)),
    ],
)
def test_periods_end_with_the_present_one(step, number, first, last):
    found = periods(step, datetime.date(2026, 3, 5))
    assert (len(found), found[0], found[-1]) == (number, first, last)
    assert found == sorted(set(found))


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_sums_fall_into_the_periods(step):
    tally(2, certainty="wording")
    tally(3, certainty="none", source="api")
    tally(4, certainty="none")
    starts = periods(step, timezone.localdate())
    sums = figures.over_time(Tally.objects.all(), step, "certainty")
    assert sums == {(starts[-1], "wording"): 2, (starts[-1], "none"): 7}


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (37, [0, 10, 20, 30, 40]),
        (1001, [0, 500, 1000, 1500]),
    ],
)
def test_ticks_are_round_and_few(largest, ticks):
    assert nice_ticks(largest) == ticks


def test_columns_stack_without_gaps_and_stay_inside():
    chart = columns(
        [f"day {n}" for n in range(12)],
        [
            Series("a", "sure", (0, 3, *[1] * 10)),
            Series("b", "lost", (0, 1, *[0] * 10)),
        ],
    )
    lower, upper = chart.bars[:2]
    assert (lower.x, lower.style, upper.style) == (upper.x, "sure", "lost")
    assert upper.y + upper.height == pytest.approx(lower.y, abs=0.11)
    assert lower.y + lower.height == pytest.approx(chart.lines[0].y, abs=0.11)
    assert all(b.y >= 0 and b.x + b.width <= chart.width for b in chart.bars)
    assert len(chart.bars) == 12
    assert chart.labels[-1].text == "day 11"
    assert len(chart.labels) <= 10
    assert chart.rows[1] == ("day 1", (3, 1))
    assert [(one.label, percent) for one, percent in chart.legend] == [
        ("a", 93),
        ("b", 7),
    ]


def test_empty_chart_is_drawn_without_fault():
    chart = columns([], [Series("a", "sure", ())])
    assert (chart.bars, chart.labels, chart.total) == ((), (), 0)


def test_shares_are_parts_of_the_largest():
    assert [s.percent for s in shares([("a", 8), ("b", 2)])] == [100, 25]
    assert shares([]) == []


# --- The page ------------------------------------------------------------------------------


@pytest.fixture
def staff(admin_client):
    admin_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return admin_client


PAGE = "admin:errors_tally_changelist"


@pytest.mark.django_db
def test_page_draws_figures_with_tables_beside(staff):
    make_entry("moon", title_en="The moon is full")
    Provider.objects.create(slug="docomo", name_en="NTT docomo")
    tally(8, entry="moon", reason="filtered", provider="docomo", certainty="wording")
    tally(2, certainty="none")
    tally(5, kind="lost")
    response = staff.get(reverse(PAGE))
    page = response.content.decode()
    assert (
        '<svg viewBox="0 0 760 240" role="img" aria-labelledby="sureness-title"' in page
    )
    assert "Explained by its words: <b>8</b> (80 %)" in page
    assert "Not explained: <b>2</b> (20 %)" in page
    assert "Searches without a result: <b>5</b> (100 %)" in page
    for words in (
        "The moon is full",
        "NTT docomo",
        "Refused by the recipient",
        "日本語",
    ):
        assert words in page
    assert " style=" not in page
    assert "<style" not in page


@pytest.mark.django_db
def test_page_without_figures_says_so(staff):
    page = staff.get(reverse(PAGE)).content.decode()
    assert page.count("No figures yet.") == 8


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({}, 15),
        ({"language": "en"}, 3),
        ({"provider": "docomo"}, 5),
        ({"source": "api"}, 7),
        ({"language": "en", "provider": "docomo"}, 0),
        ({"by": "month"}, 115),
        ({"by": "rubbish", "language": "xx"}, 15),
    ],
)
def test_page_filters(staff, query, total):
    Provider.objects.create(slug="docomo", name="docomo")
    tally(3, language="en", certainty="none")
    tally(5, provider="docomo", certainty="none")
    tally(7, source="api", certainty="none")
    tally(100, ago=60, certainty="none")
    response = staff.get(reverse(PAGE), query)
    assert response.context["sureness"].total == total


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_a_constant_number_of_queries(
    staff, django_assert_num_queries, number
):
    for n in range(number):
        make_entry(f"e{n}")
        tally(1, entry=f"e{n}", certainty="wording")
    staff.get(reverse(PAGE))
    with django_assert_num_queries(13):
        staff.get(reverse(PAGE))


@pytest.mark.django_db
def test_csv_holds_every_figure_shown(staff):
    tally(8, entry="moon", reason="filtered", provider="docomo", certainty="wording")
    tally(2, kind="look", language="en")
    response = staff.get(reverse("admin:errors_tally_csv"), {"language": "ja"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    table = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert list(table) == [
        {
            "day": str(timezone.localdate()),
            "kind": "explained",
            "source": "page",
            "language": "ja",
            "entry": "moon",
            "reason": "filtered",
            "provider": "docomo",
            "certainty": "wording",
            "count": "8",
        }
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [PAGE, "admin:errors_tally_csv"])
def test_figures_are_for_those_who_may_see_them(client, django_user_model, name):
    clerk = django_user_model.objects.create_user("clerk", is_staff=True)
    client.force_login(clerk)
    assert client.get(reverse(name)).status_code == 403
