"""Bad input, prepared as tables: what other programs, other people and broken disks may hand to a build or a
check.

``WORK`` is a raw folder with annotations of every kind, a card and a citation, so that a release of it has
every config. The tables change one thing of it at a time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ZH = "# 灯塔\n\n东岬镇的灯塔重新亮起。王立说：“等了太久。”\n\n灯塔建于1931年。\n"
EN = (
    '# Lighthouse\n\nThe lighthouse of Dongjia was lit again. "We waited too long," said Wang Li.\n\nIt '
    "was built in 1931.\n"
)


def anchor(surface: str, text: str = ZH) -> dict[str, Any]:
    start = text.index(surface)
    return {"start": start, "end": start + len(surface), "surface": surface}


def statement(zh: str, en: str) -> dict[str, Any]:
    return {"article_id": "a", **anchor(zh), "en": anchor(en, EN)}


THREE = {"zh_hans": "灯塔亮了", "zh_hant": "燈塔亮了", "en": "The lighthouse is lit"}
ANNOTATIONS: dict[str, dict[str, Any]] = {
    "entities": {
        "id": "wang-li",
        "type": "person",
        "names": {"zh_hans": ["王立"], "zh_hant": ["王立"], "en": ["Wang Li"]},
        "wikidata": None,
        "description": {"zh_hans": "人", "en": "A person"},
    },
    "mentions": {"article_id": "a", "file": "zh", **anchor("王立"), "entity_id": "wang-li"},
    "events": {
        "id": "lit-again",
        "start": "2024-05-01",
        "end": "2024-05-02",
        "precision": "day",
        "timezone": None,
        "title": THREE,
        "participants": ["wang-li"],
        "evidence": [{"article_id": "a", **anchor("东岬镇的灯塔重新亮起。")}],
    },
    "claims": {
        "id": "claim-001",
        "premise": statement("东岬镇的灯塔重新亮起。", "The lighthouse of Dongjia was lit again."),
        "hypothesis": statement("灯塔建于1931年。", "It was built in 1931."),
        "label": "neutral",
        "topic": "lighthouse",
        "explanation": {"zh_hans": "两句各说一事。", "en": "Two facts."},
        "context": {"zh_hans": "一篇报道。", "en": "One report."},
        "public_record": None,
    },
    "questions": {
        "id": "question-001",
        "article_ids": ["a"],
        "question": THREE,
        "choices": {key: [value, value + "1", value + "2", value + "3"] for key, value in THREE.items()},
        "answer": 0,
        "evidence": [{"article_id": "a", **anchor("灯塔建于1931年。")}],
        "type": "single-hop",
    },
    "script": {
        "article_id": "a",
        **anchor("灯塔建"),
        "engine": "燈塔建",
        "right": "燈塔建",
        "reason": "A test.",
    },
    "beads": {"article_id": "a", "zh": [2], "en": [2]},
    "acknowledged": {"finding": "length-ratio", "record": "a:s00002", "reason": "A test."},
}
CARD = "---\npretty_name: Lighthouse\nlicense: cc-by-4.0\n---\n# Lighthouse\n"
CITATION = 'title: "Lighthouse"\nversion: 1.0.0\nauthors:\n- name: Us\n'
SOURCES = '[[article]]\nfile = "zh/a.txt"\npublished = "2024-05-02"\n'


def write_work(folder: Path) -> None:
    """The whole of ``WORK``: only what makes every config, without hand-made beads and acknowledgements."""
    files = {
        "raw/zh/a.txt": ZH,
        "raw/en/a.md": EN,
        "DATASET_CARD.md": CARD,
        "CITATION.cff": CITATION,
        **{
            f"annotations/{kind}.jsonl": line(row)
            for kind, row in ANNOTATIONS.items()
            if kind not in ("beads", "acknowledged")
        },
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def line(row: Any) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


LINES: dict[str, bytes] = {
    "no utf-8": b'{"id": "\xff"}\n',
    "utf-16": '{"id": "a"}\n'.encode("utf-16"),
    "cut off": b'{"id": "a\n',
    "a list": b"[]\n",
    "null": b"null\n",
    "a number": b"1\n",
    "a text": b'"x"\n',
    "an empty object": b"{}\n",
    "two objects": b"{} {}\n",
    "deep lists": b'{"id": ' + b"[" * 100_000 + b"\n",
    "deep lists, closed": b'{"id": ' + b"[" * 500 + b"]" * 500 + b"}\n",
    "5,000 digits": b'{"start": ' + b"9" * 5000 + b"}\n",
    "an integer of 128 bits": b'{"start": 340282366920938463463374607431768211456}\n',
    "no number": b'{"start": NaN}\n',
    "infinity": b'{"start": 1e999}\n',
    "half a pair": b'{"id": "\\ud800"}\n',
    "a name twice": b'{"id": "a", "id": "b"}\n',
    "NUL": b"\0\n",
    "not JSON": b"- a: b\n",
}
"""Lines that no annotation file and no release may hold."""

VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus": -1,
    "a fraction": 1.0,
    "large": 2**62,
    "no text": "",
    "text": "x\n\x1b[2J",
    "a list": [],
    "a list of lists": [[[]]],
    "a list of numbers": [1, 2],
    "an object": {},
}
"""Values to put in the place of any field."""

YAML: dict[str, bytes] = {
    "no utf-8": b"title: \xff\n",
    "not closed": b"title: [\n",
    "a list": b"- a\n- b\n",
    "a text": b"a\n",
    "a number": b"1\n",
    "null": b"null\n",
    "deep": b"a: " + b"[" * 3000 + b"\n",
    "deep, closed": b"a: " + b"[" * 90 + b"]" * 90 + b"\n",
    "a key that is a list": b"? [a]\n: b\n",
    "a key that is a number": b"1: 2\n",
    "a circle": b"a: &a [*a]\n",
    "a billion laughs": b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
    + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 10)) for c in b"bcdefg"),
    "half a pair": b'a: "\\ud800"\n',
    "a character that is none": b'a: "\\UFFFFFFFF"\n',
    "5,000 digits": b"a: " + b"9" * 5000 + b"\n",
    "no date": b"date-released: 2023-99-99\npretty_name: 2023-99-99\n",
    "a Python object": b"a: !!python/object/apply:os.getcwd []\n",
    "binary": b"a: !!binary x\n",
    "a timestamp": b"a: !!timestamp x\n",
    "a set": b"a: !!set {a}\n",
    "infinity": b"a: .inf\n",
    "NUL": b"a: \0\n",
    "tabs": b"a:\n\t- b\n",
    "an alias of nothing": b"a: *b\n",
    "a merge of a number": b"<<: 1\n",
    "wrong types": b"license: {a: b}\nauthors: me\ntags: 1\nlanguage: [1]\ntitle: [x]\nkeywords: x\n",
    "authors that are texts": b"authors:\n- me\nlicense: [[a]]\n",
    "an author's name is a list": b"authors:\n- name: [a]\npretty_name: {}\n",
    "no version": b"version: [1]\ntags: {a: b}\n",
    "true": b"title: true\npretty_name: true\n",
}
"""YAML that neither a card nor a citation may hold, or that must do no harm."""

TOML: dict[str, bytes] = {
    "no utf-8": b"\xff",
    "not closed": b"[[article",
    "deep": b"a = " + b"[" * 50_000,
    "5,000 digits": b"a = " + b"9" * 5000,
    "dotted": b"a." * 3000 + b"b = 1",
    "no date": b"[[article]]\nfile = 2023-99-99\n",
    "a date": b"[[article]]\nfile = 2023-11-20\n",
    "another table": b"[articles]\n",
    "a table": b'[article]\nfile = "zh/a.txt"\n',
    "a list of numbers": b"article = [1]\n",
    "a list of lists": b"article = [[]]\n",
    "a text": b'article = "x"\n',
    "no file": b'[[article]]\nid = "a"\n',
    "a file that is a number": b"[[article]]\nfile = 1\n",
    "a file that is empty": b'[[article]]\nfile = ""\n',
    "a file that is the folder": b'[[article]]\nfile = "."\n',
    "a file above": b'[[article]]\nfile = "../../etc/passwd"\n',
    "a file of the system": b'[[article]]\nfile = "/etc/passwd"\n',
    "a device": b'[[article]]\nfile = "/dev/zero"\n',
    "NUL in a name": b'[[article]]\nfile = "a\\u0000b"\n',
    "a name that is too long": b'[[article]]\nfile = "' + b"a" * 300 + b'"\n',
    "an id with a slash": b'[[article]]\nfile = "zh/a.txt"\nid = "a/b"\n',
    "an unknown encoding": b'[[article]]\nfile = "zh/a.txt"\nencoding = "foo"\n',
    "an encoding of bytes": b'[[article]]\nfile = "zh/a.txt"\nencoding = "base64"\n',
    "no real date": b'[[article]]\nfile = "zh/a.txt"\npublished = "2023-13-45"\n',
    "no real hour": b'[[article]]\nfile = "zh/a.txt"\npublished = "2023-11-20T25:61"\n',
    "an unknown key": b'[[article]]\nfile = "zh/a.txt"\nauthor = "x"\n',
    "twice": b'[[article]]\nfile = "zh/a.txt"\n[[article]]\nfile = "zh/a.txt"\n',
    "half a pair": b'[[article]]\nfile = "zh/\\ud800"\n',
}
"""What sources.toml may not hold."""

RAW: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t\n",
    "a mark alone": b"\xef\xbb\xbf",
    "no encoding": bytes(range(1, 256)),
    "half a character": "灯塔".encode()[:-1],
    "NUL": "灯\0塔".encode(),
    "zeros": b"\0" * 1000,
    "utf-16": "灯塔亮了。".encode("utf-16"),
    "gb18030": "灯塔亮了。".encode("gb18030"),
    "surrogates": b"\xed\xa0\x80",
    "a front matter alone": b"---\n",
    "a front matter without end": "---\na: b\n灯塔亮了。\n".encode(),
    "a title alone": "# 灯塔\n".encode(),
    "marks alone": "，。！？：、\n".encode(),
    "a label and a wide space": "标题：、\u3000".encode(),
    "a label and nothing": "标题：\u3000\u3000\n作者：".encode(),
    "brackets": b"[" * 3000,
    "quotes": "“".encode() * 3000,
    "pictures": b"![" * 3000,
    "stars": b"*" * 3000,
    "a table": "|灯|塔|\n|-|-|\n".encode() * 30,
    "control characters": "灯塔\x1b[2J\x07\x08\u202e\u2028亮了。\n".encode(),
    "combining marks": ("灯" + "\u0301" * 500 + "。").encode(),
    "variation selectors": "灯\ufe0f塔\U000e0101亮。".encode(),
    "beyond the plane": "𠮷𠮷𠮷。\n".encode(),
    "private use": "\ue000\uf8ff。\n".encode(),
    "only line ends": b"\r\r\n\n\r",
    "old line ends": "灯塔亮了。\r王立说好。\r".encode(),
    "carriage return in the middle": "灯塔\r\r亮了。".encode(),
    "an HTML page": b"<html><body><p>\xe7\x81\xaf",
}
"""Files that may lie in a raw folder as ``zh/a.txt``. Some of them are articles."""
