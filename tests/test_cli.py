from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import ROOT, Run
from duizhao.cli import _documents, app
from duizhao.errors import DuizhaoError


def test_clean_prints_the_kept_text_and_nothing_else(run: Run) -> None:
    done = run("clean", ROOT / "tests/small/raw/zh/harbor.txt")
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "海港小镇重开灯塔"
    assert "镇长说：“我们等这一天等了太久。”" in done.stdout
    for gone in ("林小雨", "点赞", "lighthouse", "**"):
        assert gone not in done.stdout


def test_clean_keeps_the_script_of_the_source(run: Run) -> None:
    assert "隻用瞭三個月" in run("clean", ROOT / "tests/small/raw/zh/orchard.txt").stdout


def test_clean_explains_every_removed_block_with_category_and_reason(run: Run) -> None:
    lines = run("clean", "--explain", ROOT / "tests/small/raw/zh/harbor.txt").stdout.splitlines()
    removed = {text: lines[number + 1].strip() for number, text in enumerate(lines) if text.startswith("- ")}
    assert [why.split(" (")[0] for text, why in removed.items() if "点赞" in text] == ["share_call"]
    assert any(why.startswith("image (") for why in removed.values())
    assert all("(" in why for why in removed.values())


@pytest.mark.slow
def test_clean_and_convert_read_standard_input_and_write_utf_8_in_any_locale(run: Run) -> None:
    done = run(
        "convert",
        "--to",
        "zh-Hant",
        "-",
        input="只要里面有面\n",
        env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    )
    assert done.stdout == "只要裡面有面\n"
    assert run("clean", "-", input="标题\n\n正文在这里。\n").stdout == "标题\n\n正文在这里。\n"


