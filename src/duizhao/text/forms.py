"""Forms: one spelling for each word that writers of one region spell in two ways. This is the policy of a
release.

For Taiwan the standard is the Ministry of Education's dictionary and the government's list of unified
characters (法律統一用字表). Only the spelling of a word changes, never the word.
"""

from __future__ import annotations

import re
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Points = TypeVar("Points", NDArray[np.uint16], NDArray[np.uint32])

_TAIWAN = (
    "台臺 佈布 賬帳 揹背 硅矽 雇僱 証證 艷豔 鑒鑑 滙匯 啓啟 恒恆 閑閒 葯藥 歎嘆 粧妝 鈎鉤 羣群 裏裡 着著 麽麼 祇只 衹只 "
    "烟煙 麪麵 綫線 枱檯 箇個 喫吃 牀床 牠它 擡抬 蹟跡 甦蘇 溼濕 燻熏 菓果 荳豆 翫玩 讎仇 閲閱 説說 兑兌 悦悅 税稅 鋭銳 温溫 藴蘊 葱蔥 衞衛 卧臥 鈎鉤 户戶 醖醞 "
    "敍敘 脱脫 蜕蛻 査查 淩凌 緑綠 録錄 爲為 衆眾 舖鋪 墻牆 峯峰"
)
TAIWAN = {pair[0]: pair[1] for pair in _TAIWAN.split()}
"""Characters that always have another form in Taiwan."""

_TABLE = np.arange(0x110000, dtype=np.uint32)
_TABLE[[ord(character) for character in TAIWAN]] = [ord(form) for form in TAIWAN.values()]

_WORDS = {
    "身份": "身分", "巨資": "鉅資", "巨額": "鉅額", "艱巨": "艱鉅", "伙伴": "夥伴",
    "彙集": "匯集", "重覆": "重複", "反復": "反覆", "嘩變": "譁變", "嘩然": "譁然",
    "彌漫": "瀰漫", "游刃": "遊刃", "剋制": "克制", "幹預": "干預", "簡潔明了": "簡潔明瞭",
    "盡管": "儘管", "鉅大": "巨大", "鉅頭": "巨頭", "彆著": "別著", "答復": "答覆", "批復": "批覆", "借著": "藉著", "大伙": "大夥",
    "鞦千": "鞦韆", "厘米": "釐米", "嚐嘗": "嚐嚐", "之于": "之於", "愛麗捨": "愛麗舍", "今週刊": "今周刊", "甲胄": "甲冑", "几率": "幾率",
    "妝發": "妝髮", "托辭": "託辭", "托詞": "託詞", "托付": "託付", "托附": "託附", "彷佛": "彷彿", "茶託": "茶托",
    "嚐試": "嘗試", "綑綁": "捆綁", "複職": "復職", "仿彿": "彷彿",
    "托管": "託管", "星露穀": "星露谷", "私有云": "私有雲", "公有云": "公有雲",
    "調製解調": "調制解調", "荔枝幹": "荔枝乾", "直昇機": "直升機", "拜佔庭": "拜占庭",
    "梳芙釐": "梳芙厘", "若干周後": "若干週後", "周線圖": "週線圖",
}  # fmt: skip
"""Words that always have one form."""

