"""How staff come in: both steps, kept out after failures, on record, and never locked out."""

import datetime
import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from errors.access import steps
from errors.models import LoginRecord

pytestmark = pytest.mark.django_db

PASSWORD = "long-enough-for-tests"  # noqa: S105 - of a database that lives for one test
INDEX = "/admin/"
STEP = "/admin/second-step/"
ENROL = "/admin/enrol/"
MINE = "/admin/two-step/"


@pytest.fixture(autouse=True)
def _two_steps(settings):
    settings.STAFF_TWO_FACTOR = True


@pytest.fixture
def desk():
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def hanako():
    return get_user_model().objects.create_superuser("hanako", None, PASSWORD)


@pytest.fixture
def phone(hanako):
    return TOTPDevice.objects.create(user=hanako, name="phone")


def give_password(desk, password=PASSWORD, name="hanako", **extra):
    data = {"username": name, "password": password, "next": INDEX}
    return desk.post("/admin/login/", data, **extra)


def code_of(phone, steps_ahead=0):
    phone.refresh_from_db()
    totp = TOTP(phone.bin_key, phone.step, phone.t0, phone.digits, phone.drift)
    totp.time = timezone.now().timestamp() + steps_ahead * phone.step
    return f"{totp.token():06d}"


def wrong_code(phone):
    return f"{(int(code_of(phone)) + 500_000) % 1_000_000:06d}"


def is_in(desk):
    return desk.get(INDEX).status_code == 200


def outcomes():
    return list(LoginRecord.objects.order_by("pk").values_list("outcome", flat=True))


# --- The second step -----------------------------------------------------------------------


@pytest.mark.usefixtures("phone")
def test_the_password_alone_logs_nobody_in(desk):
    response = give_password(desk)
    assert response["Location"] == STEP
    assert "six digits" in desk.get(STEP).content.decode()
    assert not is_in(desk)
    assert "_auth_user_id" not in desk.session


def test_password_and_code_log_in(desk, phone):
    give_password(desk)
    response = desk.post(STEP, {"code": code_of(phone)})
    assert (response.status_code, response["Location"]) == (302, INDEX)
    assert is_in(desk)
    assert outcomes() == ["in"]


@pytest.mark.parametrize(
    "written", ["{0}{1}{2} {3}{4}{5}", "{0}{1}{2}-{3}{4}{5}", "wide"]
)
def test_code_may_be_written_as_people_do(desk, phone, written):
    code = code_of(phone)
    if written == "wide":
        typed = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    else:
        typed = written.format(*code)
    give_password(desk)
    assert desk.post(STEP, {"code": typed}).status_code == 302


@pytest.mark.parametrize("code", ["", "abc", "12345", "zzzzzzzz", "１２"])
def test_no_code_or_a_senseless_one_is_refused(desk, phone, code):
    give_password(desk)
    response = desk.post(STEP, {"code": code})
    assert response.status_code == 200
    assert not is_in(desk)


def test_wrong_code_is_refused_and_makes_the_next_wait(desk, phone):
    give_password(desk)
    page = desk.post(STEP, {"code": wrong_code(phone)}).content.decode()
    assert "This code is not right." in page
    assert 'value="' not in page[page.index('name="code"') :].partition(">")[0]
    page = desk.post(STEP, {"code": code_of(phone)}).content.decode()
    assert "Please wait 1 second after a wrong code" in page
    assert not is_in(desk)
    assert outcomes() == ["wrong-code"]


def test_code_is_good_once(desk, phone):
    code = code_of(phone)
    give_password(desk)
    desk.post(STEP, {"code": code})
    thief = Client()
    give_password(thief)
    assert thief.post(STEP, {"code": code}).status_code == 200
    assert not is_in(thief)


def test_code_of_somebody_else_is_refused(desk, phone):
    taro = get_user_model().objects.create_superuser("taro", None, PASSWORD)
    other = TOTPDevice.objects.create(user=taro, name="phone")
    give_password(desk)
    desk.post(STEP, {"code": code_of(other)})
    assert not is_in(desk)


def test_recovery_code_lets_in_once(desk, phone, hanako):
    code, *_ = steps.renew_codes(hanako)
    give_password(desk)
    response = desk.post(STEP, {"code": code.upper()}, follow=True)
    assert "You came in with a recovery code; 9 are left." in response.content.decode()
    again = Client()
    give_password(again)
    again.post(STEP, {"code": code})
    assert (is_in(desk), is_in(again)) == (True, False)
    assert outcomes() == ["recovered", "wrong-code"]


