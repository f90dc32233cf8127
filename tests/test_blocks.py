from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duizhao.text import Block, find_blocks, front_matter_doubt, split_sentences
from duizhao.text.document import find_front_matter, make_document
from duizhao.text.spans import cut, join, locate, places_of, positions, read, read_all, spaced, trim
from growth import growth

RAW = Path(__file__).parents[1] / "raw"


def blocks_of(text: str, name: str = "text.md") -> list[tuple[str, str]]:
    document = make_document("text", text, name=name)
    return [(block.kind, read(text, block.spans)) for block in find_blocks(document)]


def paragraphs(text: str) -> list[str]:
    return [text for kind, text in blocks_of("# 标题\n\n" + text)[1:] if kind != "image"]


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("这是一个很长很长的句子，它在写到一半的地方就被转换器硬生生地断\n开了，读者不应当看到。", "这是一个很长很长的句子，它在写到一半的地方就被转换器硬生生地断开了，读者不应当看到。"),
        ("疲惫不堪的创始人在经历了漫长的一周之后终于见到了老朋友 Sam\nAltman，两人谈了很久。", "疲惫不堪的创始人在经历了漫长的一周之后终于见到了老朋友 Sam Altman，两人谈了很久。"),
        ("这家公司在经历了漫长的一周之后终于宣布，它在过去的一年里投入了 11\n月份的全部收入。", "这家公司在经历了漫长的一周之后终于宣布，它在过去的一年里投入了 11 月份的全部收入。"),
    ],
)  # fmt: skip
def test_hard_wrapped_lines_are_joined_without_a_space_between_han_and_with_one_next_to_latin(
    raw: str, read_as: str
) -> None:
    assert paragraphs(raw) == [read_as]


def test_lines_that_are_whole_paragraphs_stay_apart() -> None:
    assert paragraphs("第一段到这里就说完了。\n第二段是另外一件事。\n第三段也是。") == [
        "第一段到这里就说完了。",
        "第二段是另外一件事。",
        "第三段也是。",
    ]


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("**全部**加粗", "全部加粗"),
        ("******问题**** 2：**谁来****？", "问题 2：谁来？"),
        ("没有闭合的**，强调", "没有闭合的，强调"),
        ("这是**晚宴** 。就是", "这是晚宴。就是"),
        ("关于模型**Q** * 的突破**", "关于模型Q* 的突破"),
        ("关于模型Q* 的突破。", "关于模型Q* 的突破。"),
        ("_**原文如下：**_", "原文如下："),
        ("变量 snake_case_name 不变", "变量 snake_case_name 不变"),
        ("见[首页](https://example.org/a_(b))。", "见首页。"),
        ("写作\\*星号\\*。", "写作*星号*。"),
    ],
)
def test_markdown_marks_are_markup_whether_or_not_they_close(raw: str, read_as: str) -> None:
    assert paragraphs(raw) == [read_as]


def test_stars_that_blot_out_a_word_stay_as_received() -> None:
    assert paragraphs("他接受了一场中国**的采访。") == ["他接受了一场中国**的采访。"]
    assert blocks_of("标题\n\n他向**透露，又在中国**采访。", "text.txt")[1] == (
        "paragraph",
        "他向**透露，又在中国**采访。",
    )


def test_images_rules_and_lone_marks_are_no_text() -> None:
    assert blocks_of("# 题\n\n![](https://e.org/a.png)\n\n* * *\n\n**  \n**\n\n正文。") == [
        ("title", "题"),
        ("image", ""),
        ("paragraph", "正文。"),
    ]


def test_interview_labels_become_speakers_and_leave_the_text() -> None:
    text = "# 题\n\n**记者：** 你好吗？\n\n****Sam Altman:****\n我很好，谢谢你问起这一件小小的事情，我这几天来一直都在\n想着它。\n"
    turns = [block for block in find_blocks(make_document("t", text, name="t.md")) if block.speaker]
    assert [(turn.speaker, turn.asks, read(text, turn.spans)) for turn in turns] == [
        ("记者", True, "你好吗？"),
        ("Sam Altman", False, "我很好，谢谢你问起这一件小小的事情，我这几天来一直都在想着它。"),
    ]


def test_a_byline_is_no_turn_where_turns_are_emphasised() -> None:
    text = (
        "# 题\n\n记者：张三，2023年11月29日 事情是这样的。\n\n**记者：** 你好吗？这几天你都在做什么？有没有想过以后的事情？\n\n"
        "**李四：** 我很好。这几天我一直在家里看书，以后的事情以后再说。\n"
    )
    speakers = [block.speaker for block in find_blocks(make_document("t", text, name="t.md"))]
    assert speakers == [None, None, "记者", "李四"]


def test_plain_labels_that_come_back_are_turns_and_single_ones_are_not() -> None:
    turns = "题\n\n问：几点了？\n\n答：三点。\n\n问：晚了吗？\n\n答：不晚。\n"
    assert [block.speaker for block in find_blocks(make_document("t", turns))][1:] == ["问", "答", "问", "答"]
    single = "题\n\n人物介绍：他生于上海。\n\n时间：昨天下午。\n"
    assert [block.speaker for block in find_blocks(make_document("t", single))] == [None, None, None]


def test_a_title_that_stands_only_in_front_matter_is_text_and_the_other_keys_are_not() -> None:
    text = "---\ntitle: 从头到尾\ndate: 2023-11-24\n---\n第一段。\n第二段。\n"
    assert blocks_of(text) == [
        ("title", "从头到尾"),
        ("front_matter", "2023-11-24"),
        ("paragraph", "第一段。"),
        ("paragraph", "第二段。"),
    ]


def test_short_lines_without_a_stop_are_headings() -> None:
    assert blocks_of("题目在此\n\n正文第一段。\n\n迷雾重重：传言纷飞 人心涣散\n正文第二段。\n", "t.txt")[
        2
    ] == (
        "heading",
        "迷雾重重：传言纷飞 人心涣散",
    )


@pytest.mark.parametrize(
    "path", sorted(RAW.glob("*/*.*")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_blocks_of_our_articles_neither_overlap_nor_leave_letters_between_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = find_blocks(make_document(path.stem, text, path.parent.name, path.name))
    end = 0
    for block in found:
        assert block.start >= end
        assert not any(map(str.isalnum, text[end : block.start])), text[end : block.start]
        assert all(block.start <= a < b <= block.end for a, b in block.spans)
        end = block.end
    assert not any(map(str.isalnum, text[end:]))


def test_marks_are_read_alike_whatever_ends_the_file() -> None:
    for end in ("", "\\"):
        assert (
            blocks_of(f"*斜体*的一句话，说完了。\n\n第二段。{end}", "t.md")[0][1] == "斜体的一句话，说完了。"
        )


def test_marks_in_an_address_are_no_emphasis() -> None:
    text = "# 题\n\n见[*某页*](https://a.example/b*c_d)，还有[另页](https://a.example/*)。\n\n**整行粗体。**"
    assert [block[1] for block in blocks_of(text, "t.md")] == ["题", "见某页，还有另页。", "整行粗体。"]


def test_code_between_fences_is_kept_line_by_line_as_it_stands() -> None:
    text = "# 题\n\n先看代码：\n\n```python\n# 注释 *不是* 标题\nfor a in b:\n\n    print(a)\n```\n\n说完了。"
    assert blocks_of(text, "t.md") == [
        ("title", "题"), ("paragraph", "先看代码："),
        ("code", "# 注释 *不是* 标题"), ("code", "for a in b:"), ("code", "print(a)"), ("paragraph", "说完了。"),
    ]  # fmt: skip


def test_fence_that_nothing_closes_or_that_wraps_the_text_makes_no_code() -> None:
    prose = "院子里的柿子还没有红透，祖母已经把竹竿找了出来。"
    for text in (f"# 题\n\n```\n\n{prose}", f"```\n题\n\n{prose}\n```"):
        assert ("paragraph", prose) in blocks_of(text, "t.md")


@pytest.mark.parametrize(
    "fence",
    ["``` js 后端.js", "```js 后端", "```代码", "```js [后端.js]", '```js title="后端"', "~~~ js 用 `a`"],
)
def test_any_words_after_a_fence_are_the_name_of_its_code_and_no_text(fence: str) -> None:
    text = f"# 题\n\n看：\n\n{fence}\nlet a = 1\n# x\n{fence[:3]}\n\n完了。\n\n```js\nlet b\n```\n"
    assert kinds_and_texts(text)[2:] == [
        ("front_matter", fence.strip("`~ ") if fence[0] == "`" else "js 用 `a`"),
        ("code", "let a = 1"), ("code", "# x"), ("paragraph", "完了。"), ("code", "let b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "```这是一句话。\n\n完了。\n",
        "```这是一句话。\n\n完了。\n\n```js\nlet b\n```\n",
        "```这是一句话。\n完了。\n```\n",
        "```这是一句话。```\n\n完了。\n\n```js\nlet b\n```\n",
    ],
    ids=["never-closed", "not-closed-before-the-next", "around-chinese", "on-one-line"],
)
def test_words_after_a_fence_that_opens_no_code_are_text(text: str) -> None:
    told = kinds_and_texts(f"# 题\n\n{text}")[1:]
    assert told[:2] == [("paragraph", "这是一句话。"), ("paragraph", "完了。")]
    assert told[2:] in ([], [("code", "let b")])


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("{% codeblock lang:js %}", "{% endcodeblock %}"),
        ("{% highlight js linenos %}", "{% endhighlight %}"),
        ("{%- highlight js -%}", "{%- endhighlight -%}"),
        ('{{< highlight js "linenos=table" >}}', "{{< /highlight >}}"),
        ("<pre>", "</pre>"),
        ('<pre class="js"><code>', "</code></pre>"),
    ],
)
def test_what_tags_of_code_enclose_is_code(opening: str, closing: str) -> None:
    code = "for (a of b) {\n\n    say(a * b * c)\n# 说完\n}"
    text = f"# 题\n\n看这一段代码。\n\n{opening}\n{code}\n{closing}\n\n完了。\n"
    assert kinds_and_texts(text)[2:] == [
        ("code", "for (a of b) {"), ("code", "say(a * b * c)"), ("code", "# 说完"), ("code", "}"),
        ("paragraph", "完了。"),
    ]  # fmt: skip


