"""One table: by which words mail systems frame a bounce. No error's wording stands here."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

# A summary names the returned message's fields and may be followed by what is told.
MarkKind = Literal["returned", "transcript", "summary", "narrative"]


@dataclass(frozen=True, slots=True)
class Layout:
    """Words after which a part of the bounce begins, and whose words they are."""

    system: str
    begins: MarkKind
    words: str


class Mark(NamedTuple):
    """Where a layout's words stand in a text."""

    begins: MarkKind
    start: int
    end: int


LAYOUTS = (
    Layout("qmail", "returned", "--- Below this line is a copy of the message"),
    Layout("qmail", "returned", "--- Undelivered message follows"),
    Layout("qmail", "returned", "--- Below this line is the original bounce"),
    Layout("qmail", "returned", "--- Below the next line is a copy of the message"),
    Layout("qmail", "returned", "--- Original message follows"),
    Layout("qmail", "returned", "--- Mensaje original adjunto"),
    Layout(
        "exim",
        "returned",
        "------ This is a copy of the message, including all the headers",
    ),
    Layout("exim", "returned", "------ This is a copy of the message's headers"),
    Layout(
        "exim",
        "returned",
        "------ This is a copy of your message, including all the headers",
    ),
    Layout("exim", "returned", "------ The body of the message is"),
    Layout(
        "exim", "returned", "This is a copy of the message, including all the headers"
    ),
    Layout("1and1", "returned", "--- The header of the original message is following"),
    Layout("1and1", "returned", "--- The following is a copy of the original message"),
    Layout("gmail", "returned", "----- Original message -----"),
    Layout("gmail", "returned", "----- Message header follows -----"),
    Layout("gmail", "returned", "----- 元のメッセージ -----"),
    Layout("sendmail", "returned", "----- Unsent message follows"),
    Layout("sendmail", "returned", "----- Message header follows"),
    Layout("sendmail", "returned", "----- Original message follows"),
    Layout("sendmail", "returned", "----- Unsent message below"),
    Layout("sendmail", "returned", "----- Returned message follows"),
    Layout("sendmail", "returned", "----- Message text follows"),
    Layout("sendmail", "returned", "----- Recipients of this delivery"),
    Layout("sendmail", "transcript", "----- Transcript of session follows -----"),
    Layout("exchange", "returned", "Original message headers:"),
    Layout("exchange", "returned", "オリジナル メッセージ ヘッダー:"),
    Layout("exchange", "returned", "元のメッセージ ヘッダー:"),
    Layout("exchange", "summary", "Original Message Details"),
    Layout("exchange", "summary", "元のメッセージの詳細"),
    Layout("exchange", "narrative", "Error Details"),
    Layout("exchange", "narrative", "エラーの詳細"),
    Layout("exchange", "returned", "Message Hops HOP TIME"),
    Layout("notes", "returned", "------- Returned Message"),
    Layout("m-filter", "returned", "-------original mail info"),
    Layout("m-filter", "transcript", "-------server message"),
    Layout("m-filter", "transcript", "-------SMTP command"),
    Layout("imail", "returned", "Original message follows"),
    Layout("opensmtpd", "returned", "Below is a copy of the original message"),
    Layout("dragonfly", "returned", "Message headers follow"),
    Layout("dragonfly", "returned", "Original message follows"),
    Layout("verizon", "returned", "Original Message:"),
    Layout("fml", "returned", "Original mail as follows"),
    Layout("courier", "returned", "Your message that could not be delivered follows"),
    Layout("docomo", "returned", "----- 送信メール -----"),
    Layout("biglobe", "returned", "----- Original message"),
    Layout("generic", "returned", "The original message follows:"),
    Layout("generic", "returned", "Content-Type: message/rfc822"),
    Layout("generic", "returned", "Content-Type: text/rfc822-headers"),
    Layout("generic", "returned", "The original message was:"),
    Layout("generic", "returned", "--- Original message ---"),
    Layout("generic", "returned", "----- Returned mail -----"),
    Layout("generic", "returned", "----- Original mail -----"),
    Layout("generic", "returned", "The message headers are as follows"),
    Layout("generic", "returned", "The first part of the original message"),
    Layout("generic", "returned", "Here is a copy of the original message"),
    Layout("generic", "returned", "Here follows the original message"),
    Layout("generic", "returned", "元のメッセージは以下のとおりです"),
    Layout("generic", "returned", "以下は元のメッセージです"),
    Layout("generic", "returned", "以下は送信されたメールです"),
    Layout("generic", "returned", "以下は返送されたメールです"),
    Layout("generic", "returned", "送信されたメールの内容"),
    Layout("generic", "returned", "----- 元のメール -----"),
)

