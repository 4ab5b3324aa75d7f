"""An outage is survived and said; machines may ask how the process is."""

import pytest
from django.conf import settings as site
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from structlog.contextvars import get_contextvars

from errors import catalog, health
from errors.rediscache import ForgivingRedisCache
from errors.tests.rows import make_entry
from errors.views import explaining

BOUNCE = "550 5.1.1 <taro@example.jp>... User unknown"


def content(response):
    return response.content.decode()


def away(*_):
    raise OperationalError("connection refused")


def broken(*_):
    raise DatabaseError("syntax error")


@pytest.fixture
def _catalog(db):
    make_entry("user-unknown", "user unknown", sample="550 User unknown")
    catalog.current()


# --- Pages during an outage ------------------------------------------------------------


@pytest.mark.usefixtures("_catalog")
@pytest.mark.parametrize(
    "address",
    [
        *("", "errors/", "errors/all/", "errors/in/by-number/", "errors/user-unknown/"),
        *("search/", "search/?q=unknown", "code/5.1.1/", "feed/", "errors/by/date/"),
        "case/failure/user-unknown~550-5.1.1~wording~failed/",
    ],
)
def test_page_is_there_without_database_for_staff_too(client, address):
    client.cookies["sessionid"] = "of-staff"
    with connection.execute_wrapper(away):
        assert client.get(f"/ja/{address}").status_code == 200


@pytest.mark.usefixtures("_catalog")
def test_paste_is_explained_without_database():
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = "of-staff"
    with connection.execute_wrapper(away):
        response = client.post("/en/explain/", {"text": BOUNCE})
    assert response.status_code == 200
    assert "Title of user-unknown" in response.content.decode()


@pytest.mark.usefixtures("_catalog")
@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("find/", {"text": BOUNCE}),
        ("search/", {"q": "unknown"}),
        ("search/suggest/", {"q": "unkn"}),
    ],
)
def test_words_are_looked_up_without_database(client, address, typed):
    with connection.execute_wrapper(away):
        response = client.post(f"/en/{address}", typed, follow=True)
    assert response.status_code == 200
    assert "errors/user-unknown/" in content(response)


@pytest.mark.usefixtures("_catalog")
@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("feedback/", {"helpful": "yes", "entry": "user-unknown"}),
        ("hand-in/", {"text": "554 5.7.0 frobnicated by the gizmo", "consent": "on"}),
    ],
)
def test_what_cannot_be_saved_is_not_thanked_for(client, address, sent):
    with connection.execute_wrapper(away):
        response = client.post(f"/en/{address}", sent)
    assert response.status_code == 503
    assert "What you sent was not saved." in content(response)


@pytest.mark.usefixtures("_catalog")
@pytest.mark.parametrize(
    ("language", "words", "sent"),
    [
        ("en", "Not available for a moment", "What you sent was not saved."),
        (
            "ja",
            "ただいま一部の機能をご利用いただけません",
            "送信した内容は保存されていません。",
        ),
    ],
)
def test_what_needs_the_database_says_so(client, language, words, sent):
    client.cookies["sessionid"] = "of-staff"
    headers = {"accept-language": language}
    with connection.execute_wrapper(away):
        asked = client.get(f"/{site.ADMIN_PATH}", headers=headers)
        posted = client.post(f"/{site.ADMIN_PATH}login/", {}, headers=headers)
    for response in (asked, posted):
        assert response.status_code == 503
        assert response["Retry-After"] == "10"
        assert response["Cache-Control"] == "no-store"
        assert words in response.content.decode()
    assert sent not in asked.content.decode()
    assert sent in posted.content.decode()


@pytest.mark.usefixtures("_catalog")
def test_session_that_cannot_be_saved_says_so(admin_client):
    """Here the middleware of sessions fails, after the view."""
    admin_client.raise_request_exception = False

    def only_reads(execute, sql, *rest):
        return execute(sql, *rest) if sql.startswith("SELECT") else away()

    with connection.execute_wrapper(only_reads):
        response = admin_client.post(f"/{site.ADMIN_PATH}logout/")
    assert response.status_code == 503


@pytest.mark.usefixtures("_catalog")
def test_fault_of_ours_is_no_outage(client):
    client.raise_request_exception = False
    client.cookies["sessionid"] = "of-staff"
    with connection.execute_wrapper(broken):
        assert client.get(f"/{site.ADMIN_PATH}").status_code == 500


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        *("/ja/", "/ja/errors/", "/ja/explain/", "/ja/search/?q=550", "/ja/feed/"),
        *("/sitemap.xml", "/ja/errors/x/", "/ja/errors/x/1.png", "/ja/code/5.1.1/"),
    ],
)
def test_site_that_never_had_a_catalog_promises_nothing(client, address):
    with connection.execute_wrapper(away):
        response = (
            client.post(address, {"text": BOUNCE})
            if "explain" in address
            else client.get(address)
        )
    assert response.status_code == 503
    assert (
        '<a href="/ja/errors/"' not in response.content.decode().partition("<main")[2]
    )


# --- Probes ----------------------------------------------------------------------------