def test_a_name_in_a_tag_of_code_is_metadata() -> None:
    text = "# 题\n\n{% codeblock 后端.js lang:js %}\nlet a\n{% endcodeblock %}\n"
    assert kinds_and_texts(text)[1:] == [("front_matter", "后端.js lang:js"), ("code", "let a")]


@pytest.mark.parametrize(
    "around",
    [
        "{% codeblock %}\n*\n", "{% raw %}\n*\n{% endraw %}\n", "{% highlight js %}\n*\n{% endhighlight %}\n",
        "<pre>\n*\n</pre>\n", "<pre>\n*\n", "*\n{% endcodeblock %}\n",
    ],
    ids=[
        "never-closed", "no-tag-of-code", "around-chinese", "pre-around-chinese", "pre-never-closed",
        "never-opened",
    ],
)  # fmt: skip
def test_what_other_tags_enclose_is_text(around: str) -> None:
    text = f"# 题\n\n{around.replace('*', '祖母把竹竿找了出来。')}"
    assert kinds_and_texts(text)[1:] == [("paragraph", "祖母把竹竿找了出来。")]


@pytest.mark.parametrize("tag", ["code", "button", "Step"])
def test_lines_that_are_each_one_element_are_not_joined(tag: str) -> None:
    lines = [f'<{tag} src="./pole.tsx">{words}</{tag}>' for words in ("竹竿", "四种柿子", "一棵树")]
    assert [said for _, said in kinds_and_texts("# 题\n\n" + "\n".join(lines) + "\n")[1:]] == [
        "竹竿", "四种柿子", "一棵树",
    ]  # fmt: skip


def test_elements_in_the_lines_of_a_wrapped_paragraph_are_joined() -> None:
    text = "院子里的柿子还没有红透，祖母已经把竹竿找了出来，靠在墙边，等着\n<code>a</code>和<code>b</code>，一个一个地打。\n"
    red = '<span style="color: red">院子里的柿子还没有红透，祖母</span>\n<span>已经把竹竿找了出来。</span>\n'
    for wrapped in (text, red):
        assert len(kinds_and_texts(f"# 题\n\n{wrapped}")) == 2


def test_code_of_html_has_no_tags_and_its_references_are_characters() -> None:
    text = '# 题\n\n<pre><code>let <span class="k">a</span> = *b* &lt; c_d_e;\n  let&nbsp;f;</code></pre>\n'
    assert kinds_and_texts(text)[1:] == [("code", "let a = *b* < c_d_e;"), ("code", "let f;")]


def test_embedded_files_are_images_and_comments_of_html_are_no_text() -> None:
    text = (
        "# 题\n\n![[图一.png]]\n\n**![[图二.png|300]]**\n\n<!--\n来源：某处\n-->\n\n正文<!-- 注 -->在此。\n\n<style>\np "
        "{ color: red }\n</style>"
    )
    assert blocks_of(text, "t.md") == [
        ("title", "题"), ("image", ""), ("image", ""), ("front_matter", ""), ("paragraph", "正文在此。"),
        ("front_matter", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "# 题\n\n```html\n<!-- 注 -->\n<p>a</p>\n```\n\n完了。",
        "# 题\n\n<!--\n```\nx\n```\n-->\n\n正文在此。",
        "第一行\n<!-- meta\ndate: 2026-07-02\n-->\n\n正文在此。",
    ],
    ids=["comment-in-code", "code-in-comment", "header-in-comment"],
)
def test_code_comments_and_headers_never_overlap(text: str) -> None:
    end = 0
    for block in find_blocks(make_document("t", text, "zh", "t.md")):
        assert block.start >= end
        end = block.end


def test_links_with_a_title_are_links() -> None:
    text = '# 题\n\n见[某页](https://a.example/b "某页的题目")。\n\n- [另一页](https://a.example/c "另一页")'
    assert [text for _, text in blocks_of(text, "t.md")] == ["题", "见某页。", "另一页"]


def test_paragraphs_of_html_are_blocks_and_its_tags_are_no_text() -> None:
    text = (
        "# 题\n\n<div>\n<blockquote>\n <p>第一段，<strong>粗</strong>的&nbsp;字。</p> \n "
        "<p>第二段。</p><p>&nbsp;</p>\n</blockquote>\n"
        '<p><img src="a.png"><br>图中的字<br>第三段，<a href="https://a.example/b">链接</a>。</p>\n</div>'
    )
    texts = ["题", "第一段，粗的字。", "第二段。", "", "图中的字", "第三段，链接。"]
    assert [text for _, text in blocks_of(text, "t.txt")] == texts


def test_white_space_of_html_is_no_text_in_a_bold_line_either() -> None:
    assert blocks_of("# 题\n\n**第&nbsp;一行。**\n\n第&nbsp;二行。", "t.md")[1:] == [
        ("paragraph", "第一行。"),
        ("paragraph", "第二行。"),
    ]


def test_tags_of_html_in_code_part_no_paragraph_of_markdown() -> None:
    text = "# 题目\n\n把文字写在<p>和</p>之间就行。\n\n```html\n<p>甲</p>\n```\n"
    assert kinds_and_texts(text)[1:] == [("paragraph", "把文字写在和之间就行。"), ("code", "<p>甲</p>")]


def test_text_that_speaks_of_tags_is_not_parted_at_them() -> None:
    text = "# 题\n\n先写 `</div>`，再写别的。\n第二行是另一段。\n第三行也是。"
    assert [kind for kind, _ in blocks_of(text, "t.md")] == ["title", "paragraph", "paragraph", "paragraph"]


def test_link_that_a_converter_broke_over_lines_leaves_only_what_it_says() -> None:
    text = (
        "# 题\n\n[\n\n![图](https://a.example/a.png)\n\n](https://a.example/b)\n\n正文在此，很短。"
        "\n\n另一篇的题目](https://a.example/c)"
    )
    assert blocks_of(text, "t.md") == [
        ("title", "题"), ("image", ""), ("paragraph", "正文在此，很短。"), ("heading", "另一篇的题目"),
    ]  # fmt: skip


def test_front_matter_may_stand_behind_blank_lines_and_hold_lists() -> None:
    found = blocks_of("\n---\ntitle: 题\ntags:\n - 甲\n - 乙\n---\n\n正文。", "t.md")
    assert [kind for kind, _ in found] == [
        "title",
        "front_matter",
        "front_matter",
        "front_matter",
        "paragraph",
    ]


def test_positions_point_at_the_character_that_is_read() -> None:
    raw = "甲乙**丙**\nSam\nAltman"
    spans = [(0, 2), (4, 5), (8, 11), (12, 18)]
    places = positions(raw, spans)
    assert len(places) == len(read(raw, spans)) == 14
    assert [
        raw[place] for place, character in zip(places, read(raw, spans), strict=True) if character != " "
    ] == list("甲乙丙SamAltman")


def test_each_character_of_a_text_is_located_where_it_stands() -> None:
    raw = "甲 &amp; 乙**丙**\nSam\nAltman|丁"
    spans = [(0, 2), (2, 7), (7, 9), (11, 12), (15, 18), (19, 25), (26, 27)]
    text = read(raw, spans)
    assert text == "甲 & 乙丙 Sam Altman\t丁"
    assert [locate(raw, spans, offset) for offset in range(len(text))] == positions(raw, spans)


def test_an_offset_at_the_end_of_a_text_is_the_end_of_its_last_span() -> None:
    assert list(places_of("甲&amp;乙", [(0, 1), (1, 6)], [0, 1, 2])) == [0, 1, 6]
    assert list(places_of("甲&amp;乙", [(0, 1), (1, 6), (6, 7)], [1, 2, 3])) == [1, 6, 7]