_BLANKS = 40
_TOKEN = re.compile(r"-{2,}|(?:[^\s-]|-(?!-))+")


def _expression(words: str) -> re.Pattern[str]:
    """Compile words so that blanks, line breaks and the number of dashes do not matter.

    Japanese needs no blanks between its words.
    """
    expression, before = "", ""
    for token in _TOKEN.findall(words):
        if before:
            apart = not token.startswith("--") and not before.startswith("--")
            expression += rf"\s{{{int(apart and token.isascii())},{_BLANKS}}}"
        expression += r"(?<!-)-{2,200}" if token.startswith("--") else re.escape(token)
        before = token
    return re.compile(expression, re.IGNORECASE)


_COMMON = frozenset(("message", "original", "the", "headers", "header", "message:"))


def _anchor(tokens: list[str]) -> int:
    """Return which word is the rarest: looking for it first is cheap."""
    ranked = [(token not in _COMMON, len(token)) for token in tokens]
    return ranked.index(max(ranked))


@dataclass(frozen=True, slots=True)
class _Row:
    """A layout made ready: the words beside its rarest one rule out most places."""

    layout: Layout
    expression: re.Pattern[str]
    before: str
    after: str


def _rows_by_anchor() -> dict[str, list[_Row]]:
    """Return the layouts that do not begin with dashes by their rarest word."""
    grouped: dict[str, list[_Row]] = {}
    for layout in LAYOUTS:
        if layout.words.startswith("--"):
            continue
        tokens = _TOKEN.findall(layout.words.lower())
        at = _anchor(tokens)
        beside = ["", *tokens, ""]
        row = _Row(layout, _expression(layout.words), beside[at], beside[at + 2])
        grouped.setdefault(tokens[at], []).append(row)
    return grouped


def _dashed_by_word() -> dict[str, list[tuple[Layout, re.Pattern[str]]]]:
    """Return the layouts that begin with dashes by their first word."""
    grouped: dict[str, list[tuple[Layout, re.Pattern[str]]]] = {}
    for layout in LAYOUTS:
        if layout.words.startswith("--"):
            first = _TOKEN.findall(layout.words.lower())[1]
            grouped.setdefault(first, []).append((layout, _expression(layout.words)))
    return grouped


_BY_ANCHOR = _rows_by_anchor()
_BY_WORD = _dashed_by_word()
# Possessive: a run of dashes is gone through once.
_DASHES = re.compile(
    rf"-++\s{{0,{_BLANKS}}}+(?P<word>{'|'.join(map(re.escape, _BY_WORD))})?"
)
_REACH = 140  # no layout's words are longer, blanks included
_BESIDE = 60  # the blanks and the word beside an anchor
_MAX_MARKS = 200  # of each kind


def find_marks(text: str, lower: str) -> list[Mark]:
    """Return where the layouts' words stand, in order.

    `lower` is the text in lower case, letter by letter: see `charsets.lowered`.
    """
    marks = (
        *itertools.islice(_behind_dashes(text, lower), _MAX_MARKS),
        *itertools.islice(_at_anchors(text, lower), _MAX_MARKS),
    )
    return sorted(marks, key=lambda mark: (mark.start, -mark.end))


def _behind_dashes(text: str, lower: str) -> Iterator[Mark]:
    position = lower.find("--")
    while position >= 0 and (dashes := _DASHES.match(lower, position)):
        for layout, expression in _BY_WORD.get(dashes["word"], ()):
            if match := expression.match(text, position):
                yield Mark(layout.begins, *match.span())
        position = lower.find("--", dashes.end())


