import struct

import pytest

from errors.bounce import outlook
from errors.bounce.reading import read

# --- a writer of the smallest compound files (MS-CFB) that hold a message (MS-OXMSG) -------

SECTOR, MINI = 512, 64
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def entry(name, kind, child=FREE, left=FREE, right=FREE, start=END, size=0):
    raw = (name + "\0").encode("utf-16-le")
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB", len(raw), kind, 1)
        + struct.pack("<III", left, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def compound_file(streams):
    """Return a compound file with the streams {name: bytes}, each below 4096 bytes."""
    mini, mini_fat, rows = b"", [], []
    for name, data in streams.items():
        first, count = len(mini_fat), -(-len(data) // MINI)
        mini += data.ljust(count * MINI, b"\0")
        mini_fat += [*range(first + 1, first + count), END] if count else []
        rows.append((name, first if count else END, len(data)))
    rows.sort(key=lambda row: (len(row[0]), row[0].upper()))
    entries = [
        entry(
            name,
            2,
            right=number + 2 if number + 1 < len(rows) else FREE,
            start=s,
            size=n,
        )
        for number, (name, s, n) in enumerate(rows)
    ]
    container = mini.ljust(-(-len(mini) // SECTOR) * SECTOR, b"\0")
    directory = b"".join(
        [entry("Root Entry", 5, child=1, start=2, size=len(mini)), *entries]
    )
    directory = directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0")
    mini_sectors, dir_sectors = len(container) // SECTOR, len(directory) // SECTOR
    fat = [FAT, END, *range(3, 2 + mini_sectors), END]
    start = len(fat)
    fat += [*range(start + 1, start + dir_sectors), END]
    fat += [FREE] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, start, 0, 4096, 1, 1, END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    mini_table = struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(SECTOR, b"\xff")
    table = struct.pack("<128I", *fat)
    return header + table + mini_table + container + directory


def message(**texts):
    """Return an Outlook message with Unicode properties, by their hexadecimal numbers."""
    streams, rows = {}, b""
    for tag, text in texts.items():
        number = int(tag[1:], 16)
        data = text.encode("utf-16-le")
        streams[f"__substg1.0_{number:04X}001F"] = data
        rows += struct.pack("<HHIII", 0x1F, number, 6, len(data) + 2, 0)
    streams["__properties_version1.0"] = bytes(32) + rows
    return compound_file(streams)


BOUNCE = message(
    p001A="REPORT.IPM.Note.NDR",
    p0037="Undeliverable: estimate",
    p007D="From: postmaster@example.jp\r\nSubject: Undeliverable: estimate\r\n",
    p1000="Your message did not reach:\r\n\r\ntaro@example.com\r\n'550 5.1.1 User unknown'",
)


def test_outlook_file_reads_like_the_mail_it_holds():
    bounce = read(BOUNCE)
    (recipient,) = bounce.recipients
    assert (recipient.address, recipient.reply_code, recipient.status) == (
        "taro@example.com",
        "550",
        "5.1.1",
    )
    assert (bounce.kind, bounce.subject) == ("failure", "Undeliverable: estimate")


def test_outlook_file_without_a_body_shows_its_report_text():
    data = message(p0037="Undeliverable: x", p1001="taro@example.com: 552 5.2.2 full")
    assert read(data).recipients[0].status == "5.2.2"


@pytest.mark.parametrize("end", [8, 100, 600, 1500, len(BOUNCE) - 700])
def test_broken_outlook_file_is_noted_or_read(end):
    letter = outlook.read_outlook(BOUNCE[:end])
    assert letter.notes == ("outlook-unreadable",) or letter.headers


def test_other_bytes_are_no_outlook_file():
    assert not outlook.is_outlook(b"Received: from a")