def test_sentences_are_joined_as_their_script_writes_them() -> None:
    assert join(["他走了。", "“好。”", "“再见。”"]) == "他走了。“好。”“再见。”"
    assert join(["He left.”", "“Yes.”", "", "So"]) == "He left.” “Yes.” So"
    assert join(["我用 React", "18 版", "Node.js"]) == "我用 React 18 版 Node.js"


def test_cut_and_trim_keep_to_the_spans() -> None:
    assert cut([(0, 4), (6, 9)], 2, 7) == ((2, 4), (6, 7))
    assert trim(" 甲 乙 ", [(0, 1), (1, 5)]) == ((1, 4),)
    assert trim("   ", [(0, 3)]) == ()


def kinds_and_texts(text: str, name: str = "t.md", language: str = "zh") -> list[tuple[str, str]]:
    document = make_document("t", text, language, name)
    return [(block.kind, read(text, block.spans)) for block in find_blocks(document)]


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("结果是 2 ** 10，不多。", "结果是 2 ** 10，不多。"),
        ("传入 **kwargs 参数就行。", "传入 **kwargs 参数就行。"),
        ("公式 $x_{1} * y_{2}$ 和 a_{i} 不变。", "公式 $x_{1} * y_{2}$ 和 a_{i} 不变。"),
        ("他说**“你好”**就走了。", "他说“你好”就走了。"),
        ("A word *learning* is *one*.", "A word learning is one."),
        ("删去~~旧的~~，标出==新的==。", "删去旧的，标出新的。"),
        ("如果 a == b 就停，a==b 也一样。", "如果 a == b 就停，a==b 也一样。"),
        ("按 <kbd>Ctrl</kbd> 键，<ruby>漢<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>字。", "按 Ctrl 键，漢(hàn)字。"),
        ("见 <https://a.example/b_c>，写信到 <a@b.example>。", "见 https://a.example/b_c，写信到 a@b.example。"),
        ("泛型 List<String> 和 <a 小于零…b> 是文字。", "泛型 List<String> 和 <a 小于零…b> 是文字。"),
        ("只看 `<p>` 和 `a * b * c` 里的。", "只看 <p> 和 a * b * c 里的。"),
        ("“好&rdquo;，那&mdash;&mdash;年&hellip;&amp;lt; &#20320;。", "“好”，那——年…&lt; 你。"),
        ("&nosuch; &#0; AT&T。", "&nosuch; &#0; AT&T。"),
        ("[甲](乙是注释) 与 [丙](丁.md)。", "[甲](乙是注释) 与 丙。"),
        ("见[首页][home]、[home]和[别处][nowhere]。\n\n[home]: https://a.example", "见首页、home和[别处][nowhere]。"),
        ("图在![一张\n图](a.png)这里。", "图在这里。"),
        ("见[[页面|别名]]。", "见别名。"),
        ("*号开头的是系统文件。", "*号开头的是系统文件。"),
        ("**波轮：** 价格便宜。", "波轮：价格便宜。"),
    ],
)  # fmt: skip
def test_marks_go_and_words_stay(raw: str, read_as: str) -> None:
    assert kinds_and_texts("# 标题\n\n" + raw)[1] == ("paragraph", read_as)


def test_tables_are_rows_with_cells_parted_by_tabs_and_no_delimiter_row() -> None:
    text = (
        "# 题\n\n下面是表：\n\n| 店 | 价 |\n| --- | :-: |\n| **老赵** | 两块 \\| 三块 |\n|  | [甲](http://a.example/x) "
        "|\n\n完了。"
    )
    assert kinds_and_texts(text)[2:] == [
        ("table", "店\t价"), ("table", "老赵\t两块 | 三块"), ("table", "甲"), ("paragraph", "完了。"),
    ]  # fmt: skip
    html = (
        "<div>\n<p>一段话。</p>\n<table>\n<tr>\n<th>店</th>\n<th>价</th>\n</tr>\n<tr><td>甲</td><td>乙</td></tr>"
        "\n</table>\n</div>"
    )
    assert kinds_and_texts(html)[1:] == [("table", "店\t价"), ("table", "甲\t乙")]


def test_footnotes_are_blocks_and_their_marks_are_no_text() -> None:
    text = "# 题\n\n河从山里来。[^1] 它流进海[^b]里。\n\n[^1]: 见省志，\n    第二卷。\n[^b]: 见**地图**。"
    assert kinds_and_texts(text)[1:] == [
        ("paragraph", "河从山里来。 它流进海里。"), ("footnote", "见省志，第二卷。"), ("footnote", "见地图。"),
    ]  # fmt: skip


def test_indented_code_and_code_in_quotations_is_code_and_chinese_is_not() -> None:
    text = "# 题\n\n先看：\n\n    a = b;\n    return a;\n\n    这是缩进的一段中文，不是代码。\n\n> ```sh\n> ls -l\n> ```\n"
    assert [kind for kind, _ in kinds_and_texts(text)[2:]] == ["code", "code", "paragraph", "code"]


@pytest.mark.parametrize(
    ("above", "code"),
    [
        ("在命令行里执行下面的命令：", "composer global require some/tool"),
        ("安装要用两条命令。", "vagrant box update\nphp artisan migrate"),
        ("Then run:", "composer global require some/tool"),
        ("You can run it too.", "composer global require some/tool"),
        ("## 安装", "composer global require some/tool"),
        ("看这一段。", "// 先写一行\nlet a = 1; // 第一个\n\nsay('你好', `柿子 ${a}`);"),
        ("看这一段。", "/**\n* 打柿子的方法。\n* @return void\n*/\nbeat() {\n}"),
        ("看这一段。", "# 先装好\npip install pole  # 竹竿"),
    ],
)
def test_indented_lines_of_commands_and_of_code_with_chinese_remarks_are_code(above: str, code: str) -> None:
    indented = "\n".join(f"    {line}" for line in code.split("\n"))
    told = kinds_and_texts(f"# 题\n\n{above}\n\n{indented}\n\n装好以后再看一看。\n")[2:]
    assert told == [
        *(("code", line) for line in code.split("\n") if line),
        ("paragraph", "装好以后再看一看。"),
    ]


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ("他用英文说：", "To be, or not to be, that is the question."),
        ("诗是这样写的：", "and miles to go before i sleep,\nand miles to go before i sleep."),
        (
            "It was like this:",
            "The old house stood at the end of the lane\nand nobody had lived in it\nfor ten years",
        ),
        ("这一天的安排如下：", "* 打柿子 (persimmon)\n* banana split"),
        ("这一天的安排如下。", "# 上午\n祖母把竹竿找了出来。"),
        ("“好。”他说", "composer global require some/tool"),
        ("她在纸上写着：", '"天气很好"\n// 柿子'),
        ("她又说：", "“好”（hao）是一个字。"),
    ],
)
def test_indented_lines_that_may_be_prose_are_no_code(above: str, said: str) -> None:
    indented = "\n".join(f"    {line}" for line in said.split("\n"))
    told = kinds_and_texts(f"# 题\n\n{above}\n\n{indented}\n\n后来天黑了。\n")
    assert "code" not in [kind for kind, _ in told]


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("$$\nT(n) = n^2 + 1\n$$", "$$ T(n) = n^2 + 1 $$"),
        ("$$\n\nT(n) = n^2\n\n$$", "$$ T(n) = n^2 $$"),
        ("$$ a_1 = *b* $$", "$$ a_1 = *b* $$"),
        ("$$速度 = 路程 / 时间$$", "$$速度 = 路程 / 时间$$"),
        ("$$ a\n+ b $$ (1)", "$$ a + b $$ (1)"),
        ("$x = *1*$", "$x = *1*$"),
        ("\\[\na = |b|\n\\]", "\\[ a = |b| \\]"),
        ("\\[ \\frac{a}{b} \\]", "\\[ \\frac{a}{b} \\]"),
        (
            "\\begin{align*}\na &= b \\\\\n&= c\n\\end{align*}",
            "\\begin{align*} a &= b \\\\ &= c \\end{align*}",
        ),
        ("> $$\n> q = 1\n> $$", "$$ q = 1 $$"),
    ],
)
def test_a_formula_on_lines_of_its_own_is_one_block_of_code(formula: str, told: str) -> None:
    text = f"# 题\n\n祖母把竹竿找了出来。\n\n{formula}\n\n完了。\n"
    assert kinds_and_texts(text)[2:] == [("code", told), ("paragraph", "完了。")]


@pytest.mark.parametrize(
    "text",
    [
        "柿子卖 $5 一斤。\n\n$$\n\n祖母说，太贵了。\n\n$$\n\n完了。\n",
        "$$ 祖母说，太贵了。 $$\n\n完了。\n",
        "\\[图一\\]\n\n祖母说，太贵了。\n",
        "\\[https://a.example/?b=c\\]\n\n祖母说，太贵了。\n",
        "用 `$$` 把它\n$$ 括起来，再写 $a$ 就行。\n",
        "\\begin{itemize}\n一斤柿子\n\\end{itemize}\n",
        "$$\na\n\n$$ 后来呢？\n",
    ],
)
def test_what_only_looks_like_a_formula_is_text(text: str) -> None:
    assert "code" not in [kind for kind, _ in kinds_and_texts(f"# 题\n\n{text}")]