# A pattern begins with a character of the word, because the search is then fast.
_RETURN = re.compile("迴歸(?!分析|模型|係數|直線|方程|式)")
_REPLY = re.compile("回復(?=[道說我你他她：:「『“]|郵件|訊息|信息|評論|公眾號|留言|關鍵[詞字])")
_SINK = re.compile("沈(?:(?=[默悶沒重溺寂睡迷思澱浸淪船穩痛積降靜醉吟])|(?<=[深低下浮陰消]沈))")
"""Words with 沉. Some authors write its old form 沈. 沈 alone is a surname."""
_AROUND = re.compile("四週(?<![第近約共每這前後隔滿了為是達]四週)(?![後前內以之時歲年期到至大的])")
"""四周 means all around. 四週 means four weeks and has a word of time beside it."""
_BESIDE = re.compile("週(?=遭(?![到遇受逢]))")
"""周遭 means around. In 這週遭到 the two characters are not one word."""
_PLAN = re.compile(
    r"計劃(?![於在把將讓要加用以按明今去晚先從向再不下本\d]|年內|推出|發布|出售|收購|投資|建立|建造|開設|開放|進行|給)"
)
"""計畫 is the noun. The verb 計劃 is followed by the planned action."""
_INVOLUTION = re.compile("內卷(?<![體室屋之海境省]內卷)(?![一二三四五六七八九十首末起])")
"""內捲 (involution, competition without gain) as Taiwan writes it. In 體內卷 and 內卷三 the two characters are
not one word.
"""
_SEND = re.compile(r"髮(?<=[被將並會可時一再未已]髮)(?=[送布現出起給射行動揮掘明])")
_TAKE = re.compile("采(?<![風神丰精華光異喝]采)(?=[訪用取集購納樣摘掘])")
"""發 and 採 where two words meet: 被|發送, 中文|採訪."""
_OWN_MAKE = re.compile("自制(?<![最有乏及不能很更]自制)(?=的(?!人|力|心|能力|態度|美德|行為|情緒|精神))")
"""自製 (made by oneself) before 的. 自制 is self-control: 自制力, 無法自制, 一個懂得自制的人, 缺乏自制的."""
_UNDERSTAND = re.compile("了解(?<!為了解)(?=到|一下|更多|過|清楚|詳情|情況|內容|背景|狀況|原因|如何|什麼)")
"""瞭解 where it is one word. In 為了解到 it is not."""
_CONTROL = re.compile("自製(?<=[懂缺無不難學能][得乏法能以夠會]自製)(?=[的力心地，。、！？；\n]|$)")
"""自制 (self-control) after such verbs."""
_COEFFICIENT = re.compile("系數(?<![學科院各本分四]系數)(?![十百千萬位名個人])")
"""係數 (coefficient). 系數 is not a word; in 學系數十人 the two characters are not one word."""
_DRIED = re.compile(
    "幹(?<=檸檬幹|荔枝幹|椰子幹|芒果幹|蘋果幹|水果幹|漿果幹|葡萄幹|香蕉幹|鳳梨幹|芭樂幹|草莓幹|藍莓幹|越莓幹|紅棗幹|花果幹)(?![部事練])"
)
"""乾 after a fruit: 檸檬乾, 芒果乾. 水果幹部 is two words."""
_DO = re.compile(
    "乾(?<![餅曬吹擦烘晾烤風弄擰瀝燒煮]乾)(?=點(?:[別别]的|啥|活|事|什麼|正事|好事|[壞大實]事|農活|有意))"
)
"""幹 before the object of doing something: 幹點別的. 曬乾點 is drying."""
_COUNT = "0-9０-９一二三四五六七八九十百千萬億兩幾數半"
_LATER = re.compile(f"后(?:(?<=[{_COUNT}]天后)|(?<=[{_COUNT}][ \u3000]天后))")
"""後 after a number of days: 7 天后 means seven days later. 天后 alone is a goddess or a star."""

_SETTLED = re.compile("|".join(map(re.escape, (*_WORDS.values(), "回歸", "回覆", "計畫", "計劃", "幹點"))))


def canonical(text: str) -> str:
    """A Traditional text with each character in the form that Taiwan's policy has for it, of the same
    length.
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return canonical_points(points).astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def canonical_points(points: Points) -> Points:
    """The code points of a Traditional text with each in the form that Taiwan's policy has for it."""
    return _TABLE[points].astype(points.dtype)


def settle(text: str) -> str:
    """A Traditional text in Taiwan's forms with the words of the policy in their one form, of the same
    length.
    """
    for wrong, right in _WORDS.items():
        text = text.replace(wrong, right)
    for word, pattern, right in (
        ("迴歸", _RETURN, "回歸"),
        ("回復", _REPLY, "回覆"),
        ("計劃", _PLAN, "計畫"),
        ("沈", _SINK, "沉"),
        ("四週", _AROUND, "四周"),
        ("週遭", _BESIDE, "周"),
        ("髮", _SEND, "發"),
        ("采", _TAKE, "採"),
        ("后", _LATER, "後"),
        ("內卷", _INVOLUTION, "內捲"),
        ("自制的", _OWN_MAKE, "自製"),
        ("自製", _CONTROL, "自制"),
        ("了解", _UNDERSTAND, "瞭解"),
        ("系數", _COEFFICIENT, "係數"),
    ):
        if word in text:
            text = pattern.sub(right, text)
    return settle_everywhere(text)


def settle_everywhere(text: str) -> str:
    """A Traditional text with the words that have the same one form in Taiwan and in Hong Kong in that form,
    of the same length.
    """
    text = _DRIED.sub("乾", text) if "幹" in text else text
    return _DO.sub("幹", text) if "乾點" in text else text


def settled_places(text: str) -> set[int]:
    """Places of a settled text that the policy decides."""
    return {place for word in _SETTLED.finditer(text) for place in range(word.start(), word.end())}
