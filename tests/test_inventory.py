from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from conftest import SMALL, Run
from duizhao.builder import build_release
from duizhao.errors import DuizhaoError
from duizhao.inventory import check_writable, take_inventory, write_inventory
from duizhao.report import print_inventory
from duizhao.sources import find_skipped, find_sources, read_listing

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GBK = "标题：河边的书店\n作者：王立\n发布时间：2023-05-06\n\n# 河边的书店\n\n书店在河边开了三十年，人们都喜欢来这里看书，也喜欢和老板说话。\n"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The small raw folder, and a file in GB18030 whose name holds a space."""
    shutil.copytree(SMALL / "raw", tmp_path / "work" / "raw")
    (tmp_path / "work" / "raw" / "zh" / "book shop.txt").write_bytes(GBK.encode("gb18030"))
    return tmp_path / "work" / "raw"


def write(raw: Path) -> bool:
    return write_inventory(raw, raw.parent / "DATASET_CARD.md", take_inventory(raw))


def test_init_writes_what_it_found_and_the_build_uses_it(raw: Path) -> None:
    assert write(raw)
    text = (raw / "sources.toml").read_text(encoding="utf-8")
    entries = {entry["id"]: entry for entry in tomllib.loads(text)["article"]}
    assert list(entries) == ["book-shop", "harbor", "orchard"]
    shop = entries["book-shop"]
    assert (shop["file"], shop["encoding"], shop["byline"], shop["published"]) == (
        "zh/book shop.txt",
        "gb18030",
        "王立",
        "2023-05-06",
    )
    assert "encoding" not in entries["harbor"]
    assert "# 海港小镇重开灯塔\n# zh-Hans; English: en/harbor.md\n" in text
    assert "# zh-Hant\n" in text
    built = build_release(raw, raw.parent / "out", topic=False)
    assert {finding.id for finding in built.findings}.isdisjoint({"made-id", "detected-encoding"})
    assert "TODO" in (raw.parent / "out" / "README.md").read_text(encoding="utf-8")


def test_init_again_keeps_every_edit_and_adds_only_what_is_new(raw: Path) -> None:
    write(raw)
    listing, card = raw / "sources.toml", raw.parent / "DATASET_CARD.md"
    edited = listing.read_text(encoding="utf-8").replace('byline = "王立"', 'byline = "王立明" # asked him')
    edited = "complete = true # nothing else\n" + edited + "# the end, without a line feed"
    listing.write_text(edited, encoding="utf-8")
    card.write_text("# My card\n", encoding="utf-8")
    assert not write(raw)
    assert listing.read_text(encoding="utf-8") == edited
    (raw / "zh" / "late.txt").write_text("迟到的人\n\n他每天都迟到，老师也没有办法。\n", encoding="utf-8")
    assert not write(raw)
    again = listing.read_text(encoding="utf-8")
    assert again.startswith(edited + "\n")
    assert [entry.values["id"] for entry in read_listing(listing).entries] == [
        "book-shop",
        "harbor",
        "orchard",
        "late",
    ]
    assert card.read_text(encoding="utf-8") == "# My card\n"


@pytest.mark.slow
def test_init_prints_a_table_and_a_next_command_that_works(run: Run, raw: Path) -> None:
    (raw / "zh" / "cut.txt").write_bytes("标题\n".encode("utf-16-le")[:3])
    done = run("init", "raw", cwd=raw.parent)
    assert done.returncode == 1
    assert "not read: raw/zh/cut.txt" in done.stderr
    assert "Next: fix the files named below, then run: duizhao init raw" in done.stdout
    (raw / "zh" / "cut.txt").unlink()
    done = run("init", cwd=raw.parent)
    assert done.returncode == 0
    assert "not read" not in done.stderr  # a slow machine tells its progress there
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "raw/sources.toml: 0 articles added; 3 were there" in " ".join(done.stdout.split())
    assert "book-shop" in done.stdout
    *_, command = done.stdout.splitlines()
    assert command == "Next: duizhao build raw --out dataset"
    inside = run("init", ".", cwd=raw)
    assert inside.stdout.splitlines()[-1] == "Next: duizhao build . --out ../dataset"


def test_init_refuses_a_folder_that_it_cannot_write_and_one_that_is_not_there(
    raw: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(DuizhaoError, match=r"no permission.*folder of your own") as caught:
        check_writable(raw / "sources.toml")
    assert caught.value.id == "cannot-write"
    done = run("init", "articles", cwd=raw.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: articles: no such folder; give the folder")


def test_init_lists_the_texts_of_subfolders_and_the_build_reads_them(raw: Path) -> None:
    for lang, text in (("zh", "# 问答\n\n书店在河边开了三十年。\n"), ("en", "# FAQ\n\nThe shop is old.\n")):
        (raw / lang / "guide").mkdir()
        (raw / lang / "guide" / "faq.md").write_text(text, encoding="utf-8")
    told = {one.record: one.message for one in find_skipped(raw, find_sources(raw))}
    assert list(told) == ["zh/guide", "en/guide"]
    assert "duizhao init lists them" in told["zh/guide"]
    write(raw)
    text = (raw / "sources.toml").read_text(encoding="utf-8")
    assert 'id = "guide-faq"\nfile = "zh/guide/faq.md"\nen = "en/guide/faq.md"\n' in text
    names = {zh.id: en and en.name for zh, en in find_sources(raw)}
    assert names["guide-faq"] == "en/guide/faq.md"
    assert find_skipped(raw, find_sources(raw)) == []
    assert not take_inventory(raw).new


def test_the_card_is_named_as_a_place_and_a_folder_zh_is_no_raw_folder(
    raw: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(raw)
    print_inventory(take_inventory(Path("zh")), Path("zh"), Path("DATASET_CARD.md"), True)
    told = " ".join(capsys.readouterr().out.split())
    assert "./DATASET_CARD.md, beside ./zh: written" in told
    assert "en is not read: RAW is the folder above zh and en: duizhao init ." in told
