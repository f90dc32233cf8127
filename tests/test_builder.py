from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import hostile
from conftest import ROOT, Run
from duizhao import schema
from duizhao.builder import build_release, check_anchors, read_articles
from duizhao.errors import DuizhaoError


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, run: Run) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("ours") / "dataset"
    done = run("build", ROOT / "raw", "--out", out, "--strict")
    assert done.returncode == 0, done.stderr
    return snapshot(out)


@pytest.mark.slow
def test_two_builds_give_the_same_bytes_in_another_folder_locale_and_time_zone(
    built: dict[str, bytes], run: Run, tmp_path: Path
) -> None:
    for name in ("raw", "annotations", "docs/plots"):
        shutil.copytree(ROOT / name, tmp_path / "别处" / name)
    for name in ("DATASET_CARD.md", "ERRATA.md", "LICENSE-DATA", "CITATION.cff"):
        shutil.copyfile(ROOT / name, tmp_path / "别处" / name)
    env = {"LC_ALL": "C", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7"}
    done = run("build", "别处/raw", "--out", "dataset", "--strict", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert snapshot(tmp_path / "dataset") == built


@pytest.mark.slow
def test_the_committed_release_is_what_its_sources_build(built: dict[str, bytes]) -> None:
    committed = snapshot(ROOT / "dataset")
    assert set(committed) == set(built)
    readable = [name for name in built if name.endswith((".jsonl", ".md"))]
    assert [name for name in readable if committed[name] != built[name]] == []


@pytest.mark.slow
def test_our_own_annotations_anchor(run: Run) -> None:
    done = run("annotate", ROOT / "raw", "--check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_build_needs_no_annotations_no_card_and_no_sources_toml(run: Run, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "one.txt").write_text("标题\n\n正文只有一句。\n", encoding="utf-8")
    done = run("build", "articles", "--out", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "# mine" in (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_disk_that_fills_up_leaves_the_old_release(small: Path, run: Run) -> None:
    assert run("build", "raw", "--out", "out", cwd=small.parent).returncode == 0
    before = snapshot(small.parent / "out")
    (small / "zh" / "orchard.txt").write_text("标题\n\n" + "很长的正文。" * 9000, encoding="utf-8")

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = run("build", "raw", "--out", "out", cwd=small.parent, preexec_fn=limit)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: out: cannot be written")
    assert "Traceback" not in done.stderr
    assert snapshot(small.parent / "out") == before
    assert sorted(path.name for path in small.parent.iterdir()) == ["README.md", "out", "raw"]


@pytest.mark.slow
def test_ctrl_c_leaves_the_old_release(small: Path, run: Run) -> None:
    assert run("build", "raw", "--out", "out", cwd=small.parent).returncode == 0
    before = snapshot(small.parent / "out")
    for number in range(400):
        (small / "zh" / f"more{number}.txt").write_text(
            f"标题{number}\n\n" + "正文很长。" * 2000, encoding="utf-8"
        )
    process = subprocess.Popen(
        [sys.executable, "-m", "duizhao", "build", "raw", "--out", "out"],
        cwd=small.parent,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    maps = Path(f"/proc/{process.pid}/maps")
    while process.poll() is None and "opencc_clib" not in maps.read_text(encoding="utf-8"):
        time.sleep(0.05)  # the build is at work once the conversion library is loaded
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert snapshot(small.parent / "out") == before
    assert sorted(path.name for path in small.parent.iterdir()) == ["README.md", "out", "raw"]


def test_build_takes_a_file_of_cues_and_the_manifest_has_its_hash(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    body = "那一年的秋天来得很早，院子里的柿子还没有红透，祖母已经把竹竿找了出来。\n\n"
    (raw / "a.txt").write_text(f"秋天的柿子\n\n{body * 3}晨光伴读\n\n相关阅读\n", encoding="utf-8")
    cues = tmp_path / "mine.toml"
    cues.write_text('[ad]\ncertain = ["晨光伴读"]\n', encoding="utf-8")
    built = build_release(raw, tmp_path / "release", topic=False, cues=cues)
    label = {row["text"]: (row["label"], row["category"]) for row in built.records["blocks"]}
    assert label["晨光伴读"] == ("drop", "ad")
    manifest = json.loads((tmp_path / "release" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["cues"] == {"mine.toml": hashlib.sha256(cues.read_bytes()).hexdigest()}


WITHOUT_THE_ENCODER = """
import sys
from pathlib import Path
from duizhao.builder import build_release
from duizhao.encoders import default_encoder
for topic in (False, True):
    build_release(Path("raw"), Path("out"), **({"topic": True} if topic else {}))
    print(default_encoder.cache_info().currsize)
"""


@pytest.mark.slow
def test_a_build_of_chinese_alone_loads_no_encoder_unless_it_is_asked_for(tmp_path: Path) -> None:
    """The model of the encoder takes most of the time of such a build."""
    (tmp_path / "raw").mkdir()
    body = "那一年的秋天来得很早，院子里的柿子还没有红透，祖母已经把竹竿找了出来。\n\n"
    (tmp_path / "raw" / "a.txt").write_text(f"秋天的柿子\n\n{body * 3}相关阅读\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_ENCODER], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "1"]


@pytest.mark.slow
def test_a_view_of_one_article_has_its_rows_and_no_others(small_release: Path) -> None:
    title, records = read_articles(small_release, ["harbor"])
    assert title == "release"
    assert [row["id"] for row in records["articles"]] == ["harbor"]
    assert {row["article_id"] for config in ("sentences", "blocks") for row in records[config]} == {"harbor"}
    assert len(read_articles(small_release, [])[1]["articles"]) == 2
    with pytest.raises(DuizhaoError, match="no article 'nothing'; known: harbor, orchard"):
        read_articles(small_release, ["nothing"])


def test_a_view_keeps_what_points_at_the_named_articles_only(tmp_path: Path) -> None:
    hostile.write_work(tmp_path)
    (tmp_path / "raw" / "zh" / "b.txt").write_text("另一篇\n\n山下没有灯，也没有人。\n", encoding="utf-8")
    build_release(tmp_path / "raw", tmp_path / "out", topic=False)
    for article, size in (("a", 1), ("b", 0)):
        records = read_articles(tmp_path / "out", [article])[1]
        sizes = [len(records[config]) for config in ("mentions", "events", "claims", "questions")]
        assert sizes == [size * 2, size, size, size]


def test_a_bead_that_no_longer_fits_is_told_by_a_check_of_annotations(tmp_path: Path) -> None:
    hostile.write_work(tmp_path)
    line = hostile.line(hostile.ANNOTATIONS["beads"])
    (tmp_path / "annotations" / "beads.jsonl").write_text(line, encoding="utf-8")
    findings = check_anchors(tmp_path / "raw")
    assert {(finding.id, finding.record) for finding in findings} == {("stale-bead", "a")}


def test_beads_that_do_not_fit_are_all_told_at_once_with_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    hostile.write_work(tmp_path)
    raw, annotations = tmp_path / "raw", tmp_path / "annotations"
    shutil.copyfile(raw / "zh" / "a.txt", raw / "zh" / "c.txt")
    shutil.copyfile(raw / "en" / "a.md", raw / "en" / "c.md")
    starts = [{"zh": [2], "en": [2]}, {"zh": [901], "en": []}, {"zh": [6], "en": [14]}, {"zh": [], "en": [7]}]
    rows = [{"article_id": id, **one} for id in "ac" for one in starts]
    (annotations / "beads.jsonl").write_text("".join(map(hostile.line, rows)), encoding="utf-8")
    told = [str(finding) for finding in check_anchors(raw)]
    wrong = [f"beads.jsonl:{line}" for line in (2, 4, 6, 8)]
    assert [sum(place in line for line in told) for place in wrong] == [1] * 4
    (raw / "zh" / "b.txt").write_bytes(b"\x00\xff\x00")
    with pytest.raises(DuizhaoError) as error:
        build_release(raw, tmp_path / "out")
    lines = str(error.value).splitlines()
    assert [sum(place in line for line in lines) for place in ("zh/b.txt", *wrong)] == [1] * 5
    assert not (tmp_path / "out").exists()


def test_what_was_not_read_is_in_the_release_with_its_reason(tmp_path: Path) -> None:
    hostile.write_work(tmp_path)
    (tmp_path / "raw" / "zh" / "cover.jpg").write_bytes(b"x")
    built = build_release(tmp_path / "raw", tmp_path / "out")
    (line,) = (tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(line)
    assert (row["source"], row["reason"], row["article_id"]) == ("zh/cover.jpg", "skipped-file", None)
    assert schema.problems("release/rejected", row) == []
    assert [one.reason for one in built.rejected] == ["skipped-file"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["rejected"] == {"skipped-file": 1}
