from __future__ import annotations

import time

import pytest

from duizhao import DuizhaoError, convert
from duizhao.text import (
    detect_script,
    engine,
    find_damage,
    find_damage_together,
    find_script,
    make_conversion,
    make_conversions,
    repair,
    same_characters,
    simplify,
    simplify_together,
    traditional_only,
)
from duizhao.text.forms import canonical

BROKEN = "這位科學傢隻要有空就專註地看書,作傢們隻有羨慕。她是科學傢,也關註天上的星。裡程碑立在路邊,關系復雜。"
WRITTEN = "社區裡有一位修鐘的師傅,名叫林松發。他的徒弟姓鍾,叫鍾于萍,還有一位叫余范祥的鄰居。松發伯說,台灣的老鐘越來越少了。"


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("会上展示了如何用旧机器", "會上展示了如何用舊機器"),
        ("电灯被发明之前，文物被发掘之后，报告将被发布", "電燈被發明之前，文物被發掘之後，報告將被發布"),
        ("参与制造，结构更复杂，多了一个中间人", "參與製造，結構更複雜，多了一個中間人"),
        ("公有云和私有云", "公有雲和私有雲"),
        ("旧的调制解调器", "舊的調制解調器"),
        ("他说原因是只有一个，原理就是只要有水", "他說原因是只有一個，原理就是只要有水"),
        ("不要干预，要克制", "不要干預，要克制"),
        ("别着急，先喝一杯手冲咖啡", "別著急，先喝一杯手沖咖啡"),
    ],
)
def test_ambiguous_characters_are_decided_by_context(simplified: str, traditional: str) -> None:
    assert convert(simplified, "zh-Hant") == traditional


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("他的身份是顾问", "他的身分是顧問"),
        ("公司宣布了新计划", "公司宣布了新計畫"),
        ("她计划明年推出", "她計劃明年推出"),
        ("硅谷的合作伙伴", "矽谷的合作夥伴"),
        ("据了解，为了解决问题", "據瞭解，為了解決問題"),
        ("四周沉默，四周后沈先生答复", "四周沉默，四週後沈先生答覆"),
        ("请求将被发送，他的头发送去检验", "請求將被發送，他的頭髮送去檢驗"),
        ("接受中文采访，风采取胜", "接受中文採訪，風采取勝"),
        ("内卷的荔枝干，体内卷起，直升机", "內捲的荔枝乾，體內捲起，直升機"),
        ("这是中国自制的，不是懂得自制的人", "這是中國自製的，不是懂得自制的人"),
        ("他缺乏自制力。他懂得自制。自制的饼干", "他缺乏自制力。他懂得自制。自製的餅乾"),
        ("防晒系数，电机系数十人", "防曬係數，電機系數十人"),
        ("柠檬干、荔枝干，仿佛了解到了", "檸檬乾、荔枝乾，彷彿瞭解到了"),
        ("拜占庭占领了城市", "拜占庭佔領了城市"),
        ("若干周后，这周遭的人看着周线图", "若干週後，這周遭的人看著週線圖"),
        ("7天后歌坛天后去了天后庙，三十 天后回来", "7天後歌壇天后去了天后廟，三十 天後回來"),
    ],
)
def test_a_word_has_its_one_form(simplified: str, traditional: str) -> None:
    assert convert(simplified, "zh-Hant") == traditional


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("老周来了。小范笑道，老于走了。", "老周來了。小范笑道，老于走了。"),
        ("一个姓范的人，一个姓于，一个姓钟", "一個姓范的人，一個姓于，一個姓鍾"),
        ("于师傅说，范经理也说，余老师问", "于師傅說，范經理也說，余老師問"),
        ("“余总，你好！”请叶先生来，请范先生来", "「余總，你好！」請葉先生來，請范先生來"),
    ],
)
@pytest.mark.parametrize("to", ["zh-Hant", "zh-Hant-HK"])
def test_a_surname_with_its_title_has_its_own_form_without_a_doubt(
    simplified: str, traditional: str, to: str
) -> None:
    told = make_conversion(simplified.replace("“", "「").replace("”", "」"), to)
    assert canonical(told.text) == traditional
    assert not [doubt for doubt in told.doubts if doubt.written in "周范于余钟叶"]


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("由于经理不在，对于老师的话，小于五", "由於經理不在，對於老師的話，小於五"),
        ("于老师而言", "於老師而言"),
        ("于先生来说", "於先生來說"),
        ("老于世故的人，百姓于水火之中", "老於世故的人，百姓於水火之中"),
        ("每周师傅都来，下周总结，一周老师", "每週師傅都來，下週總結，一週老師"),
        ("示范老师，小范围，剩余总数，其余先生", "示範老師，小範圍，剩餘總數，其餘先生"),
        ("小周末，老范本，于总部开会", "小週末，老範本，於總部開會"),
    ],
)
def test_a_word_before_a_title_is_no_surname(simplified: str, traditional: str) -> None:
    assert convert(simplified, "zh-Hant") == traditional