def _at_anchors(text: str, lower: str) -> Iterator[Mark]:
    for anchor, rows in _BY_ANCHOR.items():
        position = lower.find(anchor)
        while position >= 0:
            end = position + len(anchor)
            lead = lower[max(0, position - _BESIDE) : position].rstrip()
            follow = lower[end : end + _BESIDE].lstrip()
            for row in rows:
                if lead.endswith(row.before) and follow.startswith(row.after):
                    start = max(0, position - _REACH)
                    match = row.expression.search(text, start, position + _REACH)
                    if match:
                        yield Mark(row.layout.begins, *match.span())
            position = lower.find(anchor, end)


# --- the returned message without any words before it -----------------------------------

# Fields of a returned header; a bounce's own words do not begin lines with them.
HEADER_BLOCK = re.compile(
    r"(?:^|(?<=\n))[ \t]{0,8}(?:Received|Return-Path|DKIM-Signature|DomainKey-Signature|ARC-Seal"
    r"|X-Received|X-Originating-IP|Delivered-To|X-CTCH-RefID|X-Google-DKIM-Signature"
    r"|X-Google-Smtp-Source|X-Gm-Message-State|Authentication-Results|MIME-Version|Message-ID)"
    r"[ \t]*:",
    re.IGNORECASE,
)
# The same in a text whose lines were run together.
INLINE_HEADER = re.compile(
    r"(?<=\s)(?:Received: ?(?:from|by|\()|Return-Path: ?<|DKIM-Signature: ?v=|X-Received: by"
    r"|X-Originating-IP: ?\[|ARC-Seal: i=|X-CTCH-RefID:)",
    re.IGNORECASE,
)

# --- who writes bounces ------------------------------------------------------------------

SYSTEM_SENDER = re.compile(
    r"mailer[-_. ]?daemon|\bpostmaster\b|mail[-_. ]deliver|mail[-_. ]?delivery[-_. ]?(?:sub)?system"
    r"|mail (?:delivery|delivering|system|administrator)|delivery (?:status|subsystem|system)"
    r"|\bmdaemon\b|mailsystem|mail\.delivery|NDR Administrator|returned[-_. ]?mail"
    r"|system administrator|content-filter|mail gateway|microsoft outlook|microsoftexchange[0-9a-f]{8}|メール配信|メールシステム|システム管理者",
    re.IGNORECASE,
)

MAILERS = (
    ("qmail", "this is the qmail-send program"),
    ("qmail", "--- below this line is a copy of the message"),
    ("postfix", "this is the mail system at host"),
    ("postfix", "this is the postfix program at host"),
    ("exim", "this message was created automatically by mail delivery software"),
    ("sendmail", "transcript of session follows"),
    ("courier", "running the courier mail server"),
    ("opensmtpd", "this is the mailer-daemon, please do not reply"),
    ("dragonfly", "this is the dragonfly mail agent"),
    ("exchange", "diagnostic information for administrators"),
    ("exchange", "管理者向けの診断情報"),
    ("exchange", "msexch:"),
    ("gmail", "google tried to deliver your message"),
    ("domino", "not listed in domino directory"),
    ("m-filter", "「m-filter」"),
    ("powermta", "hello, this is the mail server on"),
    ("sendgrid", "automatically generated message from sendgrid"),
)


def find_mailer(lower: str) -> str | None:
    """Return what wrote the bounce, by the words it frames every bounce with."""
    return next((name for name, words in MAILERS if words in lower), None)


# --- what kind of message it is ----------------------------------------------------------

