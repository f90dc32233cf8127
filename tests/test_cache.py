"""A second build makes only what changed, and gives the same bytes. Work is counted, not time."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from conftest import snapshot
from duizhao import cache as cache_module
from duizhao import reuse
from duizhao.builder import Built, build_release
from duizhao.cache import UNUSED, Cache, open_cache

LINES = ("河边的书店开了三十年。", "人们都喜欢来这里看书。", "老板养了两只猫。", "雨天客人更多。")


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve short articles, so that the corpus counts, and one English side; the cache is in a folder of the
    test.
    """
    monkeypatch.setenv("DUIZHAO_CACHE", str(tmp_path / "cache"))
    raw = tmp_path / "raw"
    (raw / "zh").mkdir(parents=True)
    (raw / "en").mkdir()
    for number in range(12):
        body = "\n\n".join((LINES[number % 4], LINES[(number + 1) % 4], "欢迎关注我们的专栏"))
        (raw / "zh" / f"a{number:02d}.txt").write_text(f"第{number}篇\n\n{body}\n", encoding="utf-8")
    (raw / "en" / "a00.md").write_text("The first\n\nThe shop is old.\n", encoding="utf-8")
    return raw


def build(raw: Path, **options: object) -> Built:
    options = {"cache": True, **options}
    return build_release(raw, raw.parent / "out", topic=False, **options)  # type: ignore[arg-type]


def test_only_what_changed_is_made_again_and_the_bytes_are_those_of_a_fresh_build(raw: Path) -> None:
    assert build(raw).made == 12
    first = snapshot(raw.parent / "out")
    assert build(raw).made == 0
    assert snapshot(raw.parent / "out") == first
    (raw / "zh" / "a05.txt").write_text("第五篇\n\n全都重新写过了。\n", encoding="utf-8")
    assert build(raw).made == 1
    again = snapshot(raw.parent / "out")
    assert build(raw, cache=False).made == 12
    assert snapshot(raw.parent / "out") == again


def test_an_article_of_very_many_rows_is_not_kept(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reuse, "MOST_ROWS", 30)  # an entry is made in memory as a whole
    (raw / "zh" / "a05.txt").write_text("第五篇\n\n" + "全都重新写过了。\n\n" * 20, encoding="utf-8")
    build(raw)
    assert build(raw).made == 1


@pytest.mark.slow
def test_everything_that_shapes_an_article_makes_it_again(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(raw)
    (raw / "en" / "a00.md").write_text("The first\n\nThe shop is very old.\n", encoding="utf-8")
    assert build(raw).made == 1
    (raw / "sources.toml").write_text('[[article]]\nfile = "zh/a03.txt"\ngenre = "news"\n', encoding="utf-8")
    assert build(raw).made == 1
    folder = raw.parent / "annotations"
    folder.mkdir()
    start = (raw / "zh" / "a07.txt").read_text(encoding="utf-8").index(LINES[3])
    place = {"article_id": "a07", "start": start, "end": start + len(LINES[3]), "surface": LINES[3]}
    line = {**place, "label": "drop", "category": "ad", "why": "The shop's own words."}
    (folder / "cleaning.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    built = build(raw)
    assert built.made == 1
    assert "ad" in {row["category"] for row in built.records["blocks"]}
    names = {"zh_hans": ["王立"], "zh_hant": ["王立"], "en": []}
    entity: dict[str, object] = {"id": "wang-li", "type": "person", "names": names, "wikidata": None}
    entity["description"] = {"zh_hans": "人。", "en": "A person."}
    (folder / "entities.jsonl").write_text(json.dumps(entity, ensure_ascii=False) + "\n", encoding="utf-8")
    assert build(raw).made == 12  # the names of entities settle how characters are converted
    for options in ({"threshold": 0.6}, {"hant": "zh-Hant-HK"}):
        assert build(raw, **options).made == 12, options
    build(raw)
    monkeypatch.setattr(cache_module, "installation", lambda: "another version")
    assert build(raw).made == 12


def test_an_article_is_made_again_when_the_corpus_around_it_says_otherwise(raw: Path) -> None:
    text = "第{}篇\n\n{}\n\n本报的读者俱乐部今天成立\n"
    for number in (0, 1):
        (raw / "zh" / f"a{number:02d}.txt").write_text(text.format(number, LINES[number]), encoding="utf-8")
    build(raw)
    (raw / "zh" / "a02.txt").write_text(text.format(2, LINES[2]), encoding="utf-8")
    assert build(raw).made == 3  # the paragraph stands in three articles now, which is the source's habit
    once = snapshot(raw.parent / "out")
    build(raw, cache=False)
    assert snapshot(raw.parent / "out") == once


def test_a_cache_that_is_deleted_damaged_or_closed_changes_nothing(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(raw)
    first = snapshot(raw.parent / "out")
    folder = open_cache(raw.parent / "out").folder
    assert folder is not None
    entries = sorted(folder.iterdir())
    entries[0].write_bytes(entries[0].read_bytes()[:-1])
    entries[1].write_bytes(b"")
    entries[2].unlink()
    assert build(raw).made <= 3
    assert snapshot(raw.parent / "out") == first
    shutil.rmtree(raw.parent / "cache")
    (raw.parent / "cache").write_text("no folder", encoding="utf-8")
    assert build(raw).made == 12
    assert snapshot(raw.parent / "out") == first
    monkeypatch.setenv("DUIZHAO_CACHE", "")
    assert open_cache(raw).folder is None


def test_what_a_build_did_not_use_is_deleted_and_an_old_cache_too(tmp_path: Path) -> None:
    cache, other = Cache(tmp_path / "one"), tmp_path / "two"
    other.mkdir()
    cache.put("a", [1])
    cache.put("b", ["\ud800", 0.1])
    assert cache.get("b") == ["\ud800", 0.1]
    cache = Cache(tmp_path / "one")
    assert cache.get("a") == [1]
    os.utime(other, (time.time() - UNUSED - 60,) * 2)
    cache.sweep()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["a"]
    assert not other.exists()


def test_without_a_folder_nothing_is_kept_and_nothing_is_asked_for() -> None:
    cache = Cache()
    cache.put("a", [1])
    cache.sweep()
    assert cache.get("a") is None and cache.folder is None


def test_the_cache_is_in_the_users_folder_for_caches_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUIZHAO_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    one, other = open_cache(tmp_path / "one").folder, open_cache(tmp_path / "other").folder
    assert one is not None and one.parent == tmp_path / "caches" / "duizhao" / "builds"
    assert one != other
    assert open_cache(Path("a\0b")).folder is None
