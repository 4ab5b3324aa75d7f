"""The figures in the admin: charts with their tables, and the same as CSV."""

import csv
import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from errors import charts, figures
from errors.models import Entry, Provider, Reason, Tally
from errors.tallying import GENERIC

TOP = 15  # rows of a ranking
# How sure an answer was, in three steps that the charts tell apart.
SURENESS = (
    ("sure", _("Explained by its words"), ("wording",)),
    (
        "guess",
        _("By general words or its code alone"),
        (GENERIC, "status-code", "reply-code", "class"),
    ),
    ("lost", _("Not explained"), ("none",)),
)


class FiguresForm(forms.Form):
    """What the charts show; every field may be left out."""

    by = forms.ChoiceField(
        label=_("By"),
        choices=[("day", _("day")), ("week", _("week")), ("month", _("month"))],
        required=False,
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    provider = forms.ChoiceField(label=_("Provider"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        every = ("", _("all"))
        providers = [(p.slug, str(p)) for p in Provider.objects.all()]
        self._offer("language", [every, *settings.LANGUAGES])
        self._offer("provider", [every, *providers])
        self._offer("source", [every, *Tally.Source.choices])

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def step(self) -> figures.Step:
        """Return what one column stands for."""
        step: figures.Step = self.cleaned_data.get("by") or "day"
        return step

    def rows(self) -> QuerySet[Tally]:
        """Return the figures of the time shown, filtered."""
        names = ("language", "provider", "source")
        chosen = {n: self.cleaned_data[n] for n in names if self.cleaned_data.get(n)}
        first = figures.periods(self.step(), timezone.localdate())[0]
        return Tally.objects.filter(day__gte=first, **chosen)


@admin.register(Tally)
class TallyAdmin(admin.ModelAdmin):
    """Nothing to edit: the list is a page of charts."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        csv_page = self.admin_site.admin_view(self.csv_view)
        return [path("csv/", csv_page, name="errors_tally_csv"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Draw the figures."""
        form, rows = self._read(request)
        explained = rows.filter(kind=Tally.Kind.EXPLAINED)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Figures"),
            "opts": self.opts,
            "form": form,
            "query": request.GET.urlencode(),
            "sureness": draw_sureness(explained, form.step()),
            "searches": draw_searches(rows, form.step()),
            "rankings": rankings(explained, rows),
        }
        return TemplateResponse(request, "admin/errors/tally/figures.html", context)

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """Return every figure shown, a row per day and value; spreadsheets open it."""
        _form, rows = self._read(request)
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="figures.csv"'
        answer.write("\ufeff")  # without it spreadsheets guess another encoding
        table = csv.writer(answer)
        table.writerow((*Tally.DIMENSIONS, "count"))
        table.writerows(
            rows.order_by(*Tally.DIMENSIONS).values_list(*Tally.DIMENSIONS, "count")
        )
        return answer

    def _read(self, request: HttpRequest) -> tuple[FiguresForm, QuerySet[Tally]]:
        """Return the filter and the rows it leaves; what is wrong in it does not filter."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = FiguresForm(request.GET)
        form.is_valid()
        return form, form.rows()


def draw_sureness(rows: QuerySet[Tally], step: figures.Step) -> charts.ColumnChart:
    """Draw how many notices came and how sure their answers were."""
    sums = figures.over_time(rows, step, "certainty")
    kinds = [(style, label, values) for style, label, values in SURENESS]
    return _draw(sums, step, kinds)


def draw_searches(rows: QuerySet[Tally], step: figures.Step) -> charts.ColumnChart:
    """Draw searches with and without a result."""
    kinds = (("sure", Tally.Kind.FOUND), ("lost", Tally.Kind.LOST))
    searched = rows.filter(kind__in=[kind for _style, kind in kinds])
    sums = figures.over_time(searched, step, "kind")
    return _draw(sums, step, [(s, kind.label, (kind.value,)) for s, kind in kinds])


def _draw(
    sums: dict[tuple[datetime.date, str], int], step: figures.Step, kinds: list[Any]
) -> charts.ColumnChart:
    starts = figures.periods(step, timezone.localdate())
    names = [_name(start, step) for start in starts]
    series = [
        charts.Series(
            str(label),
            style,
            tuple(sum(sums.get((day, value), 0) for value in values) for day in starts),
        )
        for style, label, values in kinds
    ]
    return charts.columns(names, series)


def _name(start: datetime.date, step: figures.Step) -> str:
    return formats.date_format(
        start, "YEAR_MONTH_FORMAT" if step == "month" else "MONTH_DAY_FORMAT"
    )


def rankings(explained: QuerySet[Tally], rows: QuerySet[Tally]) -> list[dict[str, Any]]:
    """Return what was met most, by entry, reason, provider, language and source."""
    titles = {entry.slug: str(entry) for entry in Entry.objects.only("slug", "title")}
    names: dict[str, Mapping[str, Any]] = {
        "entry": titles,
        "reason": dict(Reason.choices),
        "provider": {p.slug: str(p) for p in Provider.objects.all()},
        "language": dict(settings.LANGUAGES),
        "source": dict(Tally.Source.choices),
    }
    headings = {
        "entry": _("By entry"),
        "reason": _("By reason"),
        "provider": _("By provider"),
        "language": _("By language"),
        "source": _("By source"),
    }
    ranked = [
        _ranking(headings[name], explained, name, names[name]) for name in headings
    ]
    looks = rows.filter(kind=Tally.Kind.LOOK)
    return [*ranked, _ranking(_("Looks at entries"), looks, "entry", titles)]


def _ranking(
    heading: Any, rows: QuerySet[Tally], dimension: str, names: Mapping[str, Any]
) -> dict[str, Any]:
    sums = figures.by_value(rows.exclude(**{dimension: ""}), dimension)
    named = [(str(names.get(value, value)), number) for value, number in sums]
    return {
        "heading": heading,
        "shares": charts.shares(named[:TOP]),
        "more": len(named) - TOP if len(named) > TOP else 0,
    }