def test_marks_of_lists_quotations_and_headings_go_in_any_nesting() -> None:
    text = "# 题\n\n- ### 第一个冬天\n\n> - 第二个冬天，炉子卖了。\n\n> [!NOTE]\n> 小心，地上滑。\n\n1. ## 第三个 ##\n\n- [x] 做完了。"
    assert kinds_and_texts(text)[1:] == [
        ("heading", "第一个冬天"), ("list_item", "第二个冬天，炉子卖了。"), ("front_matter", "NOTE"),
        ("quote", "小心，地上滑。"), ("heading", "1. 第三个"), ("list_item", "做完了。"),
    ]  # fmt: skip


@pytest.mark.parametrize("underline", ["=", "==", "-", "--", "-----"])
def test_a_short_line_with_an_underline_of_any_length_is_a_heading(underline: str) -> None:
    text = f"# 题\n\n先拍照，再拆，顺序不能乱，急也没有用。\n\n小结在此\n{underline}\n\n完了。"
    assert kinds_and_texts(text)[2] == ("heading", "小结在此")


def test_wrapped_lines_are_joined_in_lists_quotations_links_and_headings() -> None:
    text = (
        "# 一条老街的三个冬天：从煤炉、暖气到空调，住在这里的人怎么过冬，\n又怎么看邻居\n\n"
        "老街在城东，一头连着菜市场，一头通到河边。我在这里住了三个冬天，\n每个冬天都不一样，楼道里[一股硫磺味\n很重](http://a.example/b)。\n\n"
        "  * 第一户姓陈，退休前在铁路上扳道岔，现在每天早上六点去河边钓鱼，\n    钓上来又放回去。\n\n> 老陈常说：“冬天长着呢，\n> 急什么。”\n"
    )
    assert kinds_and_texts(text) == [
        ("title", "一条老街的三个冬天：从煤炉、暖气到空调，住在这里的人怎么过冬，又怎么看邻居"),
        ("paragraph", "老街在城东，一头连着菜市场，一头通到河边。我在这里住了三个冬天，每个冬天都不一样，楼道里一股硫磺味很重。"),
        ("list_item", "第一户姓陈，退休前在铁路上扳道岔，现在每天早上六点去河边钓鱼，钓上来又放回去。"),
        ("quote", "老陈常说：“冬天长着呢，急什么。”"),
    ]  # fmt: skip


def test_a_wrapped_heading_does_not_go_on_where_it_ends() -> None:
    text = "# 一条老街的三个冬天\n老街在城东，一头连着菜市场，一头通到河边。我在这里住了三个冬天，\n每个冬天都不一样。\n"
    assert kinds_and_texts(text)[0] == ("title", "一条老街的三个冬天")


def test_a_long_title_does_not_make_a_text_hard_wrapped() -> None:
    title = "一条老街的三个冬天从煤炉暖气到空调住在这里的人怎么过冬又怎么看邻居"
    text = f"{title}\n{'老街在城东，一头连着菜市场，一头通到河边。' * 4}\n我在这里住了三个冬天。\n"
    assert [kind for kind, _ in kinds_and_texts(text, "t.txt")] == ["title", "paragraph", "paragraph"]


def test_an_indent_of_full_width_spaces_opens_a_paragraph() -> None:
    text = (
        "　　　　渡口的早晨\n　　天还没有亮，渡口已经有人在等船了。摆渡的老人姓朱，住在玥湖边上，\n平日里很少说话，见了人只是点头。\n"
        "　　船开了以后，对岸的灯才一盏一盏地亮起来。\n"
    )
    assert [text for _, text in kinds_and_texts(text, "t.txt")] == [
        "渡口的早晨", "天还没有亮，渡口已经有人在等船了。摆渡的老人姓朱，住在玥湖边上，平日里很少说话，见了人只是点头。",
        "船开了以后，对岸的灯才一盏一盏地亮起来。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "joined"),
    [
        ("before he answered,\n“We leave.”", "before he answered, “We leave.”"),
        ("on the hill\n— it was quiet", "on the hill — it was quiet"),
        ("the hill—\nit was", "the hill—it was"),
        ("a well-\nknown man", "a well-known man"),
        ("of the world,\n‘and of its’", "of the world, ‘and of its’"),
        ("他回答：\n“走吧。”", "他回答：“走吧。”"),
        ("名叫 Sam\nAltman 的人", "名叫 Sam Altman 的人"),
    ],
)
def test_a_line_break_reads_as_a_space_where_the_language_writes_one(raw: str, joined: str) -> None:
    at = raw.index("\n")
    assert read(raw, [(0, at), (at + 1, len(raw))]) == joined


def test_a_short_paragraph_with_a_stop_inside_is_no_heading() -> None:
    text = '题目\n\n她打开了窗户。"你在那里吗？快点回来。"\n\n谁来了？没有人知道\n\n迷雾重重：传言纷飞\n'
    assert [kind for kind, _ in kinds_and_texts(text, "t.txt")] == [
        "title",
        "paragraph",
        "paragraph",
        "heading",
    ]
    english = "Title\n\nHe laughed. \"I'll be there. Don't hurry.\"\n\nDr. Lee and the harbour\n"
    assert [kind for kind, _ in kinds_and_texts(english, "t.txt", "en")] == ["title", "paragraph", "heading"]


def test_a_line_that_is_a_time_is_a_heading_and_another_one_with_a_colon_is_not() -> None:
    text = "题目\n\n11月17号下午两点：\n\n他走进会场，没有说话。\n\n他是这样说的：\n"
    assert [kind for kind, _ in kinds_and_texts(text, "t.txt")] == [
        "title",
        "heading",
        "paragraph",
        "paragraph",
    ]


@pytest.mark.parametrize(
    "labels",
    [
        ("**波轮：** ", "**滚筒：** ", "**注意：** ", "**双缸：** "),
        ("优点：", "缺点：", "优点：", "缺点："),
        ("https:", "https:", "注意：", "注意："),
        ("00:", "12:", "00:", "12:"),
        ("张三：", "张三：", "张三：", "李四："),
    ],
)
def test_a_label_stays_in_a_text_that_is_no_dialogue(labels: tuple[str, ...]) -> None:
    prose = "这一段说的是别的事情，讲了很久，也没有人发问。"
    text = "# 题目\n\n" + "\n\n".join(f"{label}{prose}" for label in labels)
    blocks = find_blocks(make_document("t", text, name="t.md"))
    assert [block.speaker for block in blocks] == [None] * 5
    assert all(
        label.strip("* ") in read(text, block.spans) for label, block in zip(labels, blocks[1:], strict=True)
    )


def test_turns_that_are_a_small_part_of_a_text_are_no_dialogue() -> None:
    prose = "这一段说的是别的事情，讲了很久，也没有人发问，说的人一直说了下去。\n\n" * 20
    text = f"# 题目\n\n{prose}问：你好吗？\n\n答：我很好。\n"
    assert not any(block.speaker for block in find_blocks(make_document("t", text, name="t.md")))


@pytest.mark.parametrize(
    "text",
    [
        "---\n他说: 今天不走。\n她说: 明天走。\n---\n\n正文在此。",
        "---\n\n这是一段正文，没有冒号。\n\n---\n\n第二段。",
        "---\ntitle: 没有结束\n正文: 一行一行\n这是正文。\n",
        "---\nurl: 有\n可是这一行是正文。\n---\n\n正文在此。",
    ],
    ids=["dialogue", "prose", "not-closed", "mixed"],
)
def test_what_only_begins_like_front_matter_is_text(text: str) -> None:
    assert find_front_matter(text) is None
    kept = "".join(read(text, block.spans) for block in find_blocks(make_document("t", text, name="t.md")))
    assert [character for character in text if character.isalpha() and character > "\u2e80"] == [
        character for character in kept if character > "\u2e80" and character.isalpha()
    ]


def test_toml_front_matter_may_hold_lists_and_tables() -> None:
    head = '+++\ntitle = "题"\ndate = "2023-11-24"\ntags = [\n  "冬天",\n]\n# 注\n[menu]\nweight = 3\n+++\n'
    assert blocks_of(head + "\n正文。") == [
        ("title", "题"), ("front_matter", "2023-11-24"), ("front_matter", "["), ("front_matter", '"冬天",'),
        ("front_matter", "]"), ("front_matter", "# 注"), ("front_matter", "[menu]"), ("front_matter", "3"),
        ("paragraph", "正文。"),
    ]  # fmt: skip
    for text in ("+++\n正文。\n+++\n", '+++\ntitle = "题"\n正文。\n+++\n', '+++\ntitle = "题"\n\n正文。'):
        assert find_front_matter(text) is None


