"""A bounce in a request → the JSON contract."""

from collections.abc import Callable
from typing import Any

import pydantic
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from errors.api.problems import Fault, answer_problem, describe_fault
from errors.api.schemas import Question
from errors.bodies import drain, refuse_too_large
from errors.bounce.explaining import explain
from errors.catalog import require
from errors.contract import Contract, as_contract
from errors.forms import ExplainForm
from errors.metrics import count_explanation
from errors.models import Tally
from errors.tallying import count_explained


def explain_request(request: HttpRequest) -> Contract | HttpResponse:
    """Explain what a request brings. Nothing of it is kept: no log, session or cache.

    Raises OperationalError where there never was a catalog.
    """
    if request.content_type not in READERS:
        return answer_problem(415, headers={"Accept": ", ".join(READERS)})
    try:
        refuse_too_large(request)
        paste = READERS[request.content_type](request)
    except RequestDataTooBig:
        drain(request)
        return answer_problem(413)
    if isinstance(paste, HttpResponse):
        return paste
    published = require()
    explanation = explain(paste, published.catalog)
    language = translation.get_language() or ""
    count_explanation(explanation)
    count_explained(explanation, published.catalog, language, Tally.Source.API)
    return as_contract(explanation, published, language)


def _from_json(request: HttpRequest) -> str | bytes | HttpResponse:
    try:
        question = Question.model_validate_json(request.body)
    except pydantic.ValidationError as error:
        return _refuse_json(error)
    form = ExplainForm({"text": question.text, "encoded": question.base64})
    if form.is_valid():
        paste: str | bytes = form.cleaned_data["paste"]
        return paste
    said = (message for messages in form.errors.values() for message in messages)
    faults = [Fault(detail=str(message), pointer="#/text") for message in said]
    return answer_problem(413 if form.is_too_large() else 422, errors=faults)


def _refuse_json(error: pydantic.ValidationError) -> HttpResponse:
    found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return answer_problem(400)
    faults = [describe_fault(one, source="body") for one in found]
    return answer_problem(422, errors=faults)


def _from_upload(request: HttpRequest) -> str | bytes | HttpResponse:
    """Return what a form brings as its file, whatever it is: reading never fails."""
    sent: dict[str, Any] = {**request.POST.dict(), **request.FILES.dict()}
    file = sent.pop("file", "")
    not_known = _("This is not known here.")
    faults = [Fault(detail=not_known, pointer=f"#/{name}") for name in sent]
    paste = file if isinstance(file, str) else bytes(file.read())
    if not paste:
        faults.append(Fault(detail=_("This is required."), pointer="#/file"))
    if faults:
        return answer_problem(422, errors=faults)
    if len(paste) > settings.UPLOAD_MAX_BYTES:
        raise RequestDataTooBig
    return paste


READERS: dict[str, Callable[[HttpRequest], str | bytes | HttpResponse]] = {
    "application/json": _from_json,
    "multipart/form-data": _from_upload,
}