FAILURE_SUBJECT = re.compile(
    r"undeliver|undelivered|non[- ]?deliver|not delivered|returned (?:mail|message|post|to sender|e-?mail)"
    r"|mail delivery (?:fail|error|problem|status)|delivery (?:status )?(?:notification|fail|error"
    r"|problem|report|status|has failed|unsuccessful|not)|failure notice|failure delivery"
    r"|mail (?:delivery )?(?:failed|failure|system error|error)|message (?:delivery has failed|could not)"
    r"|could not (?:be delivered|send)|can(?:not|'t) (?:send|deliver)|problem delivering"
    r"|error sending|returning message|rejected|bounced? |delivery report|loop alert|mail error"
    r"|considered unsolicited|unzustellbar|non remis|échec|недостав|не доставлен|не удается доставить"
    r"|(?:no se puede entregar|non recapitabile|não entregue|onbestelbaar|kan (?:ikke|inte) leverer?as?"
    r"|olevererbart|niedostarczalne|nedoručitelné|teslim edilemeyen|未传递|無法傳遞|배달되지 않음)\s?:"
    r"|系统退信|系統退信|退信通知|[无無]法(?:投递|投遞|送达|送達)|投递失败|전송 ?실패|반송 ?메일|메일 ?반송"
    r"|配信(?:不能|できません|エラー|失敗|状況|に失敗)|配送(?:不能|できません|エラー|失敗|に失敗)"
    r"|送信(?:エラー|失敗|できません|に失敗|不能)|未達|届きませんでした|戻り|リターンメール|エラーメール",
    re.IGNORECASE,
)
# Sendmail and its kin name the reason in the subject: "Returned mail: Host unknown".
SUBJECT_REASON = re.compile(
    r"(?:subject|件名|題名)[ \t]{0,9}[:：][ \t]{0,9}returned mail:(?!\s{0,9}see transcript)"
    r"[ \t]{0,9}([^\n]{4,200}?)(?=\n|\Z|[ \t](?:date|to|from|日時|宛先|差出人)[ \t]?[:：])",
    re.IGNORECASE,
)
FAILURE_FRAME = re.compile(
    r"(?:could|can|was|were|did|has|have|is|been)\s*(?:not|n't|n’t)\s+(?:be\s+|been\s+|yet\s+)*"
    r"(?:deliver|sent|reach|process|transmit|complete)"
    r"|cannot\s+be\s+(?:delivered|sent)|undeliverable|undelivered|returned\s+mail"
    r"|unable\s+to\s+deliver|not\s+able\s+to\s+(?:be\s+)?deliver|wasn.t\s+able\s+to\s+deliver"
    r"|unable\s+to\s+be\s+delivered|deliver[a-z]*\s+(?:to\s+[^\n]{0,120}\s)?(?:has\s+|have\s+)?(?:failed|aborted|was\s+aborted)"
    r"|delivery\s+(?:status|failure|error|problem|attempt)|fail(?:ed|ure)\s+(?:to\s+)?deliver"
    r"|error\s+(?:occurred\s+)?(?:while|when)?\s*(?:trying|attempting|delivering|sending)"
    r"|(?:permanent|fatal|delivery)\s+(?:fatal\s+)?errors?|failed\s+permanently|trouble\s+delivering"
    r"|problem\s+(?:delivering|sending)|message\s+(?:was\s+|has\s+been\s+)?(?:rejected|refused|blocked|bounced)"
    r"|automatically\s+(?:rejected|refused)"
    r"|returning\s+(?:the\s+)?message|final\s+delivery|did\s+not\s+reach|couldn.t\s+be\s+delivered"
    r"|не\s+может\s+быть\s+(?:доставлено|отправлено)|nicht\s+zugestellt|pas\s+pu\s+être"
    r"|сбой\s+доставки|не\s+удалось\s+доставить|échec\s+de\s+la\s+remise|no\s+se\s+(?:ha\s+)?(?:pudo|podido)\s+entregar"
    r"|recapito\s+non\s+riuscito|impossibile\s+recapitare|não\s+foi\s+possível\s+entregar|falha\s+na\s+entrega"
    r"|bezorging\s+is\s+mislukt|niet\s+worden\s+bezorgd|inte\s+att\s+leverera|inte\s+levereras|ikke\s+leveres"
    r"|nie\s+można\s+dostarczyć|teslim\s+edilemedi|未能(?:传递|送达)|[无無]法[^\n]{0,12}(?:投递|投遞|传递|傳遞|送达|送達)"
    r"|投递失败|배달하지\s+못|배달되지\s+않"
    r"|(?:送信|配信|配送|送付|お届け|転送)(?:は|を|が|に)?(?:でき(?:ません|なかった|ず)|失敗|エラー|不能)"
    r"|配信され(?:ていません|ませんでした)|送信に失敗|届けることができません|届きませんでした|エラーのため"
)
DELAY_SUBJECT = re.compile(
    r"delayed|\(delay\)|\bdelay\b|still being retried|warning: (?:could not|message)|遅延|遅れ",
    re.IGNORECASE,
)
DELAY_FRAME = re.compile(
    r"this\s+is\s+a\s+warning|warning\s+(?:message\s+)?only|still\s+being\s+retried"
    r"|(?:message|mail|it)\s+will\s+be\s+retried|delivery\s+(?:has\s+been|was|is)\s+delayed"
    r"|do\s*(?:not|n't)\s+need\s+to\s+resend|not\s+yet\s+been\s+delivered|will\s+(?:keep|continue)\s+trying"
    r"|will\s+retry\s+for|配信が遅れて|遅延して|再送を(?:続け|試み)|配信未完了"
    r"|(?:配信|送信|配送|gmail)[^\n]{0,80}再試行(?:します(?!か)|を続けます|を行い|が行われ)"
    r"|\bstat(?:us)?=deferred"
    r"|(?:zustell|nachricht|mail)[^\n]{0,60}(?:wird|werden)\s+(?:weiterhin|erneut)\s+versuch"
    r"|nouvelles?\s+tentatives?[^\n]{0,30}(?:seront|sera|vont)|seguir(?:á|emos)\s+intentando\s+(?:la\s+)?entreg"
    r"|[将將会會](?:继续|繼續)(?:尝试|嘗試)(?:投递|投遞|发送|發送|传递|傳遞)|다시\s+(?:전송|배달)[^\n]{0,20}시도합니다"
)
GIVEN_UP = re.compile(
    r"given\s+up|giving\s+up|(?<!delivery fails )permanent|status=bounced|no\s+longer\s+(?:be\s+)?tr|returned\s+to\s+(?:the\s+)?sender"
)
DELIVERED_SUBJECT = re.compile(
    r"\((?:success|relayed?|expanded)\)|successful(?:ly)? deliver|delivery (?:notification|status): (?:success|delivered)"
    r"|return receipt|配信完了|配信されました",
    re.IGNORECASE,
)
# What Exchange and Outlook put before the subject of a mail that went through.
RECEIPT_SUBJECT = re.compile(
    r"^\s*(?:delivered|relayed|expanded|配信済み|中継済み|展開済み|zugestellt|remis"
    r"|relayé|entregado|retransmitido|consegnato|bezorgd|已送达|已送達|已中继|已轉送|배달됨|릴레이됨)\s?:",
    re.IGNORECASE,
)
DELIVERED_FRAME = re.compile(
    r"(?:was|were|been)\s+successfully\s+(?:delivered|relayed)"
    r"|had\s+successful\s+delivery|successfully\s+delivered\s+to|delivery\s+to\s+these\s+recipients\s+(?:or\s+groups\s+)?is\s+complete"
    r"|への配信は完了しました|zustellung\s+an\s+[^\n]{1,60}abgeschlossen"
    r"|remise\s+à\s+[^\n]{1,60}terminée|entrega\s+a\s+[^\n]{1,60}completad[oa]"
)
AUTO_REPLY_SUBJECT = re.compile(
    r"^[\s【\[（(]*(?:auto(?:matic|mated)?[- ]?(?:reply|response|re\b)|out[- ]of[- ](?:the[- ])?office|vacation"
    r"|away from|i am away|on holiday|away until|abwesen|automatische antwort|réponse automatique"
    r"|absence du bureau|respuesta automática|resposta automática|risposta automatica"
    r"|automatisch antwoord|afwezig|automatisk (?:svar|besked)|autosvar|automaattinen vastaus|automatyczna odpowiedź"
    r"|автоматический ответ|автоответ|自動(?:応答|返信|回覆|答覆)|自动(?:回复|答复)|자동 ?(?:회신|응답)|부재 ?중(?!\s?전화)|不在)",
    re.IGNORECASE,
)
FEEDBACK_SUBJECT = re.compile(
    r"^\s*(?:complaint about message|abuse report|(?:email )?feedback report|fw: .*abuse|spamtrap)",
    re.IGNORECASE,
)
FEEDBACK_FRAME = re.compile(
    r"(?:email\s+)?abuse\s+(?:report|complaint)\s+(?:for|regarding|about)|opt-out\s+report\s+for"
)
# Plain vocabulary of trouble: it tells a pasted line from a greeting, not errors apart.
TROUBLE = re.compile(
    r"\b(?:not|no|non|never|nobody|unable|unknown|invalid|illegal|error|errors|fail(?:s|ed|ure|ing)?"
    r"|den(?:y|ied|ies)|reject(?:s|ed|ion|ing)?|refuse[sd]?|block(?:s|ed)?|full|exceed(?:s|ed)?|quota|limit|limits"
    r"|disabled|unavailable|timeout|timed\s+out|expired|lost|bounced?|violat[a-z]+|too|over|without|out\s+of"
    r"|bad|malformed|duplicated?|loop|spam|virus|cannot|could|undeliver[a-z]+|deferred|pipe|must|please|nicht|pas|no se|kein)\b"
    r"|n['’]t\b|ません|エラー|不明|拒否|失敗|超過|超え|できな|不可|存在し|いっぱい|満杯|制限|不在|禁止"
)
CLIENT_ERROR = re.compile(r"\b0x[0-9a-f]{8}\b", re.IGNORECASE)