@pytest.mark.usefixtures("phone")
def test_second_step_without_the_first_leads_to_the_password(desk):
    for page in (STEP, ENROL):
        assert desk.get(page)["Location"] == "/admin/login/"
        assert desk.post(page, {"code": "123456"})["Location"] == "/admin/login/"


def test_second_step_must_be_taken_soon(desk, phone, monkeypatch):
    give_password(desk)
    later = steps.time.time() + steps.PATIENCE + 1
    monkeypatch.setattr(steps.time, "time", lambda: later)
    response = desk.post(STEP, {"code": code_of(phone)})
    assert response["Location"] == "/admin/login/"
    assert not is_in(desk)


def test_account_closed_between_the_steps_stays_out(desk, phone, hanako):
    give_password(desk)
    hanako.is_active = False
    hanako.save()
    assert desk.post(STEP, {"code": code_of(phone)})["Location"] == "/admin/login/"


@pytest.mark.parametrize(
    ("goal", "reached"),
    [
        ("/admin/errors/entry/", "/admin/errors/entry/"),
        ("https://evil.example/", "/accounts/profile/"),
    ],
)
def test_goal_is_reached_after_both_steps_if_it_is_ours(desk, phone, goal, reached):
    data = {"username": "hanako", "password": PASSWORD, "next": goal}
    desk.post("/admin/login/", data)
    response = desk.post(STEP, {"code": code_of(phone)})
    assert response["Location"] == reached


def test_session_from_before_is_not_enough(desk, hanako):
    """Somebody who was logged in when the setting was switched on."""
    desk.force_login(hanako)
    assert not is_in(desk)
    assert desk.get("/admin/login/").status_code == 200
    assert "_auth_user_id" not in desk.session


# --- Setting it up -------------------------------------------------------------------------


def secret_on(page):
    (secret,) = re.findall(r'<code translate="no">([A-Z2-7 ]+)</code>', page)
    return secret.replace(" ", "")


def codes_on(page):
    return re.findall(r"<li><code>([a-z2-7]+)</code></li>", page)


@pytest.mark.usefixtures("hanako")
def test_first_login_sets_up_the_phone_and_shows_recovery_codes_once(desk):
    give_password(desk)
    assert desk.get(STEP)["Location"] == ENROL
    page = desk.get(ENROL).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert secret_on(desk.get(ENROL).content.decode()) == secret_on(page)
    assert not is_in(desk)
    phone = TOTPDevice.objects.get()
    page = desk.post(ENROL, {"code": code_of(phone)}).content.decode()
    codes = codes_on(page)
    assert len(set(codes)) == steps.RECOVERY_CODES
    assert is_in(desk)
    assert codes_on(desk.get(MINE).content.decode()) == []
    other = Client()
    give_password(other)
    assert other.post(STEP, {"code": codes[3]}).status_code == 302
    assert is_in(other)


@pytest.mark.usefixtures("hanako")
def test_wrong_first_code_sets_up_nothing(desk):
    give_password(desk)
    desk.get(ENROL)
    phone = TOTPDevice.objects.get()
    desk.post(ENROL, {"code": wrong_code(phone)})
    phone.refresh_from_db()
    assert (phone.confirmed, StaticToken.objects.count(), is_in(desk)) == (
        False,
        0,
        False,
    )


@pytest.mark.usefixtures("phone")
def test_password_alone_cannot_set_up_another_phone(desk):
    give_password(desk)
    assert desk.get(ENROL)["Location"] == STEP
    assert desk.post(ENROL, {"code": "123456"})["Location"] == STEP


def log_in(desk, phone):
    give_password(desk)
    desk.post(STEP, {"code": code_of(phone)})
    TOTPDevice.objects.update(last_t=-1)  # a test does not wait half a minute


def test_another_phone_takes_a_code_of_the_first(desk, phone):
    log_in(desk, phone)
    assert desk.get(ENROL)["Location"] == MINE
    assert desk.post(MINE, {"code": wrong_code(phone), "phone": ""}).status_code == 200
    TOTPDevice.objects.update(throttling_failure_timestamp=None)
    response = desk.post(MINE, {"code": code_of(phone), "phone": ""})
    assert response["Location"] == ENROL
    desk.get(ENROL)
    new = TOTPDevice.objects.get(confirmed=False)
    page = desk.post(ENROL, {"code": code_of(new)}).content.decode()
    assert len(codes_on(page)) == 10
    assert [device.pk for device in TOTPDevice.objects.all()] == [new.pk]
    assert is_in(desk)


