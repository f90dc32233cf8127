from __future__ import annotations

import hashlib
from typing import Any

import pytest

from duizhao.errors import DuizhaoError
from duizhao.sources.decode import decode, decode_html, hashes_to, known_encoding

HANS = "标题\n\n今天的会议在上海举行，大家都来了，我们也去了。\n"
HANT = "標題\n\n今天的會議在上海舉行，大家都來了，我們也去了。\n"
HONG_KONG = "渡口的早晨\n\n擺渡的老人叫阿嫲，她說香港的嘢都係貴，佢哋喺度企咗好耐，我們都在等船。\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(HANS, "gb18030"), (HANT, "gb18030"), (HANT, "big5"), (HONG_KONG, "big5hkscs"), (HANT + "€5。", "cp950")]
    + [(HANT, encoding) for encoding in ("utf-16", "utf-16-le", "utf-16-be")],
)
def test_an_encoding_is_found_out_where_it_is_sure(text: str, encoding: str) -> None:
    assert decode((text * 3).encode(encoding), "a.txt") == (text * 3, encoding, True, "")


BIG5 = (HANT * 3).encode("big5")


@pytest.mark.parametrize(
    ("code", "encoding", "unsure"),
    [
        (b"\xa1\x45", "cp950", "'‧' at 0 is '•' in big5, '•' in big5hkscs"),
        (b"\xa2\x44", "cp950", "'￥' at 0 is '¥' in big5, '¥' in big5hkscs"),
        (b"\xc6\xa1", "big5hkscs", "'①' at 0 is 'ヾ' in big5, 'ヾ' in cp950"),
        (b"\xc6\xcf", "big5", ""),  # Big5-HKSCS has no such code
        (b"\xf9\xd6", "big5hkscs", ""),  # 碁 in both, none in Big5
        (b"\xa1\xfe", "cp950", ""),  # a second form of ／ in Big5
    ],
)
def test_codes_that_encodings_of_big5_read_differently_are_named(
    code: bytes, encoding: str, unsure: str
) -> None:
    found = decode(code + BIG5, "a.txt")
    assert (found.encoding, found.unsure) == (encoding, unsure)
    assert found.text.encode(encoding) == code + BIG5


def test_all_places_that_are_unsure_are_counted() -> None:
    assert decode(BIG5 + b"\xa1\x45\xa2\x44\xa1\x45", "a.txt").unsure.endswith("(and 2 more)")
    page = b'<meta charset="big5"><p>' + BIG5 + b"\xa1\x45"
    assert decode_html(page, "a.html")[1:3] == ("cp950", True)
    assert decode(BIG5 + b"\xa1\x45", "a.txt", "big5") == ((HANT * 3) + "•", "big5", False, "")


@pytest.mark.parametrize("encoding", [None, "big5", "cp950"])
def test_a_code_that_does_not_come_back_is_an_error_with_its_place(encoding: str | None) -> None:
    with pytest.raises(
        DuizhaoError, match=r"0xA2CC at \d+, line 10, is a second form of '十' in (BIG5|CP950)"
    ):
        decode(BIG5 + b"\xa2\xcc", "a.txt", encoding)


def test_utf_8_is_read_without_asking() -> None:
    assert decode(HANS.encode(), "a.txt") == (HANS, "utf-8", False, "")


def test_a_byte_order_mark_is_no_text_and_line_ends_are_kept() -> None:
    assert decode("\ufeff标题\r\n正文。\r\n".encode(), "a.txt").text == "标题\r\n正文。\r\n"


@pytest.mark.parametrize("text", ["これは日本語の文章です。今日は天気が良い。" * 5])
@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp"])
def test_another_language_is_never_read_as_chinese(text: str, encoding: str) -> None:
    with pytest.raises(DuizhaoError):
        decode(text.encode(encoding), "a.txt")


