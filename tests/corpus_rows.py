"""Small corpora for the tests: articles of a few sentences, all different."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

WORDS = ("公园", "河边", "图书馆", "市场", "学校", "车站", "山上", "海边", "广场", "茶馆")


def article(number: int) -> dict[str, Any]:
    place, other = WORDS[number % 10], WORDS[number // 10 % 10]
    text = (
        f"第{number}次散步\n\n今天天气很好，我们从{place}走到{other}，一共用了{number + 3}分钟。"
        f"路上的人不多，大家都说这里的风景值得再来看一次。\n\n到了{other}以后，我们坐下来喝茶，谈起去年冬天的事情。\n\n"
        f"点击关注我们的公众号，获取更多精彩内容\n"
    )
    return {"id": f"walk-{number:04d}", "text": text, "source": f"walks-{number % 2}"}


def write_lines(path: Path, rows: Iterable[Mapping[str, Any] | bytes]) -> Path:
    lines = [row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path
