"""Bytes of a file to text."""

from __future__ import annotations

from duizhao.errors import DuizhaoError

ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")


def decode(data: bytes, name: str, encoding: str | None = None) -> str:
    """Text of a file's bytes; line ends as they are. A UTF-8 byte order mark is kept as the first character.

    Raises DuizhaoError ``empty-file``, ``nul-character``, ``wrong-encoding`` or ``not-text``.
    """
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DuizhaoError("empty-file", f"{name}: the file is empty; remove it or put the article there")
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        raise _undecodable(data, name, encoding or "utf-8", error) from None
    place = text.find("\0")
    if place >= 0:
        guess = _guess(data)
        hint = f'; looks like {guess}: set encoding = "{guess}" for it in sources.toml' if guess else ""
        raise DuizhaoError("nul-character", f"{name}: NUL at character {place}; text has none{hint}")
    return text


def _undecodable(data: bytes, name: str, encoding: str, error: UnicodeDecodeError) -> DuizhaoError:
    place = f"not {encoding.upper()} (byte 0x{data[error.start]:02X} at {error.start})"
    guess = _guess(data)
    if guess is None or guess == encoding:
        return DuizhaoError("not-text", f"{name}: {place}, and no other known encoding fits: not a text file")
    return DuizhaoError(
        "wrong-encoding",
        f'{name}: {place}; looks like {guess}: set encoding = "{guess}" for it in sources.toml',
    )


def _guess(data: bytes) -> str | None:
    """Likely encoding of bytes that are not UTF-8: the one whose reading is most like common Chinese prose.

    GB18030 and Big5 decode most of each other's bytes; the right one gives common characters
    and the usual punctuation, the wrong one rare characters. UTF-16 must have its byte order mark.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    best, best_share = None, 0.05
    for encoding in ("gb18030", "big5"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        share = sum(character in _COMMON for character in text) / len(text)
        if "\0" not in text and share > best_share:
            best, best_share = encoding, share
    return best


_COMMON = frozenset(
    "的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年，。、"
)
