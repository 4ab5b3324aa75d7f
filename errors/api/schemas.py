"""The shapes of what the API takes and gives; that of an explanation is errors.contract."""

import datetime
from collections.abc import Callable
from typing import Annotated, Any, Self

from django.conf import settings
from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import ConfigDict, Field, field_validator, model_validator, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from errors.models import Actor, Outcome, Reason, Stage

LANGUAGES = [code for code, _name in settings.LANGUAGES]
_BASE64 = (
    r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$"
)


def _one_of(values: list[str]) -> Callable[[dict[str, Any]], None]:
    """Document the values of a field; none of them stands for one left out."""

    def extend(schema: dict[str, Any]) -> None:
        schema.pop("default", None)
        schema["enum"] = values

    return extend


class Question(Schema):
    """A bounce as JSON."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["base64"]}]},
    )

    text: str = Field(
        "",
        pattern=r"\S",
        description=gettext_noop(
            "What a person would paste: a whole notice, a line, or a code."
        ),
        examples=["550 5.1.1 <taro@example.jp>... User unknown"],
    )
    base64: str = Field(
        "",
        pattern=_BASE64,
        description=gettext_noop("The bytes of a mail (.eml or .msg) in base64."),
        json_schema_extra={"contentEncoding": "base64"},
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("one_of", "Either text or base64 is needed.")
        return self


@with_config(ConfigDict(extra="forbid"))
class Upload(TypedDict):
    """A bounce as a form with a file."""

    file: Annotated[
        str,
        Field(
            description=gettext_noop(
                "A mail saved as .eml, .msg or .txt. Whatever is no mail is answered so."
            ),
            min_length=1,
            json_schema_extra={"format": "binary"},
        ),
    ]


class Reader(Schema):
    """Who reads the answer."""

    language: str = Field(
        "",
        description=gettext_noop(
            "The language of the texts; otherwise Accept-Language decides."
        ),
        json_schema_extra=_one_of(LANGUAGES),
    )

    @field_validator("language")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in LANGUAGES:
            expected = ", ".join(LANGUAGES)
            raise PydanticCustomError(
                "literal_error", "One of: {expected}", {"expected": expected}
            )
        return value


class Paging(Reader):
    """Which part of a long list is wanted."""

    page: int = Field(
        1, ge=1, le=10_000, description=gettext_noop("Which page, from 1 on.")
    )
    page_size: int = Field(
        50, ge=1, le=200, description=gettext_noop("How many items stand on one page.")
    )


class Listing(Paging):
    """Which entries are wanted."""

    section: str = Field(
        "", max_length=100, description=gettext_noop("Only entries of this section.")
    )
    reply_code: str = Field(
        "", max_length=3, description=gettext_noop("Only entries of this reply code.")
    )
    status_code: str = Field(
        "",
        max_length=9,
        description=gettext_noop("Only entries of this enhanced status code."),
    )


class Finding(Paging):
    """What is searched for."""

    q: str = Field(
        min_length=1,
        max_length=200,
        description=gettext_noop("Words or a code to search for."),
        examples=["容量"],
    )


class EntryLine(TypedDict):
    slug: Annotated[
        str, Field(description=gettext_noop("The name of the entry; it never changes."))
    ]
    title: str
    summary: Annotated[
        str, Field(description=gettext_noop("What happened, in one plain sentence."))
    ]
    section: Annotated[str, Field(description=gettext_noop("The slug of its section."))]
    reply_code: Annotated[str, Field(description=gettext_noop("RFC 5321, or empty."))]
    status_code: Annotated[str, Field(description=gettext_noop("RFC 3463, or empty."))]
    reason: Annotated[
        str,
        Field(
            description=gettext_noop("The reason in Sisimai's vocabulary."),
            json_schema_extra=_one_of(Reason.values),
        ),
    ]
    outcome: Annotated[
        str,
        Field(
            description=gettext_noop("Whether the mail will arrive by itself."),
            json_schema_extra=_one_of(Outcome.values),
        ),
    ]
    stage: Annotated[
        str,
        Field(
            description=gettext_noop("Where on its way the mail stopped."),
            json_schema_extra=_one_of(Stage.values),
        ),
    ]
    actor: Annotated[
        str,
        Field(
            description=gettext_noop("Who must act."),
            json_schema_extra=_one_of(Actor.values),
        ),
    ]
    providers: Annotated[
        list[str], Field(description=gettext_noop("Whose mails say this."))
    ]
    updated: datetime.datetime
    url: Annotated[str, Field(description=gettext_noop("The page for people."))]


class EntryFull(EntryLine):
    body: Annotated[str, Field(description=gettext_noop("What it means, in Markdown."))]
    advice: Annotated[
        str,
        Field(
            description=gettext_noop("What to do, a Markdown list, first thing first.")
        ),
    ]
    handover: Annotated[
        str, Field(description=gettext_noop("A text to pass on, plain."))
    ]
    sample: Annotated[
        str, Field(description=gettext_noop("What such a notice looks like."))
    ]
    wordings: Annotated[
        list[str],
        Field(description=gettext_noop("The same error in other servers' words.")),
    ]
    valid_from: datetime.date | None
    valid_until: datetime.date | None


class SectionItem(TypedDict):
    slug: str
    title: str
    introduction: Annotated[str, Field(description=gettext_noop("In Markdown."))]
    entries: Annotated[
        list[str], Field(description=gettext_noop("Slugs, in their order."))
    ]
    url: Annotated[str, Field(description=gettext_noop("The page for people."))]


class CodeItem(TypedDict):
    code: Annotated[
        str,
        Field(
            description=gettext_noop(
                "As registered. X stands for the class of an enhanced status code:"
                " 2, 4 or 5."
            )
        ),
    ]
    rfc: Annotated[str, Field(description=gettext_noop("Where it is defined."))]
    meaning: Annotated[
        dict[str, str], Field(description=gettext_noop("In one line, by language."))
    ]
    entries: Annotated[
        list[str], Field(description=gettext_noop("Entries with this code."))
    ]


class CodeRegistries(TypedDict):
    reply_codes: list[CodeItem]
    status_codes: list[CodeItem]


class Page(TypedDict):
    count: Annotated[
        int, Field(description=gettext_noop("How many there are on all pages."))
    ]
    next: Annotated[
        str | None,
        Field(description=gettext_noop("The address of the next page, if any.")),
    ]
    previous: Annotated[
        str | None,
        Field(description=gettext_noop("The address of the page before, if any.")),
    ]


class EntryPage(Page):
    items: list[EntryLine]


class SectionList(TypedDict):
    items: list[SectionItem]