# --- which command was answered ----------------------------------------------------------

COMMAND_WORD = re.compile(
    r"[^a-z](rcpt|mail|end of data|data|ehlo|helo|starttls|auth|bdat|text"
    r"|initial connection)(?![a-z])"
)
# What stands before the name of a command where its answer is quoted.
COMMAND_LEADS = (
    ">>>",
    "<<<",
    " in reply to",
    " in reply to the",
    " in response to",
    " in response to the",
    " after",
    " after sending",
    " our",
    " our final",
    " following",
    "[",
    " in",
    " progress was",
    " for",
    " smtp command",
    " while sending",
    " while performing the",
    "(in reply to",
    "(in reply to the",
    "(error following",
)
COMMAND_NAMES = {
    "end of data": "DATA",
    "text": "DATA",
    "bdat": "DATA",
    "helo": "EHLO",
    "initial connection": "CONN",
}
# Words by which qmail and Postfix tell it without naming the command.
COMMAND_FRAMES = (
    ("refused to talk to me", "CONN"),
    ("my name was rejected", "EHLO"),
    ("sender was rejected", "MAIL"),
    ("recipient was rejected", "RCPT"),
    ("does not like recipient", "RCPT"),
    ("failed on data command", "DATA"),
    ("failed after i sent the message", "DATA"),
)
# Behind a pipelined DATA (RFC 2920) these show that the refusal before was of RCPT.
_NO_RECIPIENT_LEFT = re.compile(
    r"(?:503|554)[- ].{0,80}(?:no valid recipients|need rcpt|rcpt first|valid rcpt)"
)
_MAX_WORDS = 4_000
_MAX_LEAD = 32


def find_command(text: str) -> str | None:
    """Return the SMTP command whose answer the text quotes: RCPT, MAIL, DATA …"""
    flat = " " + " ".join(text[:_MAX_WORDS].lower().split())
    for frame, name in COMMAND_FRAMES:
        if frame in flat:
            return name
    for found in COMMAND_WORD.finditer(flat):
        lead = flat[max(0, found.start(1) - _MAX_LEAD) : found.start(1)]
        if lead.rstrip().endswith(COMMAND_LEADS):
            if found[1] == "data" and _NO_RECIPIENT_LEFT.search(flat, found.end()):
                return "RCPT"
            return COMMAND_NAMES.get(found[1], found[1].upper())
    return None
