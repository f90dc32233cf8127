"""Files that hold both languages, Word files, and the times of subtitles."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from conftest import Run
from duizhao.alignment import read_bilingual, split_document
from duizhao.alignment.aligner import Bead
from duizhao.alignment.exchange import XLIFF, Unit, parse_xml, write_tmx, write_xliff
from duizhao.alignment.formats import format_rows, make_rows
from duizhao.alignment.texts import Text
from duizhao.errors import DuizhaoError
from duizhao.sources import docx as docx_reader
from duizhao.sources import read_bytes, read_docx

UNITS = [
    Unit("渡口的灯亮了。", "The lamp at the ferry was lit.",
        (("score", "0.98"), ("zh-time", "00:00:01.000 --> 00:00:02.500"))),
    Unit("a < b & “c”\x00", "a < b & \"c\""),
    Unit("没有译文的一句。", ""),
]  # fmt: skip


def read(data: str | bytes, name: str) -> list[tuple[str, ...]]:
    raw = data.encode() if isinstance(data, str) else data
    return [text.sentences for text in read_bilingual(raw, name, lambda found: found.decode())]


def test_tmx_names_its_maker_its_languages_and_what_is_noted() -> None:
    root = etree.fromstring(write_tmx(UNITS[:2], "zh-HK").encode())
    header = root.find("header")
    assert header.get("creationtool") == "duizhao"
    assert header.get("creationtoolversion")
    assert (header.get("srclang"), header.get("segtype")) == ("zh-HK", "sentence")
    unit = root.find("body/tu")
    assert {prop.get("type"): prop.text for prop in unit.iter("prop")} == {
        "x-score": "0.98",
        "x-zh-time": "00:00:01.000 --> 00:00:02.500",
    }
    codes = [variant.get("{http://www.w3.org/XML/1998/namespace}lang") for variant in unit.iter("tuv")]
    assert codes == ["zh-HK", "en"]


def test_translate_toolkit_reads_our_tmx() -> None:
    tmx = pytest.importorskip("translate.storage.tmx")
    store = tmx.tmxfile.parsestring(write_tmx(UNITS[:2], "zh-CN").encode())
    assert [(unit.source, unit.target) for unit in store.units] == [
        ("渡口的灯亮了。", "The lamp at the ferry was lit."),
        ("a < b & “c”", 'a < b & "c"'),
    ]


def test_what_is_written_reads_back() -> None:
    expected = [("渡口的灯亮了。", "a < b & “c”"), ("The lamp at the ferry was lit.", 'a < b & "c"')]
    assert read(write_tmx(UNITS[:2], "zh-TW"), "a.tmx") == expected
    assert read(write_xliff(UNITS[:2], "zh-TW", "a.txt"), "a.xlf") == expected
    texts = read_bilingual(write_tmx(UNITS[:2], "zh-TW").encode(), "a.tmx", bytes.decode)
    assert [text.paragraphs for text in texts] == [(0, 0), (0, 0)]


def test_xliff_keeps_a_sentence_without_translation_and_has_unique_ids() -> None:
    root = etree.fromstring(write_xliff([*UNITS, Unit("", "English only.")], "zh-CN", "渡口.txt").encode())
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.0", "zh-CN", "en")
    units = root.findall(f"{{{XLIFF}}}file/{{{XLIFF}}}unit")
    assert [unit.get("id") for unit in units] == ["u1", "u2", "u3"]
    assert [unit.find(f"{{{XLIFF}}}segment").get("state") for unit in units] == ["translated"] * 2 + [
        "initial"
    ]
    assert units[2].find(f".//{{{XLIFF}}}target") is None
    assert units[0].find(f".//{{{XLIFF}}}note[@category='score']").text == "0.98"


def test_segments_are_read_without_the_codes_of_their_format() -> None:
    tmx = (
        '<tmx version="1.4"><header/><body><tu><tuv xml:lang="EN-US"><seg>Press <bpt '
        'i="1">&lt;b&gt;</bpt><hi>Enter</hi>'
        '<ept i="1">&lt;/b&gt;</ept> now.</seg></tuv><tuv '
        'xml:lang="zh_CN"><seg>现在请按<ph>{1}</ph>回车键。</seg></tuv></tu>'
        '<tu><tuv xml:lang="fr"><seg>Bonjour</seg></tuv><tuv '
        'xml:lang="en"><seg>Hello.</seg></tuv></tu></body></tmx>'
    )
    assert read(tmx, "a.tmx") == [("现在请按回车键。",), ("Press Enter now.", "Hello.")]
    old = (
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file source-language="en" '
        'target-language="zh-CN">'
        '<body><trans-unit id="1"><source>Press <g id="1">Enter</g>.</source><target>请按<g '
        'id="1">回车键</g>。</target>'
        "<alt-trans><target>按下</target></alt-trans></trans-unit></body></file></xliff>"
    )
    assert read(old, "a.xliff") == [("请按回车键。",), ("Press Enter.",)]
    new = (
        f'<xliff xmlns="{XLIFF}" version="2.0" srcLang="en" trgLang="zh"><file id="f"><group '
        f'id="g"><unit id="u"><segment>'
        '<source>Press <pc id="1">Enter</pc><ph id="2"/>.</source><target>请按<pc '
        'id="1">回车键</pc>。</target></segment>'
        "</unit></group></file></xliff>"
    )
    assert read(new, "a.xlf") == [("请按回车键。",), ("Press Enter.",)]


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE tmx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE tmx [<!ENTITY file SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE tmx [<!ENTITY % all SYSTEM "http://127.0.0.1:9/x.dtd"> %all;]>',
    ],
)
def test_entities_are_refused(prolog: str) -> None:
    with pytest.raises(DuizhaoError, match="declares an entity") as error:
        parse_xml(f"{prolog}<tmx>&b;</tmx>".encode(), "a.tmx")
    assert error.value.id == "bad-xml"


def test_a_document_type_without_entities_is_no_harm_and_no_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "tmx14.dtd").write_text("not a DTD", encoding="utf-8")
    assert parse_xml(b'<!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"/>', "a.tmx").tag == "tmx"


def test_deep_nesting_is_read_or_refused_without_a_crash() -> None:
    depth = 50_000
    inner = "<hi>" * depth + "文" + "</hi>" * depth
    tmx = (
        f'<tmx><body><tu><tuv xml:lang="zh"><seg>{inner}</seg></tuv><tuv '
        f'xml:lang="en"><seg>a</seg></tuv></tu></body></tmx>'
    )
    assert read(tmx, "a.tmx") == [("文",), ("a",)]


@pytest.mark.parametrize(
    "table",
    [
        "en\tnote\tzh\nThe lamp.\tx\t灯。\nIt rained.\ty\t下雨了。\n",
        "灯。\tThe lamp.\n下雨了。\tIt rained.\n",
        "1\tThe lamp.\t灯。\n2\tIt rained.\t下雨了。\n",
    ],
)
def test_the_columns_of_a_table_are_found_by_name_or_by_script(table: str) -> None:
    assert read(table, "a.tsv") == [("灯。", "下雨了。"), ("The lamp.", "It rained.")]


def test_a_file_without_one_of_the_languages_is_refused() -> None:
    with pytest.raises(DuizhaoError, match="its languages: de, en") as error:
        read(
            '<tmx><body><tu><tuv xml:lang="de"><seg>Ja</seg></tuv><tuv '
            'xml:lang="en"><seg>Yes</seg></tuv></tu></body></tmx>',
            "a.tmx",
        )
    assert error.value.id == "no-pairs"
    for language, told in (("", "its languages: none"), (' source-language="ja"', "its languages: ja, none")):
        unit = "<trans-unit><source>Ja</source><target>Yes</target></trans-unit>"
        with pytest.raises(DuizhaoError, match=told):
            read(f"<xliff><file{language}><body>{unit}</body></file></xliff>", "a.xliff")
    with pytest.raises(DuizhaoError, match="no column of Chinese"):
        read("one\ttwo\n", "a.tsv")


SRT = """1
00:00:01,000 --> 00:00:02,500
渡口的灯亮了，

