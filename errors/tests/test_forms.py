"""The paste form hands over what is to be read, or says on the field what is wrong."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from errors.forms import ExplainForm


def form_of(text="", file=None, encoded=""):
    files = MultiValueDict({"file": [file]} if file else {})
    return ExplainForm({"text": text, "encoded": encoded}, files)


def codes(form):
    return {
        field: [error.code for error in errors]
        for field, errors in form.errors.as_data().items()
    }


@pytest.mark.parametrize(
    ("text", "paste"),
    [
        ("550 5.1.1", "550 5.1.1"),
        ("  leading and trailing \n", "  leading and trailing \n"),
        ("nul \0 here", "nul \ufffd here"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
    ids=["line", "blanks", "nul", "surrogate", "script"],
)
def test_text_is_handed_over(text, paste):
    form = form_of(text)
    assert form.is_valid()
    assert form.cleaned_data["paste"] == paste


@pytest.mark.parametrize("text", ["", " \n\t ", "\u3000"])
def test_empty_form_is_refused_on_the_field(text):
    form = form_of(text)
    assert codes(form) == {"text": ["empty"]}
    assert not form.is_too_large()


@pytest.mark.parametrize("name", ["mail.eml", "MAIL.EML", "mail.msg", "mail.txt"])
def test_file_is_handed_over_as_bytes(name):
    form = form_of(file=SimpleUploadedFile(name, b"550 \xff"))
    assert form.is_valid()
    assert form.cleaned_data["paste"] == b"550 \xff"


def test_file_goes_before_text():
    form = form_of("text", SimpleUploadedFile("mail.eml", b"file"))
    assert form.is_valid()
    assert form.cleaned_data["paste"] == b"file"


def test_empty_file_is_refused_as_an_empty_form():
    assert codes(form_of(file=SimpleUploadedFile("mail.eml", b""))) == {
        "text": ["empty"]
    }


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00 a document of an office",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
        b"MZ\x90\x00\x03",
        bytes(range(256)) * 20,
    ],
    ids=["pdf", "zip", "png", "gif", "exe", "noise"],
)
def test_file_that_is_no_mail_is_refused_whatever_its_name(content):
    form = form_of("text", SimpleUploadedFile("mail.eml", content))
    assert codes(form) == {"file": ["no-mail"]}


@pytest.mark.parametrize(
    "content",
    [
        "550 \u5bb9量\n".encode("iso-2022-jp") * 100,
        "550 \u5bb9量\n".encode("shift_jis"),
        "550 User unknown".encode("utf-16"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        b"550 " + b"x" * 100 + b"\0 User unknown",
    ],
    ids=["jis", "sjis", "utf-16", "outlook", "one nul"],
)
def test_file_that_may_be_a_mail_is_taken_whatever_its_name(content):
    form = form_of(file=SimpleUploadedFile("bounce", content))
    assert form.is_valid()
    assert form.cleaned_data["paste"] == content


def test_encoded_mail_comes_back_as_bytes():
    form = form_of(encoded=base64.b64encode(b"mail \xff").decode())
    assert form.is_valid()
    assert form.cleaned_data["paste"] == b"mail \xff"


@pytest.mark.parametrize("encoded", ["%%%", "abc", "あ"])
def test_encoded_rubbish_is_refused_as_an_empty_form(encoded):
    assert codes(form_of(encoded=encoded)) == {"text": ["empty"]}


def test_limit_counts_bytes(settings):
    settings.PASTE_MAX_BYTES = 6
    assert form_of("あい").is_valid()
    form = form_of("あいう")
    assert codes(form) == {"text": ["too-large"]}
    assert form.is_too_large()


def test_file_over_the_limit_is_refused(settings):
    settings.UPLOAD_MAX_BYTES = 4
    form = form_of(file=SimpleUploadedFile("mail.eml", b"12345"))
    assert codes(form) == {"file": ["too-large"]}
    assert form.is_too_large()