def test_new_recovery_codes_replace_the_old(desk, phone, hanako):
    old = steps.renew_codes(hanako)
    log_in(desk, phone)
    page = desk.post(MINE, {"code": code_of(phone), "codes": ""}).content.decode()
    assert len(codes_on(page)) == 10
    assert not set(codes_on(page)) & set(old)
    assert StaticToken.objects.count() == 10


def test_operator_lets_somebody_in_who_lost_everything(desk, phone, capsys):
    call_command("addstatictoken", "hanako")
    code = capsys.readouterr().out.strip()
    give_password(desk)
    desk.post(STEP, {"code": code})
    assert is_in(desk)


def test_administrator_resets_a_colleague(desk, phone, hanako):
    steps.renew_codes(hanako)
    log_in(desk, phone)
    url = reverse("admin:auth_user_changelist")
    desk.post(url, {"action": "reset_two_step", "_selected_action": [hanako.pk]})
    assert (TOTPDevice.objects.count(), StaticDevice.objects.count()) == (0, 0)
    assert not is_in(desk)


def test_recovery_codes_are_shown_nowhere_in_the_admin(desk, phone):
    log_in(desk, phone)
    for name in ("otp_static_staticdevice", "otp_totp_totpdevice"):
        assert desk.get(f"/admin/{name.replace('_', '/', 1)}/").status_code == 404
    assert "Static device" not in desk.get(INDEX).content.decode()


# --- Where it is not required --------------------------------------------------------------


@pytest.mark.usefixtures("hanako")
def test_without_the_setting_the_password_does(desk, settings):
    settings.STAFF_TWO_FACTOR = False
    assert give_password(desk)["Location"] == INDEX
    assert is_in(desk)
    assert "Set up the two-step login" in desk.get(MINE).content.decode()
    assert desk.get(ENROL).status_code == 200


@pytest.mark.usefixtures("phone")
def test_who_set_up_a_phone_is_asked_in_any_case(desk, settings):
    settings.STAFF_TWO_FACTOR = False
    assert give_password(desk)["Location"] == STEP
    assert not is_in(desk)


# --- Locked out ----------------------------------------------------------------------------


