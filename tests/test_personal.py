from __future__ import annotations

from functools import partial

import pytest

from duizhao.report import describe_personal
from duizhao.text import find_personal
from duizhao.text.personal import is_identity_number, is_taiwanese_number
from growth import growth


def found(text: str) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for kind, start, end in find_personal(text)]


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("请联系王女士，手机13912345678。", "telephone", "13912345678"),
        ("拨打+86 139-1234-5678即可", "telephone", "+86 139-1234-5678"),
        ("行動：0912-345-678，", "telephone", "0912-345-678"),
        ("办公室电话（010）62345678", "telephone", "（010）62345678"),
        ("电话：021-62345678转123", "telephone", "021-62345678转123"),
        ("電話：02-2345-6789", "telephone", "02-2345-6789"),
        ("热线是400-123-4567", "telephone", "400-123-4567"),
        ("WhatsApp：9123 4567，", "telephone", "9123 4567"),
        ("致电+852 2345 6789。", "telephone", "+852 2345 6789"),
        ("写信到wang.li+news@example.com.cn吧", "email", "wang.li+news@example.com.cn"),
        ("他住在，北京市朝阳区建国路88号5层。", "address", "北京市朝阳区建国路88号5层"),
        ("，臺北市中正區延平南路二段15巷123號", "address", "臺北市中正區延平南路二段15巷123號"),
        ("我住在建国路88号5层。", "address", "建国路88号5层"),
        ("地址：中山北路123號5樓", "address", "中山北路123號5樓"),
        ("，愚园路1088弄12号，", "address", "愚园路1088弄12号"),
        ("住址为幸福小区3号楼2单元501室", "address", "幸福小区3号楼2单元501室"),
        ("13912345678，或看a.png", "telephone", "13912345678"),
        ("电话：021-62345678.见附件", "telephone", "021-62345678"),
        ("身份证11010519491231002X丢失", "identity number", "11010519491231002X"),
        ("證號A123456789。", "identity number", "A123456789"),
    ],
)
def test_personal_data_is_found_with_its_kind(text: str, kind: str, piece: str) -> None:
    assert found(text) == [(kind, piece)]


@pytest.mark.parametrize(
    "text",
    [
        "身份证110105194912310021，校验码不对",
        "出生日期不存在：110105194913310020",
        "文章链接 https://example.com/p/13912345678.html 和图片img_13912345678.jpg",
        "021-62345678.jpg、图（021）62345678 (2).png、+852 2345 6789.webp、热线：12345678.PDF",
        "400-123-4567_2.JPG，（010）62345678副本.heic",
        "京广铁路12号，这条马路3号，走过这条路3号，两条大道1号，长安大街1号公路",
        "ID 1391234567812，订单号0139-12345678901",
        "git clone git@github.com:someone/thing.git",
        "比分是10-123，2023-11-20 11:33:36发布",
        "地铁10号线，法〔2014〕347号文件，第5号选手",
        "公司市值123,4567,8900元，约139 亿",
        "電話A123456788不是證號",
    ],
)
def test_what_only_looks_like_personal_data_is_not_listed(text: str) -> None:
    assert found(text) == []


def test_check_digits_are_checked() -> None:
    assert is_identity_number("11010519491231002X")
    assert not any(is_identity_number(f"11010519491231002{digit}") for digit in range(10))
    assert [digit for digit in range(10) if is_taiwanese_number(f"A12345678{digit}")] == [9]


def test_every_piece_is_told_with_its_place_and_whether_it_was_removed() -> None:
    blocks = [
        {"article_id": "a", "language": "zh", "raw_start": 10, "text": "电话：13912345678", "label": "keep"},
        {"article_id": "a", "language": "zh", "raw_start": 40, "text": "a@example.com", "label": "drop"},
        {"article_id": "a", "language": "zh", "raw_start": 60, "text": "b@example.com", "label": "markup"},
    ]
    kinds, places = describe_personal(
        {"articles": [{"id": "a", "raw_path": "zh/a.txt", "en_path": None}], "blocks": blocks}
    )
    assert kinds.rows == (
        ("telephone", 1, 0),
        ("email", 0, 1),
        ("address", 0, 0),
        ("identity number", 0, 0),
    )
    assert places.rows == (
        ("telephone", "zh/a.txt:13", "kept", "13912345678"),
        ("email", "zh/a.txt:40", "removed", "a@example.com"),
    )


@pytest.mark.slow
def test_time_is_linear_on_hostile_text() -> None:
    def search(piece: str, size: int) -> None:
        find_personal(piece * size)

    for piece in ("1", "a@", "+1 ", "北京市", "电话：", "朝阳路1", "0-"):
        assert growth(partial(search, piece), 2000, 20_000) <= 12