def test_keys_directly_below_a_known_key_above_the_text_are_metadata() -> None:
    head = "Title: 题\nSlug: winter\nDate: 2023-11-24\nSummary: 写冬天的一篇。\n\n"
    assert [kind for kind, _ in blocks_of(head + "Summary: 正文。")] == [
        "title", "front_matter", "front_matter", "front_matter", "paragraph",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("## 冬天 {#winter}", "冬天"),
        ("## 冬天 { data-search-exclude }", "冬天"),
        ('## 冬天 ## {: .long lang="zh" }', "冬天"),
        ("## 条件 {#if}", "条件 {#if}"),
        ("## 集合 {a, b}", "集合 {a, b}"),
        ("## 用 {name} 占位", "用 {name} 占位"),
    ],
)
def test_attributes_at_the_end_of_a_heading_are_markup(heading: str, text: str) -> None:
    assert blocks_of(f"# 题\n\n{heading}\n\n正文。")[1] == ("heading", text)


def test_front_matter_that_is_not_closed_or_holds_other_lines_is_told() -> None:
    assert front_matter_doubt("---\ntitle: 题\n\n正文。") == "front matter is not closed by `---`"
    assert (
        front_matter_doubt("---\ntitle: 题\n正文。\n---\n")
        == "front matter holds lines that are not `key: value`"
    )
    assert front_matter_doubt("---\ntitle: 题\n---\n正文。") is None
    assert front_matter_doubt("---\n正文。") is None


MARKDOWN = st.lists(
    st.sampled_from(
        ["字", "他说", "Abc", "a", "1", " ", "\n", "\n\n", "*", "**", "_", "__", "`", "```\n", "~~", "==", "[",
        "]", "(", ")", "![",
         "](", "](http://a.example/b)", "<", ">", "<b>", "</p>\n", "<p>", "<a 小>", "|", "|---|---|\n",
         "---\n", "# ", "> ", "- ", "1. ",
         "　　", "    ", "&amp;", "&", "\\", "$", "{{<", "{%", "%}", "：", "问：", "答：", "？", "。", "“", "”",
         "[^1]", "[^1]: ", "[!NOTE]",
         "{/*", "*/}", "<sup>2</sup>", "##甲", "[[", "]]", "`a!`",
         "[甲]: http://a.example\n", "title: ", "<!--", "-->", "<tr>", "<td>", "http://a.example/x",
         "```字\n", "$$\n", "$$", "\\[\n", "\\]\n", "\\begin{align}\n", "\\end{align}\n",
         "{% codeblock 字 %}\n", "{% endcodeblock %}\n", "<pre>", "</pre>\n", "import a from 'b'\n",
         "export const a = {\n", "}\n", "<A b=c>", "</A>", "<A\n b='c'\n>\n", "<b\n",
         '=== "字"\n', "!!! note\n", "a = b;\n", "// "]
    ),
    max_size=40,
).map("".join)  # fmt: skip
HIDDEN = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|!\[\[[^\]]*\]\]|\]\([^)\n]*\)|\]\[[^\]\n]*\]|<!--.*?-->|</?[a-zA-Z][^<>]*>|"
    r"\{\{<.*?>\}\}|\{%.*?%\}|\{/\*.*?\*/\}"
    r"|&[a-zA-Z0-9#]+;|\[\^1\](?:: )?|^[ \t>]*(?:[-*+] )?(?:```|~~~).*$|\[[xX]\]",
    re.DOTALL | re.MULTILINE,
)
"""What a page hides: images, addresses, tags, comments, marks of notes, the language of code."""


