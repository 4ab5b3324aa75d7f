"""What stands around every page: probes for machines, names for requests, the outage page."""

import logging
from collections.abc import Callable
from ipaddress import ip_address, ip_network

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from errors import metrics
from errors.health import find_health
from errors.throttling import client_of
from errors.views import unavailable

Handler = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)


def answer_probes(get_response: Handler) -> Handler:
    """Answer /healthz, /readyz and /metrics before anything that can fail or redirect."""
    probes = {"/healthz": live, "/readyz": ready, "/metrics": show_metrics}

    def middleware(request: HttpRequest) -> HttpResponse:
        probe = probes.get(request.path_info)
        return probe(request) if probe else get_response(request)

    return middleware


def live(request: HttpRequest) -> HttpResponse:
    """Say that the process runs; restart it when this does not answer."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """Say whether to send requests here: 200 ready or degraded, 503 unready."""
    health = find_health()
    status = 503 if health.status == "unready" else 200
    said = health.as_dict() if _is_monitoring(request) else {"status": health.status}
    return JsonResponse(said, status=status, headers={"Cache-Control": "no-store"})


def show_metrics(request: HttpRequest) -> HttpResponse:
    """Show the metrics to MONITORING_CLIENTS; for others there is no such page."""
    return metrics.page() if _is_monitoring(request) else HttpResponse(status=404)


def _is_monitoring(request: HttpRequest) -> bool:
    try:
        client = ip_address(client_of(request))
    except ValueError:  # none: through the server's own socket
        return not client_of(request)
    return any(client in ip_network(one) for one in settings.MONITORING_CLIENTS)


def name_request(get_response: Handler) -> Handler:
    """Let every log line tell its request by the name that the proxy gave it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = request.headers.get("x-request-id", "")
        if not settings.BEHIND_PROXY or not name.isalnum():
            return get_response(request)
        with structlog.contextvars.bound_contextvars(request_id=name[:64]):
            return get_response(request)

    return middleware


class SurviveOutage:
    """Say clearly when the database is away, with the status 503, and when to come back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.warning("The database did not answer a page", exc_info=exception)
        return unavailable(request)