def test_healthz_needs_nothing(client, settings):
    """No database, no host name, no https."""
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = [], True
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.usefixtures("_catalog")
def test_readyz_tells_all(client, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = [], True
    response = client.get("/readyz")
    said = response.json()
    assert said.pop("catalog_revision") > 0
    assert 0 <= said.pop("catalog_age_seconds") < 60
    assert (response.status_code, said) == (
        200,
        {
            "status": "ready",
            "database": "ok",
            "cache": "ok",
            "migrations": "applied",
            "catalog_entries": 1,
            "catalog_problem": "",
        },
    )


@pytest.mark.usefixtures("_catalog")
def test_readyz_keeps_the_node_in_service_without_database(client, monkeypatch):
    monkeypatch.setattr(catalog, "CHECK_SECONDS", 0)
    catalog.forget()
    catalog.current()
    with connection.execute_wrapper(away):
        response = client.get("/readyz")
    said = response.json()
    assert (response.status_code, said["status"]) == (200, "degraded")
    assert (said["database"], said["migrations"]) == ("away", "unknown")
    assert said["catalog_problem"] == "OperationalError"


@pytest.mark.django_db
def test_readyz_is_unready_without_any_catalog(client):
    with connection.execute_wrapper(away):
        response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "unready")


@pytest.mark.usefixtures("_catalog")
def test_readyz_is_unready_before_the_migrations(client, monkeypatch):
    monkeypatch.setattr(health, "_migrated", health.threading.Event())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'errors'")
    response = client.get("/readyz")
    said = response.json()
    assert (response.status_code, said["status"]) == (503, "unready")
    assert said["migrations"] == "pending"


@pytest.mark.usefixtures("_catalog")
def test_readyz_is_degraded_without_redis(client):
    ForgivingRedisCache.note_absence(ConnectionError())
    try:
        response = client.get("/readyz")
    finally:
        ForgivingRedisCache.note_absence(None)
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["cache"] == "away"


@pytest.mark.usefixtures("_catalog")
def test_a_stranger_learns_nothing_of_the_inside(client, settings):
    settings.BEHIND_PROXY = True
    headers = {"x-forwarded-for": "127.0.0.1, 203.0.113.9"}
    assert client.get("/readyz", headers=headers).json() == {"status": "ready"}
    assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.usefixtures("_catalog")
def test_monitoring_network_may_see_the_metrics(client, settings):
    settings.BEHIND_PROXY, settings.MONITORING_CLIENTS = True, ["192.0.2.0/24"]
    headers = {"x-forwarded-for": "192.0.2.7"}
    assert client.get("/metrics", headers=headers).status_code == 200


@pytest.mark.usefixtures("_catalog")
def test_metrics_count_explanations_by_certainty(client):
    def count(certainty):
        name = f'faqsite_explanations_total{{certainty="{certainty}"}}'
        lines = client.get("/metrics").content.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    before = count("wording"), count("none")
    client.post("/en/explain/", {"text": BOUNCE})
    client.post("/en/explain/", {"text": "nothing that we know"})
    assert (count("wording"), count("none")) == (before[0] + 1, before[1] + 1)


@pytest.mark.usefixtures("_catalog")
def test_metrics_show_the_catalog_and_no_paste(client):
    client.post("/en/explain/?q=taro@example.jp", {"text": BOUNCE})
    client.get("/ja/taro@example.jp")
    text = client.get("/metrics").content.decode()
    revision = catalog.current().revision
    assert f"faqsite_catalog_revision {revision}.0" in text
    assert "faqsite_catalog_entries 1.0" in text
    assert "faqsite_catalog_out_of_date 0.0" in text
    assert 'view="explain"' in text
    assert "taro" not in text


# --- Names of requests -----------------------------------------------------------------


@pytest.mark.usefixtures("_catalog")
@pytest.mark.parametrize(
    ("behind_proxy", "sent", "bound"),
    [
        (True, "0a1b2c", {"request_id": "0a1b2c"}),
        (True, "x" * 80, {"request_id": "x" * 64}),
        (True, 'a"},{b', {}),
        (True, "", {}),
        (False, "0a1b2c", {}),
    ],
)
def test_log_lines_carry_the_name_the_proxy_gave(
    client, settings, monkeypatch, behind_proxy, sent, bound
):
    seen = []
    explain = explaining.explaining.explain

    def spy(*args):
        seen.append(get_contextvars())
        return explain(*args)

    settings.BEHIND_PROXY = behind_proxy
    monkeypatch.setattr(explaining.explaining, "explain", spy)
    client.post("/en/explain/", {"text": BOUNCE}, headers={"x-request-id": sent})
    assert seen == [bound]


# --- What staff are told ---------------------------------------------------------------


@pytest.mark.django_db
def test_admin_says_when_customers_read_an_older_catalog(admin_client, monkeypatch):
    make_entry("user-unknown", "user unknown")
    catalog.current()

    def fails(*_):
        raise ValueError("a row of no sense")

    headers = {"accept-language": "en"}
    address = f"/{site.ADMIN_PATH}errors/entry/"
    assert "a row of no sense" not in content(
        admin_client.get(address, headers=headers)
    )
    later = catalog.time.monotonic() + 60
    monkeypatch.setattr(catalog.time, "monotonic", lambda: later)
    monkeypatch.setattr(catalog, "build", fails)
    make_entry("full", "mailbox full")
    html = content(admin_client.get(address, headers=headers))
    assert "Customers still read the catalog as it was" in html
    assert "a row of no sense" in html
    assert set(catalog.current().entries) == {"user-unknown"}