@given(MARKDOWN, st.sampled_from(["t.md", "t.txt"]))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_words_are_never_markup(text: str, name: str) -> None:
    document = make_document("t", text, name=name)
    covered = bytearray(len(text))
    end = 0
    for block in find_blocks(document):
        assert end <= block.start <= block.end
        end = block.end
        assert list(block.spans) == sorted(block.spans)
        held = block.spans if block.spans else [(block.start, block.end)]
        if block.speaker:
            held = [*held, (block.start, block.spans[0][0])]
        for start, stop in held:
            covered[start:stop] = b"\1" * (stop - start)
    for header in document.headers:
        covered[header.start : header.end] = b"\1" * (header.end - header.start)
    for match in HIDDEN.finditer(text):
        covered[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    lost = [text[max(0, i - 8) : i + 8] for i, c in enumerate(text) if c.isalpha() and not covered[i]]
    assert not lost


HOSTILE = (
    "老街在城东，一头连着菜市场，一头通到河边，我在这里住了三个冬天，每个\n冬天都不一样。\n", '"!', "![", "https://a.example/b?c=d ", "一行短句\n",
    "[甲](http://a.b/c)", "](a", "[", "[]", "[x](<b", "`a``b```c", "*a **b ", "_a __b ", "<a ", "<!--", "|a",
    "$a ", "{{<a", "&amp;", "\\*",
    "> ", "> 一行\n", "- 项目\n", "```\na\n", "~~a", "甲：你好吗？\n乙：好。\n", "句。[^1]", "[^1]: x\n", "<p>甲</p>\n",
    "<tr><td>甲</td>",
    "$$\n", "\\[\n", "\\begin{align}\n", "{% codeblock %}\n", "<pre>\n", "<A b=c>", "<b\nx\n", "```字\n",
    "    // 字\n", "export const a = {\n", '=== "a"\n    b\n',
    "    a = b;\n", "|-", "==a", "：", "·", "# 题\n", "小结\n--\n",
    "[[a|b", "%% a ", "。^ab-c", "((0123456789abcdef", "{/* ", "##a\n",
    "#甲 ", "id::", "[a]:<b", "[a]:/甲", "很长的一行文字写到这里还没有完又接着往下写了\n2. a ",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE)
def test_work_grows_with_the_length_of_a_hostile_text_not_faster(unit: str) -> None:
    def work(size: int) -> None:
        text = "题\n\n" + unit * (size // len(unit))
        assert isinstance(find_blocks(make_document("t", text, name="t.md"))[0], Block)

    assert growth(work, 10_000, 100_000) <= 12


def test_a_very_long_title_before_many_lines_costs_no_more_than_its_length() -> None:
    def work(size: int) -> None:
        find_blocks(make_document("t", "长" * (size // 2) + "\n" + "短句。\n" * (size // 8), name="t.txt"))

    assert growth(work, 20_000, 200_000) <= 12


def test_a_link_that_opens_the_file_goes_on_in_the_next_line() -> None:
    raw = "[海港\n灯塔](http://a.example/x)的故事很长。"
    (block,) = find_blocks(make_document("a", raw))
    assert read(raw, block.spans) == "海港灯塔的故事很长。"


def test_a_table_in_html_without_any_paragraph_is_a_table() -> None:
    raw = "文。\n<table><tr><td>灯塔</td><td>海港</td></tr></table>\n"
    found = [(block.kind, read(raw, block.spans)) for block in find_blocks(make_document("a", raw))]
    assert found == [("paragraph", "文。"), ("table", "灯塔\t海港")]


def test_a_row_of_html_ends_where_code_begins_in_it() -> None:
    raw = "<p>文。</p>\n<tr><td>灯塔\n\n```js\nlet a\n```\n\n海港</td></tr>\n"
    assert [said for _, said in kinds_and_texts(raw)] == ["文。", "灯塔", "let a", "海港"]


def test_no_space_stands_beside_a_wide_mark_on_either_side() -> None:
    assert [spaced("，", "A"), spaced("A", "，"), spaced("A", "B")] == [False, False, True]


@pytest.mark.parametrize(("raw", "read_as"), [
    ("\\![图](https://a.example/1)在这里。", "!图在这里。"), ("甲\\![图](https://a.example/1)在这里。", "甲!图在这里。"),
    ("![图](https://a.example/1)在这里。", "在这里。"), ("!![图](https://a.example/1)在这里。", "!在这里。"),
])  # fmt: skip
def test_an_escaped_mark_before_a_link_makes_no_image_also_where_a_text_begins(
    raw: str, read_as: str
) -> None:
    assert paragraphs(raw) == [text for _, text in blocks_of(raw)] == [read_as]


@pytest.mark.parametrize("empty", [
    "\u200b", "\ufeff", "\u2060\u200d", "\u00ad", "\u2800", "\u3164", "&nbsp;", "&#8203;", "&zwnj; &#xfeff;",
    "\u3000\u200b", "- \u200b", "> \u200b", "**\u200b**",
])  # fmt: skip
def test_a_line_of_which_nothing_can_be_seen_is_no_text_and_parts_paragraphs(empty: str) -> None:
    text = f"# 公园\n\n今天天气很好。\n{empty}\n我们去散步。\n\n{empty}\n\n明天下雨。\n"
    assert split_sentences(text) == ["公园", "今天天气很好。", "我们去散步。", "明天下雨。"]
    blocks = find_blocks(make_document("a", text, name="a.md"))
    assert [read(text, block.spans) for block in blocks if block.spans][1:3] == [
        "今天天气很好。",
        "我们去散步。",
    ]


def test_characters_that_show_nothing_are_not_at_the_ends_of_a_sentence_and_stay_inside_it() -> None:
    text = "\ufeff今天天气很好。\u200b\u200b明天\u200b下雨。\u200b\n\n\u200b家里有\u200c猫\u2060\n"
    assert split_sentences(text) == ["今天天气很好。", "明天\u200b下雨。", "家里有\u200c猫"]


@pytest.mark.parametrize(("line", "kind"), [("\u200b## 公园", "heading"), ("\ufeff- 苹果", "list_item")])
def test_a_mark_of_markdown_counts_behind_a_character_that_shows_nothing(line: str, kind: str) -> None:
    text = f"# 标题\n\n今天天气很好，我们去散步。\n\n{line}\n\n明天下雨。\n"
    block = find_blocks(make_document("a", text, name="a.md"))[2]
    assert (block.kind, read(text, block.spans)) == (kind, line[-2:])


@pytest.mark.parametrize(
    "drawn", ["─────", "━━ ━━ ━━", "——————", "＊＊＊", "　　═══", "＿＿＿＿", "\ufffc", "﹏﹏﹏"]
)
def test_a_line_that_is_drawn_is_no_text_and_parts_paragraphs(drawn: str) -> None:
    text = f"今天天气很好，我们去散步。\n{drawn}\n明天下雨。\n"
    assert split_sentences(text) == ["今天天气很好，我们去散步。", "明天下雨。"]


@pytest.mark.parametrize("said", ["……", "——", "！！！", "★★★", "。。。", "…… ……"])
def test_a_line_of_marks_that_an_author_may_have_written_stays(said: str) -> None:
    assert said in split_sentences(f"今天天气很好，我们去散步。\n\n{said}\n\n明天下雨。\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("正文。\n\n::: tip\n提示的话。\n:::\n\n后文。\n", ["正文。", "提示的话。", "后文。"]),
        ("::: warning 注意\n当心。\n:::\n", ["注意", "当心。"]),
        (":::note[标题]\n\n内容。\n\n:::\n", ["标题", "内容。"]),
        (":::: {.outer}\n外面。\n\n::: {.inner}\n里面。\n:::\n::::\n", ["外面。", "里面。"]),
        ('!!! note "说明"\n    归档的话。\n', ["说明", "归档的话。"]),
        ("!!! danger\n\n    坏事。\n", ["坏事。"]),
        ('??? success "好"\n\n    做完了。\n', ["好", "做完了。"]),
        (
            '=== "春天"\n\n    花开了。\n\n=== "夏天"\n\n    下雨了。\n',
            ["春天", "花开了。", "夏天", "下雨了。"],
        ),
    ],
)
def test_lines_that_open_and_close_a_box_are_markup_and_its_title_is_text(text: str, told: list[str]) -> None:
    assert [read(text, block.spans) for block in find_blocks(make_document("a.md", text))] == told


@pytest.mark.parametrize(
    "text",
    [
        ":::\n",
        "::: tip 没有关上\n",
        "真的!!! note 是吗\n",
        '!!! note "没有内容"\n',
        '=== "没有内容"\n',
        '真的=== "春天" 是吗\n',
    ],
)
def test_a_mark_of_a_box_that_opens_or_closes_nothing_is_text(text: str) -> None:
    (block,) = find_blocks(make_document("a.md", text))
    assert read(text, block.spans) == text.strip()


@pytest.mark.parametrize("head", ["!!! question", '??? tip "Cost"', "???+ note", '=== "Cost"'])
def test_the_text_of_a_box_is_no_code_and_code_in_it_has_a_deeper_indent(head: str) -> None:
    text = (
        f"# Poles\n\n{head}\n\n    What does `[a]` cost? $5 (net), or [b](c.md).\n\n    Beat it;\n\n"
        "        let a = 1;\n\n    Then (late) rest;\n\nOutside.\n\n    let b = 2;\n"
    )
    told = [part for part in kinds_and_texts(text, language="en")[1:] if part[1] != "Cost"]
    assert told == [
        ("paragraph", "What does [a] cost? $5 (net), or b."), ("paragraph", "Beat it;"),
        ("code", "let a = 1;"), ("paragraph", "Then (late) rest;"), ("paragraph", "Outside."),
        ("code", "let b = 2;"),
    ]  # fmt: skip


def test_a_style_sheet_inside_a_line_is_markup_and_words_between_two_tags_are_text() -> None:
    code = "<style>.a { top: 0; } .b { left: 0; }</style><div>图里是一只猫。</div>"
    (block,) = find_blocks(make_document("a.md", code))
    assert read(code, block.spans) == "图里是一只猫。"
    words = "它写在 <style>里面{这里}</style> 之间。"
    (block,) = find_blocks(make_document("a.md", words))
    assert "里面{这里}" in read(words, block.spans)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<Alert type="info">\n\n要小心。\n\n</Alert>\n', ["要小心。"]),
        ("<ClientOnly>\n\n正文。\n\n</ClientOnly>\n\n<news-header />\n", ["正文。"]),
        ("<Photos list={['a.webp']} />\n\n正文。\n", ["正文。"]),
        ('<Form\n  title="柿子"\n>\n\n正文。\n\n</Form>\n', ["正文。"]),
        ("<Photos\n  list={['柿子', '竹竿']}\n/>\n\n正文。\n", ["正文。"]),
        ("正文。\n\n<x-list\n  a='b'>\n", ["正文。"]),
        ("**＿＿＿＿＿＿**\n\n正文。\n\n> -----\n", ["正文。"]),
        ("**—— 完 ——**\n", ["—— 完 ——"]),
    ],
)
def test_tags_of_components_and_drawn_lines_with_marks_are_markup(text: str, told: list[str]) -> None:
    assert [read(text, block.spans) for block in find_blocks(make_document("a.md", text))] == told


@pytest.mark.parametrize(
    "text", ["<T>\n", "</Alert>\n", "他写了 <Alert /> 这个词。\n", "<T\n柿子红了>\n", "<T\n\na=1>\n"]
)
def test_a_name_in_angle_brackets_that_is_no_line_of_a_component_is_text(text: str) -> None:
    blocks = find_blocks(make_document("a.md", text))
    assert "".join(read(text, block.spans) for block in blocks) == text.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('按 <span\nclass="k">竹竿</span> 就行。', "按 竹竿 就行。"),
        ('按 <kbd\n  class="k"\n  title="竿"\n>竹竿</kbd> 就行。', "按 竹竿 就行。"),
        ("按竹竿<br\n/>就行。", "按竹竿就行。"),
    ],
)
def test_a_tag_with_a_line_break_in_it_is_markup_and_parts_no_paragraph(text: str, told: str) -> None:
    assert kinds_and_texts(f"# 题\n\n{text}\n")[1:] == [("paragraph", told)]


@pytest.mark.parametrize(
    "text",
    [
        "甲 <b 很多。\n乙 > 丙。",
        "甲 < b。\n乙 > 丙。",
        "甲 <b。\n\n乙 > 丙。",
        "甲 <i。\n乙 <i>丙</i>。",
        "甲 <b\nand c> 丙。",
    ],
)
def test_signs_on_two_lines_that_make_no_tag_do_not_join_them(text: str) -> None:
    assert len(kinds_and_texts(f"# 题\n\n{text}\n")) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<TabItem value="a" label="苹果">标签里的正文。</TabItem>\n', "标签里的正文。"),
        ("把 <Step no={1}>竹竿</Step> 靠在<x-mark a='b'>墙边</x-mark>。\n", "把 竹竿 靠在墙边。"),
        ("</Step> 和 <Step no={1}>竹竿</Step>。\n", "</Step> 和 竹竿。"),
    ],
)
def test_tags_of_a_component_with_attributes_around_words_are_markup(text: str, told: str) -> None:
    (block,) = find_blocks(make_document("a.md", text))
    assert read(text, block.spans) == told


@pytest.mark.parametrize(
    "text",
    [
        "他写了 <Step no={1}> 这个词。\n",
        "在 List<String> 和 </String> 之间。\n",
        "他写了 <Step>一</Step> 这几个字。\n",
        "他写了 <Step 第=1>一</Step> 这几个字。\n",
    ],
)
def test_names_in_angle_brackets_that_enclose_nothing_or_have_no_attributes_are_text(text: str) -> None:
    (block,) = find_blocks(make_document("a.md", text))
    assert read(text, block.spans) == text.strip()


@pytest.mark.parametrize(
    "statement",
    [
        'import Foo from "./foo"', "import './a.css';", "import {\n  a,\n  b as c,\n} from 'd'",
        'import * as a from "b"', "export const x = 1", "export default Layout", 'export * from "./a"',
        "export const meta = {\n  title: \"It's\",\n  list: [1, ')'], // }\n}",
        "export const A = () => {\n\n  return <p>柿子</p>\n}", "export default function A() {\n}",
    ],
)  # fmt: skip
def test_statements_of_a_module_above_the_text_are_metadata(statement: str) -> None:
    lines = [("front_matter", line.strip()) for line in statement.split("\n") if line]
    for head, shown in (("", []), ("# 柿子\n\n", [("title", "柿子")]), ("import a from 'b'\n", None)):
        before = [("front_matter", "import a from 'b'")] if shown is None else shown
        told = kinds_and_texts(f"{head}{statement}\n\n祖母把竹竿找了出来。\n", name="t.md")
        assert told == [*before, *lines, ("paragraph", "祖母把竹竿找了出来。")]


