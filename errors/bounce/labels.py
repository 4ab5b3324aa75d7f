"""What mail programs call the header fields that they show, in the languages we meet."""

from typing import Literal

Field = Literal["from", "to", "cc", "reply_to", "subject", "date"]

# Japanese and English, then as Outlook, Gmail, Apple Mail and Thunderbird say elsewhere.
NAMES: dict[Field, tuple[str, ...]] = {
    "from": (
        *("from", "差出人", "送信者", "送信元", "発信者", "发件人", "寄件者", "寄件人"),
        *("보낸 사람", "보낸사람", "von", "de", "da", "van", "från", "fra", "od"),
        *("lähettäjä", "feladó", "gönderen", "kimden", "от", "від"),
    ),
    "to": (
        *("to", "宛先", "あて先", "宛て先", "受信者", "收件人", "收件者"),
        *("받는 사람", "받는사람", "an", "à", "a", "para", "aan", "till", "til", "do"),
        *("komu", "vastaanottaja", "címzett", "alıcı", "kime", "кому"),
    ),
    "cc": ("cc", "抄送", "副本", "참조", "kopie", "kopia", "copie", "копия"),
    "reply_to": ("reply-to", "返信先", "回复", "回覆", "antwort an", "répondre à"),
    "subject": (
        *(
            "subject",
            "件名",
            "題名",
            "表題",
            "標題",
            "タイトル",
            "主题",
            "主旨",
            "제목",
        ),
        *("betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "ämne"),
        *("emne", "aihe", "temat", "předmět", "tárgy", "konu", "тема"),
    ),
    "date": (
        *("date", "sent", "日時", "日付", "送信日時", "受信日時", "送信日"),
        *("发送时间", "时间", "日期", "寄件日期", "傳送時間", "보낸 날짜", "날짜"),
        *("datum", "gesendet", "envoyé", "fecha", "enviado", "enviado el", "data"),
        *(
            "enviada em",
            "enviado em",
            "inviato",
            "verzonden",
            "skickat",
            "sendt",
            "dato",
        ),
        *(
            "lähetetty",
            "wysłano",
            "odesláno",
            "dátum",
            "elküldve",
            "tarih",
            "gönderildi",
        ),
        *("дата", "отправлено", "надіслано"),
    ),
}

# Words of every day: by themselves they name no field.
EVERYDAY = frozenset(
    [
        *("von", "de", "da", "van", "fra", "od", "от", "від"),
        *("an", "à", "a", "para", "aan", "till", "til", "do"),
        *("回复", "时间", "data"),
    ]
)


def alternatives(*fields: Field, everyday: bool = True) -> str:
    """Return the names of these fields as alternatives of a regular expression.

    >>> alternatives("reply_to", everyday=False)
    'reply-to|返信先|回覆|antwort an|répondre à'
    """
    names = [name for field in fields for name in NAMES[field]]
    return "|".join(name for name in names if everyday or name not in EVERYDAY)


def grouped(*, everyday: bool = True) -> str:
    """Return all names as alternatives, in a group named by the field."""
    return "|".join(
        f"(?P<{field}>{alternatives(field, everyday=everyday)})" for field in NAMES
    )
