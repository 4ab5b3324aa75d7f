"""What was kept long enough is forgotten, and nothing else."""

import datetime
import importlib

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from errors import catalog
from errors.listening import receive
from errors.models import (
    Feedback,
    HandIn,
    LoginRecord,
    LostSearch,
    Tally,
    Unexplained,
)
from errors.purging import purge
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def make_handins(ago):
    kind = receive(f"550 5.7.9 <taro@example.jp>: The {'moon' * ago} is full", "ja")
    when = timezone.now() - ago * DAY
    Unexplained.objects.filter(pk=kind.pk).update(last_seen=when)
    HandIn.objects.filter(unexplained=kind).update(received=when)


def make_feedback(ago):
    made = Feedback.objects.create(helpful=True, language="ja", place="result")
    Feedback.objects.filter(pk=made.pk).update(created=timezone.now() - ago * DAY)


def make_searches(ago):
    day = timezone.localdate() - ago * DAY
    LostSearch.objects.create(
        query=f"{ago}", language="ja", count=1, first_seen=day, last_seen=day
    )


def make_logins(ago):
    made = LoginRecord.objects.create(outcome="in")
    LoginRecord.objects.filter(pk=made.pk).update(at=timezone.now() - ago * DAY)


def make_figures(ago):
    day = timezone.localdate() - ago * DAY
    Tally.objects.create(day=day, kind="look", source="page", language="ja", count=1)


KINDS = {
    "handins": (make_handins, HandIn),
    "feedback": (make_feedback, Feedback),
    "searches": (make_searches, LostSearch),
    "logins": (make_logins, LoginRecord),
    "figures": (make_figures, Tally),
}


@pytest.fixture(autouse=True)
def _ten_days(settings):
    settings.KEEP_DAYS = dict.fromkeys(KINDS, 10)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_too_old_is_forgotten(name, settings):
    make, model = KINDS[name]
    settings.KEEP_DAYS = dict.fromkeys(KINDS, 0)  # receiving a notice forgets as well
    for ago in (1, 9, 11, 12):
        make(ago)
    settings.KEEP_DAYS = dict.fromkeys(KINDS, 10)
    assert purge(name)[name] >= 2
    assert model.objects.count() == 2


@pytest.mark.parametrize("name", KINDS)
def test_zero_days_keep_for_ever(name, settings):
    make, model = KINDS[name]
    settings.KEEP_DAYS = {name: 0}
    make(5000 if name != "handins" else 50)
    assert purge() == {}
    assert model.objects.count() == 1


def test_one_kind_alone_is_forgotten():
    make_logins(11)
    make_figures(11)
    assert purge("logins") == {"logins": 1}
    assert Tally.objects.count() == 1


def test_a_kind_with_a_new_notice_loses_its_old_texts_only():
    make_handins(11)
    Unexplained.objects.update(last_seen=timezone.now())
    purge("handins")
    assert (Unexplained.objects.count(), HandIn.objects.count()) == (1, 0)


def test_command_says_what_it_forgot_and_rechecks(capsys):
    make_logins(11)
    make_figures(11)
    make_handins(1)
    make_entry("moon", "moon is full")
    catalog.forget()
    axes = importlib.import_module("axes.models")
    attempt = axes.AccessAttempt.objects.create(failures_since_start=1)
    axes.AccessAttempt.objects.update(attempt_time=timezone.now() - 11 * DAY)
    Session.objects.create(session_key="x", expire_date=timezone.now() - DAY)
    call_command("purge")
    assert capsys.readouterr().out.strip() == (
        "0 handins, 0 feedback, 0 searches, 1 logins, 1 figures, 1 login attempts"
    )
    assert not axes.AccessAttempt.objects.filter(pk=attempt.pk).exists()
    assert not Session.objects.exists()
    assert Unexplained.objects.get().state == "explained"