def test_a_few_characters_are_doubtful_and_all_candidates_are_named() -> None:
    with pytest.raises(DuizhaoError, match="not sure: gb18030 or big5; give --encoding gb18030") as told:
        decode("灯塔，晨雾".encode("gb18030"), "a.txt", option="--encoding")
    assert told.value.id == "doubtful-encoding"


def test_what_was_told_and_does_not_fit_gets_the_place_and_a_better_one() -> None:
    with pytest.raises(DuizhaoError, match=r"byte 0x.. at \d+, line 1\); looks like gb18030") as told:
        decode(HANS.encode("gb18030"), "a.txt", "utf-8")
    assert told.value.id == "wrong-encoding"


@pytest.mark.parametrize("name", ["GBK", "gb2312", "cp936", "GB18030"])
def test_gb2312_and_gbk_are_read_as_gb18030(name: str) -> None:
    assert known_encoding(name) == "gb18030"
    assert known_encoding("klingon") is None


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("gb2312", "gb18030"), ("gbk", "utf-8"), ("utf-8", "gb18030"), ("", "gb18030"), ("big5", "big5hkscs")],
)
def test_a_page_is_read_in_what_it_is_in_whatever_it_declares(declared: str, encoding: str) -> None:
    text = f'<meta charset="{declared}"><p>{(HONG_KONG if encoding == "big5hkscs" else HANS) * 3}</p>'
    assert decode_html(text.encode(encoding), "a.html").text == text


def test_a_page_of_big5_that_declares_nothing_keeps_the_characters_of_its_extensions() -> None:
    text = "他說，這裡的人都在等船，天還沒有亮，老人也來了，大家都沒有說話。碁‧"
    found = decode_html(text.encode("cp950"), "a.html")
    assert (found.text, found.detected) == (text, True)


def test_a_page_may_have_a_broken_byte() -> None:
    data = f'<meta charset="gbk"><p>{HANS * 20}</p>'.encode("gb18030") + b"\xff</html>"
    assert decode_html(data, "a.html").text.count("\ufffd") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-be"])
def test_the_text_of_a_file_hashes_to_its_bytes(encoding: str) -> None:
    data = HANT.encode(encoding)
    assert hashes_to(decode(data, "a.txt", known_encoding(encoding)).text, hashlib.sha256(data).hexdigest())
    assert not hashes_to(HANT + "。", hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("data", [
    HANS.encode(), b"\xef\xbb\xbf" + HANS.encode(), HANS.encode("gb18030"), HANS.encode("utf-16"),
    b"\xff\xfe" + HANS.encode("utf-16-le"), b"\xfe\xff" + HANS.encode("utf-16-be"), "臺灣的書".encode("big5"),
])  # fmt: skip
def test_a_text_has_the_hash_of_its_file_in_every_encoding_with_and_without_a_mark(data: bytes) -> None:
    text = decode(data, "a.txt", "big5" if data == "臺灣的書".encode("big5") else None).text
    assert hashes_to(text, hashlib.sha256(data).hexdigest())
    assert not hashes_to(text + "。", hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(("data", "id"), [
    (b" \r\n", "empty-file"), (bytes(range(128, 256)) * 40, "not-text"),
])  # fmt: skip
def test_a_page_that_is_empty_or_no_text_is_an_error(data: bytes, id: str) -> None:
    with pytest.raises(DuizhaoError) as caught:
        decode_html(data, "a.html")
    assert caught.value.id == id


@pytest.mark.parametrize("data", [
    b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", "\ufeff \t\r\n".encode("utf-16-le"), b" \xef\xbb\xbf\n",
])  # fmt: skip
@pytest.mark.parametrize("read", [decode, decode_html])
def test_a_file_of_marks_and_white_space_is_empty_in_every_encoding(read: Any, data: bytes) -> None:
    with pytest.raises(DuizhaoError) as caught:
        read(data, "a.txt")
    assert caught.value.id == "empty-file"


def test_a_nul_character_is_told_with_its_place() -> None:
    with pytest.raises(DuizhaoError, match="NUL at character 3, line 2"):
        decode("一\n二\0".encode(), "a.txt")