def test_doing_something_is_not_drying() -> None:
    assert convert("没尝试过干点别的，干点正事", "zh-Hant") == "沒嘗試過幹點別的，幹點正事"
    assert convert("晒干点别的", "zh-Hant") == "曬乾點別的"
    assert convert("没尝试过干点别的", "zh-Hant-HK") == "沒嘗試過幹點別的"


def test_a_doubtful_word_has_one_form_in_a_text() -> None:
    told = convert("主题定制方案。如果有新的定制需求，请看定制说明。", "zh-Hant")
    assert len({told[place + 1] for place in range(len(told)) if told[place] == "定"}) == 1


def test_traditional_has_taiwans_forms_not_opencc_s_internal_ones() -> None:
    assert convert("群众吃面，里面", "zh-Hant") == "群眾吃麵，裡面"


def test_hong_kong_has_forms_of_its_own() -> None:
    assert convert("观塘线的用户", "zh-Hant-HK") == "觀塘綫的用户"
    assert convert("里面有只猫，说过的话", "zh-Hant-HK") == "裏面有隻貓，説過的話"
    assert convert("身份和计划", "zh-Hant-HK") == "身份和計劃"


def test_a_name_that_is_known_keeps_its_form_and_is_not_in_doubt() -> None:
    told = make_conversion("请找余范", "zh-Hant", {"余范": "余范"})
    assert told.text == "請找余范"
    assert not [doubt for doubt in told.doubts if doubt.place in (2, 3)]


def test_a_place_that_context_does_not_decide_is_told_with_its_forms() -> None:
    text = "里长来了\n请余先生来\n他干了\n他叫钟于"
    told = make_conversion(text, "zh-Hant")
    assert told.doubts
    for doubt in told.doubts:
        assert doubt.written == text[doubt.place]
        assert told.text[doubt.place] in {form for form, _ in doubt.forms}
        assert len(doubt.forms) > 1
        assert sum(probability for _, probability in doubt.forms) == pytest.approx(1, abs=0.02)


def test_what_is_traditional_already_stays_as_it_was_written() -> None:
    for text in (
        WRITTEN,
        "不干預內政，態度克制",
        "他係香港人，嗰啲嘢好靚嘅",
        "颱風過後的台北",
    ):
        assert convert(text, "zh-Hant") == text
        assert convert(text, "zh-Hant-HK") == text


def test_what_is_simplified_already_stays_as_it_was_written() -> None:
    text = "这里的著名作者编著了这部名著，张三 著"
    assert convert(text, "zh-Hans") == text