@pytest.mark.slow
def test_clean_and_convert_write_a_file_beside_and_never_their_input(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "原文.txt", tmp_path / "out.txt"
    source.write_text("标题\n\n只要里面有灯。\n", encoding="utf-8")
    out.write_text("old", encoding="utf-8")
    done = run("convert", "原文.txt", "--out", "out.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_text(encoding="utf-8") == "標題\n\n只要裡面有燈。\n"
    done = run("clean", "原文.txt", "--out", "out.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_text(encoding="utf-8") == source.read_text(encoding="utf-8")
    for command in ("convert", "clean"):
        for name in ("原文.txt", "./原文.txt"):
            done = run(command, "原文.txt", "--out", name, cwd=tmp_path)
            assert done.returncode == 1
            assert "is the input 原文.txt; write to another file" in done.stderr
    done = run("clean", "原文.txt", "--explain", "--as-annotations", "--out", "out.txt", cwd=tmp_path)
    assert done.returncode == 2 and "use >> FILE" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.txt", "原文.txt"]


@pytest.mark.slow
def test_build_ends_with_a_table_and_validate_agrees(run: Run, small: Path) -> None:
    done = run("build", "raw", "--out", "out", cwd=small.parent)
    assert done.returncode == 0, done.stderr
    assert "harbor" in done.stdout
    assert "share call" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "out: " in done.stdout
    valid = run("validate", "out", cwd=small.parent)
    assert valid.returncode == 0, valid.stderr
    assert valid.stdout.startswith("out: valid; ")


def test_an_error_names_a_chinese_path_in_any_locale(run: Run, tmp_path: Path) -> None:
    done = run("validate", "没有", cwd=tmp_path, env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"})
    assert (done.returncode, done.stderr[:10]) == (1, "error: 没有:")


def test_wrong_usage_exits_with_2(run: Run) -> None:
    assert run("build", "--no-such-option").returncode == 2
    assert run("no-such-command").returncode == 2
    assert "tw, hk" in run("build", "--hant", "jp").stderr


def test_help_and_version(run: Run) -> None:
    import duizhao

    assert "build" in run("--help").stdout
    assert run("--version").stdout.strip() == run("-V").stdout.strip() == duizhao.__version__


def test_help_shows_the_whole_sentence_of_every_command(run: Run) -> None:
    import typer

    from duizhao.cli import app

    shown = " ".join(run("--help").stdout.split())
    for command in typer.main.get_command(app).commands.values():  # type: ignore[attr-defined]
        assert " ".join(command.help.split()) in shown


def test_a_wrong_command_suggests_the_right_one_or_names_all(run: Run) -> None:
    for wrong, right in (("buld", "build"), ("check", "validate"), ("Stats", "stats"), ("publish", "push")):
        assert f"Did you mean '{right}'?" in run(wrong).stderr
    assert "Commands: init, build, why, validate" in run("xyzzy").stderr


@pytest.mark.slow
def test_a_release_that_is_not_named_is_the_one_here_and_said(
    run: Run, tmp_path: Path, small_release: Path
) -> None:
    shutil.copytree(small_release, tmp_path / "dataset")
    for command in ("validate", "stats", "view"):
        done = run(command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr == "release: dataset, in the folder you are in\n"
        named = run(command, "dataset", cwd=tmp_path)
        assert (named.stdout, named.stderr) == (done.stdout, "")


@pytest.mark.slow
def test_the_release_inside_the_package_is_taken_only_when_asked(run: Run, tmp_path: Path) -> None:
    for command in (["validate"], ["stats"], ["view"], ["push", "org/name", "--dry-run"]):
        done = run(*command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert "--packaged" in done.stderr
    done = run("stats", "--packaged", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith("release: the one inside the package (")
    assert "sam-altman" in done.stdout
    assert run("stats", "--packaged", "dataset", cwd=tmp_path).returncode == 2
    done = run("tasks", cwd=tmp_path)
    assert done.stderr == "tasks run on the release inside the package\n"
    assert Path(done.stdout.strip()).is_dir()


@pytest.mark.slow
def test_build_is_quiet_or_writes_its_report_when_asked(run: Run, small: Path) -> None:
    folder = small.parent
    done = run("build", "raw", "--out", "out", "--quiet", "--report", "report.json", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert [row["article"] for row in report["articles"]] == ["harbor", "orchard"]
    assert run("build", "raw", "--quiet", "--verbose", cwd=folder).returncode == 2
    for inside in ("raw/report.json", "out/report.json"):
        done = run("build", "raw", "--out", "out", "--report", inside, cwd=folder)
        assert done.returncode == 1, inside
        assert not (folder / inside).exists()


@pytest.mark.slow
def test_duplicates_says_that_there_are_none(run: Run, small: Path) -> None:
    done = run("duplicates", "raw", cwd=small.parent)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "none: no two articles have a similarity of 0.8 or more\n"


def test_annotate_says_that_there_are_no_annotations(run: Run, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("标题\n\n王立建了灯塔。\n", encoding="utf-8")
    done = run("annotate", "--check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "annotations: no annotations there; nothing to check\n")


@pytest.mark.slow
def test_annotate_says_which_annotations_no_longer_anchor_and_where_they_went(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "annotations").mkdir()
    article = tmp_path / "raw" / "a.txt"
    article.write_text("标题\n\n王立建了灯塔。\n", encoding="utf-8")
    names = {"zh_hans": ["王立"], "zh_hant": ["王立"], "en": []}
    entity = {
        "id": "wang-li",
        "type": "person",
        "names": names,
        "wikidata": None,
        "description": {"zh_hans": "人。", "en": "A person."},
    }
    mention = {
        "article_id": "a",
        "file": "zh",
        "start": 4,
        "end": 6,
        "surface": "王立",
        "entity_id": "wang-li",
    }
    for name, row in (("entities", entity), ("mentions", mention)):
        (tmp_path / "annotations" / f"{name}.jsonl").write_text(
            json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    done = run("annotate", "--check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "every annotation anchors\n")
    article.write_text("标题\n\n听说，王立建了灯塔。\n", encoding="utf-8")
    done = run("annotate", "--check", cwd=tmp_path)
    assert done.returncode == 1
    assert "stale-anchor" in done.stderr
    assert "it stands at 7 now" in done.stderr
    assert run("annotate", cwd=tmp_path).returncode == 2


@pytest.mark.slow
def test_many_findings_of_a_kind_are_told_once_with_their_number(run: Run, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("标题\n\n王立建了灯塔。\n", encoding="utf-8")
    for number in range(40):
        (tmp_path / "raw" / f"b{number}.pdf").write_bytes(b"")
    done = run("build", "raw", cwd=tmp_path)
    assert done.returncode == 0
    assert "\nskipped-file: 40 findings\n  Example: b0.pdf: raw: not read" in done.stderr
    assert "  Fix: Move the file" in done.stderr
    assert len(done.stdout.splitlines() + done.stderr.splitlines()) <= 24
    shutil.rmtree(tmp_path / "dataset")
    strict = run("build", "raw", "--strict", cwd=tmp_path)
    assert strict.returncode == 1
    assert "level 4 skipped-file: … and 37 more; build --verbose without --strict shows each" in strict.stderr
    assert len(strict.stderr.splitlines()) == 4
    every = run("build", "raw", "--verbose", cwd=tmp_path)
    assert len(every.stderr.splitlines()) == 40


def test_what_pair_does_not_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text("# 标题\n\n今天天气很好。\n", encoding="utf-8")
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    _documents(tmp_path, "zh")
    assert capsys.readouterr().err == ""
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "b.md").write_text("今天天气很好。\n", encoding="utf-8")
    (tmp_path / "guide" / "picture.png").write_bytes(b"x")
    (tmp_path / "guide" / "loop").symlink_to(tmp_path)
    assert [name for name, _ in _documents(tmp_path, "zh")] == ["a.md", "guide/b.md"]
    assert (
        ": 2 not read: guide/loop (a link to a folder that is read elsewhere), "
        "guide/picture.png (of another kind); read are files that end in"
    ) in capsys.readouterr().err


def test_pair_leaves_out_the_other_folder_where_it_lies_inside(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "sources.toml").write_text("", encoding="utf-8")
    for name in ("a.md", "en/a.md"):
        (tmp_path / name).write_text("今天天气很好。\n", encoding="utf-8")
    assert [name for name, _ in _documents(tmp_path, "zh", tmp_path / "en")] == ["a.md"]


def call(*words: str | Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, [*map(str, words)])


@pytest.mark.parametrize(
    ("words", "option", "told"),
    [
        ("build raw --hant cn", "--hant", "'cn' is not one of tw, hk"),
        ("build raw --verbose --quiet", "--quiet", "goes not with --verbose"),
        ("build raw --threshold most", "--threshold", "'most' is no number and no preset"),
        ("build raw --threshold 0", "--threshold", "0 is out of range"),
        ("build raw --threshold 1", "--threshold", "1 is out of range"),
        ("build raw --min-score 1.5", "--min-score", "1.5 is out of range"),
        ("build raw --min-score -0.1", "--min-score", "-0.1 is out of range"),
        ("build raw --min-quality 2", "--min-quality", "2 is out of range"),
        ("build raw --split train --splits train=1", "--split", "goes not with --splits"),
        ("build raw --split mine", "--split", "'mine' is not one of"),
        ("build raw --split train=0.5", "--split", "Shares go to --splits"),
        ("build raw --splits train", "--splits", "'train' has no shares"),
        ("build raw --engine ray", "--engine", "goes only with a corpus, and raw is a folder"),
        ("build raw --fields id=x", "--fields", "goes only with a corpus"),
        ("build a.jsonl --min-score 0.5", "--min-score", "goes only with a folder of articles"),
        ("build a.jsonl --split test", "--split", "train_test_split divides them"),
        ("build a.jsonl --encoder small", "--encoder", "goes only with a folder of articles"),
        ("build a.jsonl b.jsonl --annotations x", "--annotations", "a corpus has no annotations"),
        ("build a.jsonl --engine dask", "--engine", "'dask' is not one of"),
        ("build a.jsonl --address auto", "--address", "goes only with --engine ray"),
        ("build a.jsonl --deduplicate all", "--deduplicate", "'all' is not keep-first"),
        ("build a.jsonl --similarity 0.9", "--similarity", "goes only with --deduplicate keep-first"),
        ("build a.jsonl --formats csv", "--formats", "'csv' is not one of"),
        ("build a.jsonl --fields id", "--fields", "'id' is not FIELD=NAME"),
        ("why a b c", "ID", "give the folder of a release and one id"),
        ("verify --annotations x", "--annotations", "goes with --raw"),
        ("verify --card x", "--card", "goes with --raw"),
        ("verify --cues x", "--cues", "goes with --raw"),
        ("stats --personal --plots x --packaged", "--plots", "goes not with --personal"),
        ("stats --plots x --format gif --packaged", "--format", "'gif' is not one of"),
        ("stats x --packaged", "--packaged", "goes not with a folder"),
        ("annotate raw", "--check", "nothing else is done"),
        ("clean a.txt --as-annotations", "--as-annotations", "goes with --explain"),
        ("clean a.txt --explain --as-annotations --out x", "--out", "use >> FILE"),
        ("clean a.txt --encoding latin-1", "--encoding", "'latin-1' is not one of"),
        ("clean a.txt --out .", "--out", "is no name of a file"),
        ("duplicates raw --threshold 1", "--threshold", "1 is out of range"),
        ("align a.txt b.txt --format csv", "--format", "'csv' is not one of"),
        ("align a.txt b.txt --language de", "--language", "'de' is not one of"),
        ("align a.txt b.txt --format moses", "--out", "moses writes two files"),
        ("align a.txt b.txt --min-quality 1.1", "--min-quality", "1.1 is out of range"),
        ("align a.txt b.txt --min-quality 0.5", "--min-quality", "needs --out"),
        ("align a.txt", "EN", "is missing; give it, or --interleaved"),
        ("align a.txt b.txt --interleaved", "EN", "goes not with --interleaved"),
        ("align a.tmx b.txt", "EN", "goes not with .tmx"),
        ("align a.tmx --presplit", "--presplit", "goes not with .tmx"),
        ("align a.tmx --interleaved", "--interleaved", "goes not with .tmx"),
        ("align a.jsonl", "ZH", "give the folder of the release"),
        ("align a.jsonl", "ZH", "a.jsonl: .jsonl is not read as a text; give .txt, .md,"),
        ("align a.csv", "ZH", ".csv is not read as a text"),
        ("align a.po --interleaved", "ZH", ".tmx, .xlf, .xliff, .tsv with both languages"),
        ("align a.txt b.csv", "EN", "b.csv: .csv is not read as a text"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_its_option_before_anything_is_read(
    words: str, option: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("标题\n\n王立建了灯塔。\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    done = call(*words.split())
    said = " ".join(done.output.replace("│", " ").split())
    assert done.exit_code == 2, said
    assert told in said
    assert option in said
    assert sorted(tmp_path.iterdir()) == before


def test_what_a_release_is_and_whether_it_is_valid_is_said_without_a_process_of_its_own(
    small_release: Path, tmp_path: Path
) -> None:
    valid = call("validate", small_release)
    assert (valid.exit_code, valid.stdout.startswith(f"{small_release}: valid; ")) == (0, True)
    verified = call("verify", small_release)
    assert verified.exit_code == 0
    assert "valid, and its scripts convert to each other" in " ".join(verified.stdout.split())
    assert "not checked, because --raw is not given" in " ".join(verified.stderr.split())
    assert "harbor" in call("stats", small_release).stdout
    personal = call("stats", small_release, "--personal")
    assert (personal.exit_code, "Personal data" in personal.stdout) == (0, True)
    shutil.copytree(small_release, tmp_path / "forged")
    rows = tmp_path / "forged" / "sentences" / "test.jsonl"
    rows.write_text(rows.read_text(encoding="utf-8").replace("灯塔", "灯台"), encoding="utf-8")
    for command in ("validate", "verify"):
        assert call(command, tmp_path / "forged").exit_code == 1


def test_texts_of_other_formats_are_converted_and_cleaned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = "他说，这里的人都在等船，天还没有亮，老人也来了，大家都没有说话，只有河水在响。"
    Path("a.html").write_text(f"<h1>灯塔</h1><div><p>{said}</p><p>{said}</p></div>", encoding="utf-8")
    Path("a.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\n这里有灯塔。\n\n2\n00:00:02,000 --> 00:00:03,000\n他们走了。\n",
        encoding="utf-8",
    )
    assert call("convert", "a.srt").stdout == "這裡有燈塔。\n\n他們走了。\n"
    assert "這裡的人都在等船" in call("convert", "a.html").stdout
    assert said in call("clean", "a.html").stdout
    Path("gb.txt").write_bytes(said.encode("gb18030"))
    assert call("convert", "gb.txt", "--encoding", "gbk", "--to", "zh-Hans").stdout == said
    Path("ad.txt").write_text("点击上方蓝字关注我们\n", encoding="utf-8")
    nothing = call("clean", "ad.txt")
    assert (nothing.stdout.strip(), "nothing of it is kept; --explain says why" in nothing.stderr) == (
        "",
        True,
    )
    lines = call("clean", "ad.txt", "--explain", "--as-annotations").stdout.splitlines()
    assert [json.loads(line)["article_id"] for line in lines] == ["ad"] * len(lines) != []


def test_a_sources_toml_that_is_there_is_never_written_over_by_pair(tmp_path: Path) -> None:
    for side, text in (("zh", "灯塔亮了。他们走了。"), ("en", "The lighthouse is lit. They left.")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "sources.toml").write_text("mine", encoding="utf-8")
    done = call("pair", tmp_path / "zh", tmp_path / "en", "--out", tmp_path / "sources.toml")
    assert isinstance(done.exception, DuizhaoError)
    assert "is there already, and may hold facts of yours" in str(done.exception)
    assert (tmp_path / "sources.toml").read_text(encoding="utf-8") == "mine"
    done = call("pair", tmp_path / "zh", tmp_path / "en", "--out", tmp_path / "zh" / "pairs.tsv")
    assert "a sources.toml belongs into the folder above both" in str(done.exception)
