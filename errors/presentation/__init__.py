"""What the customer's pages show: view models, so that templates only loop."""

from errors.presentation.decoding import decode_codes
from errors.presentation.lookup import CodePage, code_page
from errors.presentation.page import result_page
from errors.presentation.reply import reply_to
from errors.presentation.values import ResultPage
from errors.presentation.way import way_to

__all__ = [
    "CodePage",
    "ResultPage",
    "code_page",
    "decode_codes",
    "reply_to",
    "result_page",
    "way_to",
]