def test_lines_of_the_other_script_are_converted_and_the_rest_stays() -> None:
    mixed = "這裡的颱風過了台北\n这里的台风过了"
    assert convert(mixed, "zh-Hant") == "這裡的颱風過了台北\n這裡的颱風過了"
    assert convert(mixed, "zh-Hans") == "这里的台风过了台北\n这里的台风过了"
    assert convert("這一个字", "zh-Hant") == "這一個字"


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("他看著窗外,想著那本名著的原著作者。", "他看着窗外,想着那本名著的原著作者。"),
        ("這部編著的詞典是一部專著,很著名。", "这部编著的词典是一部专著,很著名。"),
        ("他在這座城裡經營著名為「慢遞」的小店", "他在这座城里经营着名为「慢递」的小店"),
        ("《渡口記》,林某某 著,河邊出版社", "《渡口记》,林某某 著,河边出版社"),
        ("矽谷的朋友", "硅谷的朋友"),
    ],
)
def test_the_way_to_simplified_decides_zhu_and_zhe(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified


TOGETHER = (
    "里长来了",
    "",
    "着",
    "后",
    "著",
    "\n着一",
    "他看著窗外 著",
    "𠮷发里",
    "后\0发",
    "\ud800里发",
    "请余先生来，他干了",
    "先后发了三只",
    "\n\n",
    "這裡的颱風過了台北\n这里的台风过了",
    BROKEN,
    WRITTEN,
    "余总说发现里面有头发。\n余总又说，这里的理发店只有一家。",
)
"""Texts whose ends and beginnings are evidence for one another, if nothing keeps them apart."""


NAMES = {"余总": "余總"}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("to", ["zh-Hans", "zh-Hant", "zh-Hant-HK"])
def test_texts_that_are_converted_together_become_what_each_becomes_alone(to: str, order: int) -> None:
    texts = TOGETHER[::order]
    assert make_conversions(texts, to, NAMES) == [make_conversion(text, to, NAMES) for text in texts]
    assert make_conversions([], to) == []


@pytest.mark.parametrize("order", [1, -1])
def test_damage_and_simplified_forms_do_not_depend_on_the_texts_beside(order: int) -> None:
    texts = TOGETHER[::order]
    assert find_damage_together(texts) == [find_damage(text) for text in texts]
    assert simplify_together(texts) == [simplify(text) for text in texts]


def test_a_text_that_a_converter_broke_is_found_and_repaired_at_the_broken_places_alone() -> None:
    damage = find_damage(BROKEN)
    assert {(one.written, one.right) for one in damage} >= {("傢", "家"), ("隻", "只"), ("註", "注")}
    assert repair(BROKEN, damage) == (
        "這位科學家只要有空就專注地看書,作家們只有羨慕。她是科學家,也關注天上的星。里程碑立在路邊,關係複雜。"
    )


def test_a_text_that_a_person_wrote_is_not_damaged() -> None:
    assert find_damage(WRITTEN) == ()
    assert find_damage("一隻貓和一隻狗,傢俱行的註解,裡面有三隻船。") == ()
    assert find_damage("") == ()


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("这里没有繁体", "zh-Hans"),
        ("中文", "zh-Hans"),
        ("", "zh-Hans"),
        ("這個沒有簡體", "zh-Hant"),
        ("裡面的軟體和網路，臺北", "zh-Hant-TW"),
        ("佢喺香港，嗰啲嘢好靚嘅", "zh-Hant-HK"),
        ("這一段是繁體寫的\n这一段是简体写的", "mixed"),
    ],
)
def test_the_script_of_a_text_is_told(text: str, tag: str) -> None:
    assert find_script(text).tag == tag


def test_lines_of_the_other_script_are_named() -> None:
    told = find_script("這一段是繁體寫的\n这一段是简体写的\n這一段也是繁體寫的")
    assert (told.written, told.mixed) == ("zh-Hant", ("这一段是简体写的",))


@pytest.mark.parametrize(
    ("text", "script"),
    [("这里没有繁体", "zh-Hans"), ("這裡沒有簡體", "zh-Hant"), ("中文", "zh-Hans"), ("", "zh-Hans")],
)
def test_the_script_is_read_off_the_characters(text: str, script: str) -> None:
    assert detect_script(text) == script


def test_an_unknown_script_names_the_known_ones() -> None:
    with pytest.raises(DuizhaoError, match="zh-Hans, zh-Hant"):
        convert("字", "zh-Latn")


def test_traditional_only_characters_are_found_in_their_places() -> None:
    assert traditional_only("这裡有個字") == [1, 3]


def test_texts_are_compared_but_for_their_script() -> None:
    assert same_characters("看著裡面的隻隻", "看着里面的只只")
    assert not same_characters("看著", "看了")


def test_characters_that_are_simplified_to_rare_ones_are_the_same() -> None:
    assert same_characters("濆鰦", "𣸣𩽾") is (simplify("濆鰦") == "𣸣𩽾")
    assert same_characters("濆", simplify("濆"))
    assert not same_characters("濆", "𩽾")


