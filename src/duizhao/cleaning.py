"""placeholder v1"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from duizhao.blocks import Block, cut, find_blocks, read, trim
from duizhao.source import Document, make_document


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a block. ``score`` is the probability that it is boilerplate."""

    block: Block
    label: str
    category: str | None = None
    reason: str | None = None
    score: float = 0.0


def judge(document: Document, blocks: Sequence[Block]) -> list[Verdict]:
    raw = document.text
    out: list[Verdict] = []
    tail = None
    for b in blocks:
        t = read(raw, b.spans)
        if tail is None and re.match(r"(參考資料|相關推薦|美媒 OpenAI|原文链接|采访链接)", t):
            tail = "references" if "參考" in t else "related" if "推" in t or "美媒" in t else "source_link"
        if t == "相關推薦":
            tail = "related"
        if tail == "source_link" and "AI知识" in t:
            tail = "share_call"
        if b.kind in ("image", "front_matter"):
            out.append(Verdict(b, "drop", b.kind, b.kind, 1.0))
        elif tail:
            out.append(Verdict(b, "drop", tail, "tail", 1.0))
        elif re.match(r"作者：|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 字", t):
            out.append(Verdict(b, "drop", "editor_credit" if t[0] == "作" else "site_header", "byline", 1.0))
        elif re.match(r"原文如下", t):
            out.append(Verdict(b, "drop", "editor_note", "note", 1.0))
        elif m := re.match(r"\*。|记者：Alex Heath，2023年11月29日 ", t):
            at = b.spans[0][0] + m.end()
            out.append(Verdict(replace(b, end=at, spans=trim(raw, cut(b.spans, b.start, at))), "drop", "artefact", "artefact", 1.0))
            rest = trim(raw, cut(b.spans, at, b.end))
            out.append(Verdict(replace(b, start=rest[0][0], spans=rest), "keep"))
        else:
            out.append(Verdict(b, "keep"))
    return out


def clean(text: str) -> str:
    document = make_document("text", text)
    kept = [v.block for v in judge(document, find_blocks(document)) if v.label == "keep"]
    return "\n\n".join(read(text, block.spans) for block in kept)