2
00:00:02,600 --> 00:00:04,000
老人走上了船。

3
00:01:05,000 --> 00:01:07,250
天下雨了。
"""


def test_sentences_of_subtitles_keep_the_times_of_their_first_and_last_cue() -> None:
    text = split_document(read_bytes(SRT.encode(), "a.srt"))
    assert text.sentences == ("渡口的灯亮了，老人走上了船。", "天下雨了。")
    assert text.times == (("00:00:01.000", "00:00:04.000"), ("00:01:05.000", "00:01:07.250"))
    vtt = "WEBVTT\n\n00:01.5 --> 00:02.000\nThe lamp was lit.\n"
    assert split_document(read_bytes(vtt.encode(), "a.vtt", language="en")).times == (
        ("00:00:01.500", "00:00:02.000"),
    )


def test_times_stand_beside_the_beads_in_every_format_that_can_hold_them() -> None:
    zh = split_document(read_bytes(SRT.encode(), "a.srt"))
    en = Text(("The lamp at the ferry was lit, and the old man went on board.", "It rained."), (0, 1))
    rows = make_rows([Bead((0, 1), (0,), 0.9), Bead((), (1,), 0.8)], zh, en)
    first = json.loads(format_rows(rows, "jsonl")[""].splitlines()[0])
    assert first["zh_time"] == ["00:00:01.000", "00:01:07.250"]
    assert "en_time" not in first
    head, line, _ = format_rows(rows, "tsv")[""].splitlines()
    assert head.split("\t")[5:] == ["zh_start", "zh_end"]
    assert line.split("\t")[5:] == ["00:00:01.000", "00:01:07.250"]
    assert 'type="x-zh-time">00:00:01.000 --&gt; 00:01:07.250<' in format_rows(rows, "tmx")[""]


def test_the_code_of_chinese_follows_the_script_or_the_user() -> None:
    for zh, code in (("我们的国家发展得很快。", "zh-CN"), ("我們的國家發展得很快。", "zh-TW")):
        rows = make_rows([Bead((0,), (0,), 0.9)], Text((zh,), (0,)), Text(("Our country.",), (0,)))
        assert f'srclang="{code}"' in format_rows(rows, "tmx")[""]
        assert 'srcLang="zh-HK"' in format_rows(rows, "xliff", language="zh-HK")[""]


def word_file(path: Path, title: str, *paragraphs: str) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_heading(title, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "2020", "35"
    document.save(path)


def test_a_word_file_is_read_by_its_blocks(tmp_path: Path) -> None:
    word_file(tmp_path / "a.docx", "渡口", "天还没有亮。老人姓朱。")
    text = split_document(read_bytes((tmp_path / "a.docx").read_bytes(), "a.docx"))
    assert text.sentences == ("渡口", "天还没有亮。", "老人姓朱。", "2020\t35")
    assert text.kinds is not None
    assert text.kinds[-1] == "table"


def test_a_word_file_that_would_grow_or_declares_entities_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>')
    with pytest.raises(DuizhaoError, match="declares an entity"):
        read_docx(buffer.getvalue(), "a.docx")
    with pytest.raises(DuizhaoError, match="is not a Word file"):
        read_docx(b"PK", "a.docx")


@pytest.mark.slow
def test_a_build_reads_word_files_on_both_sides_and_their_release_is_verified(
    run: Run, tmp_path: Path
) -> None:
    for language, words in (("zh", ("灯塔", "灯塔亮了。")), ("en", ("The Lighthouse", "The lamp was lit."))):
        (tmp_path / "raw" / language).mkdir(parents=True)
        word_file(tmp_path / "raw" / language / "a.docx", *words)
        (tmp_path / "raw" / language / "~$a.docx").write_bytes(b"Word writes this while a file is open")
    built = run("build", "raw", "--out", "out", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert "skipped-file" not in built.stderr
    verified = run("verify", "out", "--raw", "raw", cwd=tmp_path)
    assert verified.returncode == 0, verified.stderr
    (tmp_path / "raw" / "zh" / "a.docx").write_bytes((tmp_path / "raw" / "en" / "a.docx").read_bytes())
    assert run("verify", "out", "--raw", "raw", cwd=tmp_path).returncode == 1


def test_the_encoding_of_a_word_file_cannot_be_told(tmp_path: Path) -> None:
    word_file(tmp_path / "a.docx", "渡口")
    with pytest.raises(DuizhaoError, match=r"a \.docx file has no encoding"):
        read_bytes((tmp_path / "a.docx").read_bytes(), "a.docx", encoding="gb18030")


def test_a_word_file_without_text_is_told(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    docx.Document().save(tmp_path / "a.docx")
    with pytest.raises(DuizhaoError, match="holds no text"):
        read_bytes((tmp_path / "a.docx").read_bytes(), "a.docx")


def test_a_word_file_that_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 2000)
    monkeypatch.setattr(docx_reader, "MOST_BYTES", 1999)
    with pytest.raises(DuizhaoError, match=r"unpacks to 2,000 bytes; at most 1,999 are read") as error:
        read_docx(buffer.getvalue(), "a.docx")
    assert error.value.id == "bad-docx"


def test_notes_breaks_and_nested_tables_of_a_word_file() -> None:
    reader = docx_reader._Reader()
    reader.feed(
        "lost<p>Tide<br/>table<sup><a href='#footnote-1' id='footnote-ref-1'>[1]</a></sup></p>"
        "<table><tr><td>one</td><td>"
        "<table><tr><td>in</td></tr></table></td></tr></table></p></sup><h1> </h1>"
    )
    reader.close()
    text = "".join(reader.parts)
    assert [(block.kind, text[block.start : block.end]) for block in reader.blocks] == [
        ("paragraph", "lost"),
        ("paragraph", "Tide table"),
        ("table", "one\t\tin"),
    ]


def test_a_superscript_of_a_word_file_stays_and_is_no_digit_of_the_number_before_it(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    paragraph = document.add_paragraph("距离约10")
    paragraph.add_run("9").font.superscript = True
    paragraph.add_run("公里，面积20 m")
    paragraph.add_run("2").font.superscript = True
    paragraph.add_run("，第21")
    paragraph.add_run("st").font.superscript = True
    paragraph.add_run("届。")
    document.save(tmp_path / "a.docx")
    text, _ = read_docx((tmp_path / "a.docx").read_bytes(), "a.docx")
    assert text.strip() == "距离约10⁹公里，面积20 m²，第21st届。"


@pytest.mark.parametrize(
    ("name", "text", "id"),
    [
        ("a.tmx", "<tmx><body>", "bad-xml"),
        ("a.tsv", "zh\ten\n渡口的灯亮了。\t\n", "empty-side"),
    ],
)
def test_a_file_that_is_cut_off_or_without_a_side_is_refused(name: str, text: str, id: str) -> None:
    with pytest.raises(DuizhaoError) as error:
        read(text, name)
    assert error.value.id == id and str(error.value).startswith(name)


@pytest.mark.slow
def test_the_command_reads_word_files_and_a_table_and_rejects_by_quality(run: Run, tmp_path: Path) -> None:
    word_file(tmp_path / "a.docx", "灯塔", "灯塔星期三亮起。镇长很高兴。", "他付了三百元。")
    word_file(
        tmp_path / "b.docx",
        "The Lighthouse",
        "The lighthouse lit up on Wednesday. The mayor was delighted.",
        "He paid 900 yuan.",
    )
    done = run(
        "align", "a.docx", "b.docx", "--format", "tsv", "--out", "c.tsv", "--min-quality", "0.5", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "rows of tables and lines of code, paired as they are: 1 Chinese, 1 English" in done.stderr
    rows = [
        json.loads(line)
        for line in (tmp_path / "c.tsv.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [row["record"]["en_text"] for row in rows] == ["He paid 900 yuan."]
    assert rows[0]["reason"] == "min-quality"
    assert "numbers differ (三百 only in Chinese, 900 only in English)" in rows[0]["message"]
    assert "900 yuan" not in (tmp_path / "c.tsv").read_text(encoding="utf-8")
    again = run("align", "c.tsv", "--format", "xliff", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "<target>The mayor was delighted.</target>" in again.stdout


PROJECT = """<?xml version="1.0" encoding="UTF-8"?>
<omegat><project version="1.0"><source_dir>__DEFAULT__</source_dir><target_dir>__DEFAULT__</target_dir>
<tm_dir>__DEFAULT__</tm_dir><glossary_dir>__DEFAULT__</glossary_dir>
<dictionary_dir>__DEFAULT__</dictionary_dir>
<source_lang>ZH-CN</source_lang><target_lang>EN</target_lang>
<sentence_seg>false</sentence_seg></project></omegat>
"""


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("omegat") is None, reason="OmegaT is not installed (Debian: apt-get install omegat)"
)
def test_omegat_translates_with_our_memory(tmp_path: Path) -> None:
    for folder in ("source", "target", "tm/auto", "glossary", "dictionary", "omegat"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "omegat.project").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "source" / "a.txt").write_text("渡口的灯亮了。\n", encoding="utf-8")
    (tmp_path / "tm" / "auto" / "ours.tmx").write_text(write_tmx(UNITS[:1], "zh-CN"), encoding="utf-8")
    command = ["omegat", str(tmp_path), "--mode=console-translate", f"--config-dir={tmp_path / 'config'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    target = tmp_path / "target" / "a.txt"
    assert target.is_file(), done.stdout + done.stderr
    assert target.read_text(encoding="utf-8") == "The lamp at the ferry was lit.\n"