def test_the_manifest_can_say_which_engine_dictionaries_and_model_shaped_the_text() -> None:
    told = engine()
    assert told["engine"] in ("opencc", "opencc-python-reimplemented")
    assert len(told["dictionaries_sha256"]) == 64
    assert len(told["model_crc32"]) == 8


@pytest.mark.parametrize("to", ["zh-Hans", "zh-Hant", "zh-Hant-HK"])
@pytest.mark.parametrize(
    "text", ["", "no Chinese at all, 123\r\n", "\ud800", "𠀀𠀁", "🀄️", "\0", "\u2028\x85"]
)
def test_what_is_not_chinese_stays(text: str, to: str) -> None:
    assert convert(text, to) == text


def test_nul_and_lone_surrogates_stay_in_a_text_that_is_converted() -> None:
    assert convert("你们\0好\ud800发现", "zh-Hant") == "你們\0好\ud800發現"


@pytest.mark.slow
def test_time_is_linear_on_ten_megabytes_without_a_space() -> None:
    taken = []
    for size in (1_000_000, 10_000_000):
        text = "我们发现了里面的干部" * (size // 30)
        start = time.process_time()
        assert len(convert(text, "zh-Hant")) == len(text)
        taken.append(time.process_time() - start)
    assert taken[1] < 14 * taken[0] + 0.5


def test_a_rare_character_whose_simplified_form_is_beyond_the_first_plane_is_the_same_character() -> None:
    assert same_characters("㑮鐏了", "𫝈𨱔瞭")
    assert not same_characters("鐏", "𫝈")
    assert not same_characters("𠮷", "𫝈")
    assert not same_characters("灯塔", "灯")


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("相較於單向，相比於單個，於是由於", "相较于单向，相比于单个，于是由于"),
        ("它位於倫敦，關於坦克，對於戲劇，由於潛在的風險", "它位于伦敦，关于坦克，对于戏剧，由于潜在的风险"),
        ("健康乾淨的餅乾造型，烘乾元件", "健康干净的饼干造型，烘干元件"),
        ("主角徵選，徵聲優，徵調軍隊", "主角征选，征声优，征调军队"),
        ("吳祕書說台南氾濫，今年釐清", "吴秘书说台南泛滥，今年厘清"),
    ],
)
def test_a_phrase_of_the_engine_that_two_words_make_keeps_no_traditional_character(
    traditional: str, simplified: str
) -> None:
    assert simplify(traditional) == simplified
    assert traditional_only(simplified) == []


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("乾隆年間的乾清宮，扭轉乾坤", "乾隆年间的乾清宫，扭转乾坤"),
        ("康乾盛世，哪吒，畢昇，魏徵", "康乾盛世，哪吒，毕昇，魏徵"),
        ("作家於梨華與楊聯陞", "作家於梨华与杨联陞"),
        ("樊於期對氾水的束脩", "樊於期对氾水的束脩"),
    ],
)
def test_words_that_keep_a_character_in_simplified_keep_it_and_it_is_no_traditional_one(
    traditional: str, simplified: str
) -> None:
    assert simplify(traditional) == simplified
    assert traditional_only(simplified) == []


def test_the_surname_shen_is_not_taken_for_sinking() -> None:
    assert simplify("老沈沒有來，小沈默默地走，沈船長說") == "老沈没有来，小沈默默地走，沈船长说"
    assert simplify("沈船的人沈默，船沈沒了") == "沉船的人沉默，船沉没了"


def test_forms_of_hong_kong_and_taiwan_that_the_engine_leaves_are_simplified() -> None:
    assert simplify("衞生署的姪子揹着粧奩，甦醒了") == "卫生署的侄子背着妆奁，苏醒了"
    assert traditional_only("衞生") == [0]
    assert same_characters("衞生", "卫生")
    assert not same_characters("衞生", "衔生")


def test_a_simplified_character_is_not_taken_for_a_traditional_one_for_a_phrase_of_the_engine() -> None:
    assert traditional_only("他打坏了东西，沈船长答覆") == []
    assert traditional_only("於单") == [0]