@pytest.mark.usefixtures("phone")
def test_repeated_failures_lock_out_with_a_page_that_says_so(desk, settings):
    settings.AXES_FAILURE_LIMIT = 3
    answers = [give_password(desk, "wrong") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "900"
    assert "try again in 15 minutes" in answers[2].content.decode()
    right = give_password(desk)
    assert right.status_code == 429
    assert desk.get(STEP)["Location"] == "/admin/login/"
    assert outcomes() == ["failed", "failed", "locked", "locked"]


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize(
    ("name", "address"), [("hanako", "192.0.2.9"), ("taro", "127.0.0.1")]
)
def test_lock_out_is_for_one_name_from_one_address(desk, settings, name, address):
    settings.AXES_FAILURE_LIMIT = 2
    get_user_model().objects.create_superuser("taro", None, PASSWORD)
    for _ in range(3):
        give_password(desk, "wrong")
    response = give_password(Client(), name=name, REMOTE_ADDR=address)
    assert response.status_code == 302


def test_lock_out_ends(desk, phone, settings):
    settings.AXES_FAILURE_LIMIT = 2
    for _ in range(3):
        give_password(desk, "wrong")
    settings.AXES_COOLOFF_TIME = datetime.timedelta(0)
    assert give_password(desk)["Location"] == STEP


def test_wrong_codes_lock_out_as_well(desk, phone, settings):
    settings.AXES_FAILURE_LIMIT, settings.OTP_TOTP_THROTTLE_FACTOR = 3, 0
    give_password(desk)
    answers = [desk.post(STEP, {"code": wrong_code(phone)}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert desk.post(STEP, {"code": code_of(phone)})["Location"] == "/admin/login/"
    assert give_password(desk).status_code == 429


@pytest.mark.usefixtures("phone")
def test_behind_a_proxy_each_client_is_locked_out_alone(desk, settings):
    settings.AXES_FAILURE_LIMIT, settings.BEHIND_PROXY = 2, True

    def tried(address, password):
        headers = {"x-forwarded-for": f"203.0.113.1, {address}"}
        return give_password(Client(), password, headers=headers).status_code

    assert [tried("192.0.2.1", "wrong") for _ in range(2)] == [200, 429]
    assert tried("192.0.2.2", PASSWORD) == 302
    assert tried("192.0.2.1", PASSWORD) == 429


@pytest.mark.usefixtures("phone")
def test_odd_address_of_a_client_does_not_break_the_login(desk, settings):
    settings.BEHIND_PROXY = True
    headers = {"x-forwarded-for": "unknown"}
    assert give_password(desk, "wrong", headers=headers).status_code == 200
    assert LoginRecord.objects.get().address is None


@pytest.mark.usefixtures("phone")
def test_one_client_may_not_try_name_after_name(desk, settings):
    settings.LOGIN_RATE_LIMIT, settings.LOGIN_RATE_SECONDS = 2, 300
    answers = [give_password(desk, "x", f"name{n}").status_code for n in range(3)]
    assert answers == [200, 200, 429]


def test_success_forgets_the_failures(desk, phone, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _ in range(2):
        give_password(desk, "wrong")
    log_in(desk, phone)
    desk.post("/admin/logout/")
    assert [give_password(desk, "wrong").status_code for _ in range(2)] == [200, 200]


# --- Sessions ------------------------------------------------------------------------------


def test_session_ends_however_busy(desk, phone, monkeypatch, settings):
    log_in(desk, phone)
    later = steps.time.time() + 3600 * settings.STAFF_SESSION_HOURS
    monkeypatch.setattr(steps.time, "time", lambda: later)
    assert not is_in(desk)


def test_a_click_prolongs_the_idle_time(desk, phone, settings, monkeypatch):
    log_in(desk, phone)
    desk.get(INDEX)
    assert "sessionid" not in desk.get(INDEX).cookies  # a moment later: no write
    later = steps.time.time() + steps.PROLONG_AFTER + 1
    monkeypatch.setattr(steps.time, "time", lambda: later)
    cookie = desk.get(INDEX).cookies["sessionid"]
    assert int(cookie["max-age"]) == settings.SESSION_COOKIE_AGE


def test_customers_get_no_session(client):
    assert "sessionid" not in client.get("/en/errors/").cookies


def test_staff_on_the_customers_pages_cost_no_more(
    desk, phone, django_assert_num_queries
):
    log_in(desk, phone)
    with django_assert_num_queries(0):
        desk.get("/en/thanks/")


# --- The record ----------------------------------------------------------------------------


def test_record_says_who_when_and_from_where(desk, phone):
    give_password(desk, "wrong", REMOTE_ADDR="192.0.2.7")
    log_in(desk, phone)
    desk.post("/admin/logout/")
    records = LoginRecord.objects.order_by("pk")
    assert [(r.username, r.outcome) for r in records] == [
        ("hanako", "failed"),
        ("hanako", "in"),
        ("hanako", "out"),
    ]
    assert records[0].address == "192.0.2.7"
    assert timezone.now() - records[0].at < datetime.timedelta(minutes=1)


@pytest.mark.usefixtures("hanako")
def test_what_nobody_is_called_is_not_recorded(desk, caplog):
    """People type their password into the field of the name."""
    give_password(desk, "x", "my-secret-password")
    assert LoginRecord.objects.get().username == ""
    assert "my-secret-password" not in caplog.text


def test_record_is_seen_in_the_admin_and_cannot_be_changed(desk, phone):
    log_in(desk, phone)
    url = reverse("admin:errors_loginrecord_changelist")
    page = desk.get(url).content.decode()
    assert "Logged in" in page
    record = LoginRecord.objects.first()
    change = reverse("admin:errors_loginrecord_change", args=[record.pk])
    assert desk.post(change, {"username": "taro"}).status_code == 403
    assert desk.get(reverse("admin:errors_loginrecord_add")).status_code == 403


def test_old_records_are_forgotten_as_new_ones_come(desk, phone, monkeypatch):
    give_password(desk, "wrong")
    long_ago = timezone.now() - datetime.timedelta(days=31)
    LoginRecord.objects.update(at=long_ago)
    monkeypatch.setattr("errors.access.records.TIDY_EVERY", 1)
    log_in(desk, phone)
    assert outcomes() == ["in"]


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize("page", ["/admin/login/", STEP, ENROL])
def test_pages_of_the_login_are_not_cached(desk, page):
    assert "no-store" in desk.get(page)["Cache-Control"]