@pytest.mark.parametrize(
    "text",
    [
        "import os\n\n祖母把竹竿找了出来。\n",
        'import duties from "abroad" are high\n\n祖母把竹竿找了出来。\n',
        "祖母把竹竿找了出来。\n\nimport Foo from './foo'\n",
        "export default 是什么\n\n祖母把竹竿找了出来。\n",
        "export const a = {\n\n祖母把竹竿找了出来。\n",
        "export const a = 1)\n\n祖母把竹竿找了出来。\n",
    ],
)
def test_what_only_begins_like_a_statement_and_what_is_below_prose_is_text(text: str) -> None:
    assert "front_matter" not in [kind for kind, _ in kinds_and_texts(text, name="t.md")]


def test_front_matter_that_is_an_object_gives_title_and_facts_and_the_same_inside_it_does_not() -> None:
    head = '---\n{"publish": true, "title": "柿子", "date": "2024-05-01", "meta": {"title": "别的"}}\n---\n\n'
    document = make_document("a.md", f"{head}正文。\n")
    assert document.facts == {"title": "柿子", "published": "2024-05-01"}
    blocks = find_blocks(document)
    assert [block.kind for block in blocks] == ["front_matter", "title", *["front_matter"] * 2, "paragraph"]
    told = [read(document.text, block.spans) for block in blocks]
    assert told == ["true", "柿子", "2024-05-01", '{"title": "别的"}', "正文。"]
    assert [document.text[block.start : block.end] for block in blocks[:2]] == [
        '{"publish": true',
        '"title": "柿子"',
    ]


@pytest.mark.parametrize(
    "head",
    ['{"猫": 1}', '{"title": "柿子"', '{"title": }', '{"title": "柿子"} 后', "{" * 3000, '{"title" 1}'],
)
def test_a_line_between_two_rules_that_is_no_object_with_a_usual_key_is_text(head: str) -> None:
    document = make_document("a.md", f"---\n{head}\n---\n\n正文。\n")
    assert not document.headers
    assert "front_matter" not in {block.kind for block in find_blocks(document)}


def test_a_tag_of_a_component_in_code_is_code() -> None:
    code = '    <Alert type="info">\n      <Icon name="sun" />\n    </Alert>'
    for text in (f"看代码。\n\n{code}\n", f"看代码。\n\n```\n{code}\n```\n"):
        blocks = find_blocks(make_document("a.md", text))[1:]
        assert [block.kind for block in blocks] == ["code"] * 3
        told = [read(text, block.spans).strip() for block in blocks]
        assert told == [line.strip() for line in code.split("\n")]


def test_codes_that_colour_a_text_on_a_terminal_are_markup() -> None:
    text = "\x1b[1;31m灯塔\x1b[m\n\n\x1b[0m老\x1b[33m灯塔\x1b[m又亮了。\n\n\x1b[36m\x1b[0m\n\n大家都来了。\x1b[m\n"
    assert [said for _, said in kinds_and_texts(text, name="t.txt")] == [
        "灯塔",
        "老灯塔又亮了。",
        "大家都来了。",
    ]


def test_data_of_an_image_behind_escaped_brackets_is_an_image_and_an_escaped_address_is_text() -> None:
    data = r"!\[Image\](data:image/svg+xml,%3Csvg width='1px' transform='translate(-2, 1)'%3E%3C/svg%3E)"
    text = f"# 柿子\n\n祖母把竹竿找了出来。\n\n{data}\n\n写图片要用 !\\[说明\\](a.png)。\n"
    blocks = find_blocks(make_document("a", text))
    assert [block.kind for block in blocks if text[block.start] == "!"] == ["image"]
    assert [read(text, block.spans) for block in blocks if block.spans][-1] == "写图片要用 ![说明](a.png)。"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (
            "#读书笔记\n\n##第一节 为什么要读书\n\n正文在这里。",
            [("title", "读书笔记"), ("heading", "第一节 为什么要读书"), ("paragraph", "正文在这里。")],
        ),
        ("#读书笔记#\n##第一节##\n正文在这里。", [("title", "读书笔记"), ("heading", "第一节"), ("paragraph", "正文在这里。")]),
        (
            "#第一章 夜雨\n\n雨停了。\n\n#第二章 天明\n\n好。",
            [("title", "第一章 夜雨"), ("paragraph", "雨停了。"), ("heading", "第二章 天明"), ("paragraph", "好。")],
        ),
        (
            "题目\n\n###Docker 入门\n\n##C#\n\n##C#入门##",
            [("title", "题目"), ("heading", "Docker 入门"), ("heading", "C#"), ("heading", "C#入门")],
        ),
    ],
)  # fmt: skip
def test_a_heading_may_have_no_space_after_its_marks(raw: str, told: list[tuple[str, str]]) -> None:
    assert blocks_of(raw) == told


@pytest.mark.parametrize(
    "line", ["#1 号", "#!/bin/sh", "#include <x>", "#话题#", "#话题# 今天走了很远的路。", "##1", "#######七"]
)
def test_a_line_that_begins_with_a_hash_and_is_no_heading_keeps_it(line: str) -> None:
    assert (line in [text for _, text in blocks_of(f"题目\n\n##第一节\n\n{line}\n\n正文在这里。")]) is True


def test_one_hash_without_a_space_is_text_where_the_other_headings_have_a_space() -> None:
    assert [text for _, text in blocks_of("# 题目\n\n##第一节\n\n#随笔\n\n正文。")][2] == "#随笔"
    assert blocks_of("#随笔\n\n## 一\n\n好。\n\n## 二\n\n##三\n\n正文。")[0][1] == "#随笔"
    assert blocks_of("#随笔\n\n```\n##Docker run\n```\n\n正文。")[0][1] == "#随笔"


@pytest.mark.parametrize(
    "definition",
    [
        "[3]:https://example.com/a", "[3]:<https://example.com/a>", "[3]:https://example.org/wiki/黄河",
        "[3]:../a/b",
        "[3]:ch01.md", "[3]: ch03.html#数据类型", "[3]: 图/书.html '标题'", '[3]: <a b.html> "标题"', "[3]:../数据/类型.md",
    ],
)  # fmt: skip
def test_the_definition_of_a_link_may_have_no_space_before_its_target_and_han_in_it(definition: str) -> None:
    told = blocks_of(f"# 题\n\n在[第一部分][3]中，雨停了。\n\n{definition}\n\n[3]中也有。")[1:]
    assert told == [
        ("paragraph", "在第一部分中，雨停了。"),
        ("front_matter", definition),
        ("paragraph", "3中也有。"),
    ]


@pytest.mark.parametrize(
    "note",
    [
        "[3]: 这是一条注释。", "[3]:这是一条注释。", "[3]：https://example.com/a 是原文。", "[3]:见第2.1节。", "[3]: 见附录.pdf",
        "[3]: v1.0版本已发布", "[3]: <这是注>", "[3]:https://example.com/a，很好。", "[3]: 见 a/b.html 和别处。", "[3]:#话题#",
        "[3]:3.5", "[//]:https", "[#]:第一",
    ],
)  # fmt: skip
def test_a_note_in_brackets_that_says_more_than_an_address_is_text(note: str) -> None:
    told = blocks_of(f"# 题\n\n在[第一部分][3]中，雨停了。\n\n{note}\n\n好。")
    assert told[1] == ("paragraph", "在[第一部分][3]中，雨停了。")
    assert told[2][0] in ("paragraph", "heading") and told[2][1] == note


_COUNTED = "这一年他把家里的书全都数了一遍，从客厅数到卧室，最后发现一共有"


@pytest.mark.parametrize(
    ("raw", "language", "read_as"),
    [
        ("Say that the secret number this time is\n38. When the code compares them, it is done.", "en",
         "Say that the secret number this time is 38. When the code compares them, it is done."),
        ("> Say that the secret number this time is\n> 38. When the code compares them, it is done.", "en",
         "Say that the secret number this time is 38. When the code compares them, it is done."),
        (f"{_COUNTED}\n38. 然后他又数了一遍。", "zh", f"{_COUNTED} 38. 然后他又数了一遍。"),
    ],
)  # fmt: skip
def test_a_number_that_a_wrapped_line_begins_with_is_no_item_of_a_list(
    raw: str, language: str, read_as: str
) -> None:
    assert [text for _, text in kinds_and_texts("# 题\n\n" + raw, language=language)[1:]] == [read_as]


@pytest.mark.parametrize(
    "raw",
    [
        f"{_COUNTED}\n1. 然后他又数了一遍。",
        f"{_COUNTED}多少？\n2. 然后他又数了一遍。",
        f"{_COUNTED}\n2. 然后他又数了一遍。\n\n3. 再数。",
        f"1. {_COUNTED}\n2. 然后他又数了一遍。",
        f"1. {_COUNTED}\n   又多出来的五百多册\n2. 然后他又数了一遍。",
        f"1. 先数一遍。\n\n{_COUNTED}\n2. 然后他又数了一遍。",
        f"**1、{_COUNTED}**\n2. 然后他又数了一遍。",
        "准备材料\n2. 然后他又数了一遍。",
    ],
)
def test_a_number_below_a_line_is_one_of_a_list_where_the_list_can_be_seen(raw: str) -> None:
    lines = [line for line in kinds_and_texts("# 题\n\n" + raw) if line[1].endswith("然后他又数了一遍。")]
    assert lines == [("list_item", lines[0][1])] and lines[0][1][0] in "12"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("## 用法 {/*usage*/}", [("heading", "用法")]),
        ("打开**设置**页面。{/* 这里以后再补 */}", [("paragraph", "打开设置页面。")]),
        ("{/* 开头 */} 打开页面。", [("paragraph", "打开页面。")]),
        ("{/*\n两行\n\n注释 */}\n\n打开页面。", [("front_matter", ""), ("paragraph", "打开页面。")]),
        ("| 甲 | 乙 {/* c */} |\n|---|---|", [("table", "甲\t乙")]),
    ],
)
def test_a_comment_of_mdx_is_markup(raw: str, told: list[tuple[str, str]]) -> None:
    assert blocks_of("# 题\n\n" + raw)[1:] == told


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("用 `{/* 注释 */}` 来写。", "用 {/* 注释 */} 来写。"),
        ("在页面里用 {/* 注释 */} 来写。", "在页面里用 {/* 注释 */} 来写。"),
        ("从 {/* 起的都是。", "从 {/* 起的都是。"),
    ],
)
def test_what_shows_a_comment_of_mdx_is_text(raw: str, read_as: str) -> None:
    assert blocks_of("# 题\n\n" + raw)[1:] == [("paragraph", read_as)]


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("看图 ![](a.png) 这里。", "看图 这里。"),
        ("看图 ![[地图.png]] 这里。", "看图 这里。"),
        ("Yellow <!-- x --> River <!-- y --> flows.", "Yellow River flows."),
        ("Yellow ![](a.png)  River and  so on.", "Yellow River and  so on."),
        ("黄河&amp; ![](a.png) 长江。", "黄河& 长江。"),
    ],
)
def test_of_the_spaces_on_both_sides_of_a_mark_one_stays(raw: str, read_as: str) -> None:
    assert blocks_of("# 题\n\n" + raw)[1:] == [("paragraph", read_as)]


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("昨天去看[[黄河]]，想起[[2021-03-04|那一天]]。", "昨天去看黄河，想起那一天。"),
        ("[[zh:黄河]][[zh:3月29日]]的水位，见[[en:Yellow River]]。", "黄河3月29日的水位，见Yellow River。"),
        ("见[[#第二节]]和[[笔记#^abc123]]，或者 ((60404ab1-1111-2222-3333-123456789abc)) 那里。", "见第二节和笔记，或者 那里。"),
        ("天亮了。%% 以后再补 %%雨停了。 %%再补%%", "天亮了。雨停了。"),
        ("天亮了。 ^abc123", "天亮了。"),
        ("天亮了。^quote-1", "天亮了。"),
        ("[[toc]]\n\n天亮了。", "天亮了。"),
        ("见[[Yellow River]]和[[2021-03-04]]，还有[[黄河]]。", "见Yellow River和2021-03-04，还有黄河。"),
        ("天亮了，他说 ^abc123", "天亮了，他说"),
    ],
)  # fmt: skip
def test_marks_of_programs_for_notes_are_markup(raw: str, read_as: str) -> None:
    assert [text for _, text in blocks_of("# 题\n\n好。\n\n" + raw)[2:]] == [read_as]


@pytest.mark.parametrize(
    "raw",
    [
        "数组 arr[[1]] 和 if [[ -f x ]] 和 [[1]] 不变。", "属性 [[nodiscard]] 和 [[gnu::cold]] 不变。", "[[分类:河流]] 不变。",
        "内部的 [[Scope]] 和 [[1, 2]] 不变。", "没有闭合的 [[黄河 不变。", "取数 LoadDW [[ebp]]; [[ebp]] = 1 不变。",
        "外面 [[甲](乙) 不变。", "[[黄河 ]] 不变。", "打折 100%% 和 50%%，占 5 %% 和 6 %% 的。",
        "批处理 for %%i in (*) do echo %%i 不变。", "算式 x ^beta", "平方是 x^2 或 x ^2", "括号 ((甲) 和 ((乙)) 不变。",
        "类型 std::vector 和 id::x 不变。",
    ],
)  # fmt: skip
def test_what_looks_like_a_mark_of_a_program_for_notes_is_text(raw: str) -> None:
    assert [text for _, text in blocks_of("# 题\n\n好。\n\n" + raw)[2:]] == [raw]


def test_lines_of_tags_and_of_properties_of_programs_for_notes_are_metadata() -> None:
    raw = "- 第一项\n  collapsed:: true\n  id:: 6040abcd-1111\n- 第二项\n\n#读书 #河流/黄河\n\n#1 #2\n\n#话题# #河流#\n\n好。"
    assert blocks_of("# 题\n\n" + raw)[1:] == [
        ("list_item", "第一项"), ("front_matter", "collapsed:: true"), ("front_matter", "id:: 6040abcd-1111"),
        ("list_item", "第二项"), ("front_matter", "#读书 #河流/黄河"), ("heading", "#1 #2"), ("heading", "#话题# #河流#"),
        ("paragraph", "好。"),
    ]  # fmt: skip
    assert blocks_of("# 题\n\n```\nid:: 1\n#Foo #Bar\n```\n")[1:] == [
        ("code", "id:: 1"),
        ("code", "#Foo #Bar"),
    ]


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("共 256<sup>3</sup> 种，10 m<sup>2</sup>。", "共 256³ 种，10 m²。"),
        ('是 **10<sup class="x">-6</sup>**，见注。<SUP>1</SUP>天亮了。', "是 10⁻⁶，见注。¹天亮了。"),
        ("第 1<sup>st</sup> 和 x<sup>a</sup>，H<sub>2</sub>O。", "第 1st 和 xa，H2O。"),
        ("写 `<sup>2</sup>` 就行。", "写 <sup>2</sup> 就行。"),
        ("说到 <sup>2 就停。", "说到 2 就停。"),
    ],
)
def test_a_superscript_reads_as_the_characters_that_unicode_has_for_it(raw: str, read_as: str) -> None:
    assert blocks_of("# 题\n\n" + raw)[1:] == [("paragraph", read_as)]


def test_a_superscript_stands_where_its_tag_begins() -> None:
    raw = "10<sup>12</sup>。"
    spans = [(0, 2), (2, 15), (15, 16)]
    assert read(raw, spans) == "10¹²。"
    assert positions(raw, spans) == [0, 1, 2, 2, 15]
    assert read_all(raw, [spans]) == "10¹²。"


def test_code_of_a_named_language_may_have_more_chinese_than_code() -> None:
    text = "雨下了一整夜，到天亮的时候还没有停，他坐在窗前一直没有睡着，灯也没有亮。"
    for info in ("js", "c++", "{.python}", "YAML"):
        raw = f"# 题\n\n```{info}\nconst text =\n  '{text}';\n```\n\n{text}\n"
        kinds = [block.kind for block in find_blocks(make_document("t", raw, name="t.md"))]
        assert kinds == ["title", "code", "code", "paragraph"], info


def test_prose_in_a_fence_stays_text_whatever_its_language() -> None:
    text = "雨下了一整夜，到天亮的时候还没有停，他坐在窗前一直没有睡着，灯也没有亮。"
    for info in ("js", "text", "", "python title"):
        raw = f"# 题\n\n```{info}\n{text}\n```\n"
        kinds = [block.kind for block in find_blocks(make_document("t", raw, name="t.md"))]
        assert kinds == ["title", "paragraph"], info
    raw = f"# 题\n\n```text\n甲 = '{text}';\n```\n"
    assert [block.kind for block in find_blocks(make_document("t", raw, name="t.md"))] == [
        "title",
        "paragraph",
    ]


def test_front_matter_with_a_key_below_a_key_is_metadata_whatever_its_keys_are() -> None:
    for front in ("search:\n  exclude: true\n", "hide:\n  - toc\nsearch:\n  boost: 2\n"):
        raw = f"---\n{front}---\n\n# 测试\n\n今天开会，大家都来了。\n"
        blocks = find_blocks(make_document("t", raw, name="t.md"))
        assert [read(raw, block.spans) for block in blocks if block.kind == "title"] == ["测试"], front
    raw = "---\n甲:\n  乙: 丙\n---\n\n今天开会，大家都来了。\n"
    blocks = find_blocks(make_document("t", raw, name="t.md"))
    assert "front_matter" not in {block.kind for block in blocks}


def test_the_place_of_a_table_of_contents_is_metadata() -> None:
    raw = "#学习 #笔记\n\n[TOC]\n\n# 测试\n\n今天开会，大家都来了。\n"
    kinds = [block.kind for block in find_blocks(make_document("t", raw, name="t.md"))]
    assert kinds == ["front_matter", "front_matter", "title", "paragraph"]
    raw = "# 测试\n\n写上 [TOC] 就有目录。\n"
    assert [b.kind for b in find_blocks(make_document("t", raw, name="t.md"))] == ["title", "paragraph"]
