"""The command line: words in, calls of the other modules, words out. No logic of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

import duizhao
from duizhao.errors import DuizhaoError

app = typer.Typer(
    name="duizhao",
    help="Bilingual Chinese-English datasets that can be trusted to the character.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(duizhao.__version__)
        raise typer.Exit


@app.command()
def build(
    raw: Annotated[Path, typer.Argument(help="Folder of raw articles.")] = Path("raw"),
    out: Annotated[
        Path, typer.Option(help="Folder of the release; replaced when the build succeeds.")
    ] = Path("dataset"),
    annotations: Annotated[
        Optional[Path], typer.Option(help="Folder of annotations. [default: RAW/../annotations]")
    ] = None,
    card: Annotated[Optional[Path], typer.Option(help="The card. [default: RAW/../DATASET_CARD.md]")] = None,
    threshold: Annotated[
        float, typer.Option(help="Probability of being boilerplate from which a block goes.")
    ] = 0.7,
    topic: Annotated[bool, typer.Option(help="Count what a block is about, by sentence vectors.")] = True,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on level 4 findings that are not acknowledged.")
    ] = False,
    hant: Annotated[
        str, typer.Option(help="Forms of a converted Traditional column: tw (Taiwan) or hk (Hong Kong).")
    ] = "tw",
) -> None:
    """Build a release: read, clean, convert, split, align, validate, write."""
    from duizhao.builder import build_release
    from duizhao.report import print_findings, print_summary, progress

    if hant not in ("tw", "hk"):
        raise typer.BadParameter(f"{hant!r} is not one of tw, hk.", param_hint="--hant")
    _check_threshold(threshold)
    with progress() as tick:
        result = build_release(
            *(raw, out, annotations, card),
            threshold=threshold,
            topic=topic,
            strict=strict,
            hant="zh-Hant-HK" if hant == "hk" else "zh-Hant",
            tick=tick,
        )
    print_findings(result.findings)
    print_summary(result.records, out)


@app.command()
def validate(dataset: Annotated[Path, typer.Argument(help="Folder of a release.")] = Path("dataset")) -> None:
    """Check a release: schema, ids, spans, the ledger, hashes, Parquet against JSON Lines."""
    from duizhao.release import validate_release
    from duizhao.report import print_findings

    findings, counts = validate_release(dataset)
    print_findings(findings)
    if any(finding.level != 4 for finding in findings):
        raise typer.Exit(1)
    typer.echo(f"{dataset}: valid; " + ", ".join(f"{count} {config}" for config, count in counts.items()))


@app.command()
def view(
    dataset: Annotated[
        Optional[Path], typer.Argument(help="Folder of a release. [default: the one inside the package]")
    ] = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("duizhao.html"),
    article: Annotated[
        Optional[list[str]], typer.Option(help="Show only this article; can be given more than once.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Open the page on 127.0.0.1 instead of writing it.")
    ] = False,
) -> None:
    """Write a release as one web page to read: no server, no network."""
    from duizhao.builder import read_articles
    from duizhao.report.viewer import render
    from duizhao.report.viewer import serve as serve_page
    from duizhao.schema import home

    folder = dataset or home("dataset")
    title, records = read_articles(folder, article or [])
    page = render(records, title=title)
    if serve:
        serve_page(page)
        return
    _write(out, "", page)
    typer.echo(f"{out}: {len(page.encode()) / 1e6:.1f} MB; open it in a browser")


@app.command()
def tasks(
    dataset: Annotated[
        Optional[Path], typer.Argument(help="Folder of a release. [default: the one inside the package]")
    ] = None,
) -> None:
    """Print the folder of the tasks for lm-evaluation-harness: lm_eval --include_path "$(duizhao tasks)"."""
    from duizhao.release import read_manifest
    from duizhao.tasks import VARIABLE, folder

    if dataset is not None:
        counts = read_manifest(dataset)["counts"]
        typer.echo(f"{dataset}: {', '.join(counts)}; to run tasks on it, set {VARIABLE}={dataset}", err=True)
    typer.echo(folder())


@app.command()
def push(
    repo: Annotated[
        str, typer.Argument(help="Repository on the Hub, as ORG/NAME; made where it is missing.")
    ],
    dataset: Annotated[Path, typer.Argument(help="Folder of a release.")] = Path("dataset"),
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print every file that would go, with its size, and send nothing."),
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Only for a repository that is or becomes private.")
    ] = False,
    message: Annotated[
        Optional[str], typer.Option(help="Commit message. [default: the counts of the release]")
    ] = None,
) -> None:
    """Upload a release to the Hugging Face Hub, in one commit, after all its checks."""
    from duizhao.release import describe, plan_push
    from duizhao.release import push as send

    plan = plan_push(repo, dataset)
    typer.echo(describe(plan), err=not dry_run)
    if not dry_run:
        typer.echo(send(plan, private=private, message=message, say=lambda text: typer.echo(text, err=True)))


@app.command()
def stats(
    dataset: Annotated[
        Optional[Path], typer.Argument(help="Folder of a release. [default: the one inside the package]")
    ] = None,
    plots: Annotated[
        Optional[Path], typer.Option(help="Folder to write pictures to; needs the extra [plots].")
    ] = None,
    format: Annotated[str, typer.Option(help="Of the pictures: svg or png.")] = "svg",
) -> None:
    """Describe a release: sizes, beads, sentence lengths, what was removed, entities, the timeline."""
    from duizhao.release import read_records
    from duizhao.report import describe_records, print_tables
    from duizhao.schema import home

    tables = describe_records(read_records(dataset or home("dataset")))
    if plots is None:
        print_tables(tables)
        return
    from duizhao.report import FORMATS, write_plots

    if format not in FORMATS:
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(FORMATS)}.", param_hint="--format")
    for file in write_plots(tables, plots, format):
        typer.echo(file)


@app.command()
def annotate(
    raw: Annotated[Path, typer.Argument(help="Folder of raw articles.")] = Path("raw"),
    annotations: Annotated[
        Optional[Path], typer.Option(help="Folder of annotations. [default: RAW/../annotations]")
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Tell which annotations no longer anchor, and where they probably moved to."
        ),
    ] = False,
) -> None:
    """Check annotations against the texts that they anchor to. Nothing is re-anchored."""
    from duizhao.builder import check_anchors
    from duizhao.report import print_findings

    if not check:
        raise typer.BadParameter("give --check; nothing else is done to annotations.", param_hint="--check")
    findings = check_anchors(raw, annotations)
    print_findings(findings)
    if findings:
        raise typer.Exit(1)
    typer.echo("every annotation anchors")


@app.command()
def clean(
    file: Annotated[str, typer.Argument(help="An article, or - for standard input.")],
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every removed block with category and reason.")
    ] = False,
    threshold: Annotated[
        float, typer.Option(help="Probability of being boilerplate from which a block goes.")
    ] = 0.7,
    topic: Annotated[bool, typer.Option(help="Count what a block is about, by sentence vectors.")] = True,
    encoding: Annotated[Optional[str], typer.Option(help="Encoding of the file. [default: utf-8]")] = None,
) -> None:
    """Print the kept text of an article (.txt, .md or .html), and nothing else."""
    from duizhao.cleaning import explain as explain_verdicts
    from duizhao.cleaning import judge, kept, measure_topic
    from duizhao.text import find_blocks, make_document

    _check_threshold(threshold)
    document = make_document("text", _read(file, encoding), name=file)
    blocks = find_blocks(document)
    verdicts = judge(
        document, blocks, threshold=threshold, topic=measure_topic(document, blocks) if topic else None
    )
    typer.echo(explain_verdicts(document, verdicts) if explain else "\n\n".join(kept(document, verdicts)))


def _check_threshold(threshold: float) -> None:
    if not 0 < threshold < 1:
        raise typer.BadParameter(
            f"{threshold:g} is out of range; allowed: above 0 and below 1.", param_hint="--threshold"
        )


@app.command()
def duplicates(
    raw: Annotated[Path, typer.Argument(help="Folder of raw articles.")] = Path("raw"),
    threshold: Annotated[float, typer.Option(help="Similarity from which two articles are named.")] = 0.8,
) -> None:
    """Name near-duplicate articles: similarity and two ids a line, most similar first."""
    from duizhao.builder import find_duplicates

    _check_threshold(threshold)
    for first, second, similarity in find_duplicates(raw, threshold):
        typer.echo(f"{similarity:.3f}\t{first}\t{second}")


@app.command()
def convert(
    file: Annotated[str, typer.Argument(help="A text, or - for standard input.")] = "-",
    to: Annotated[str, typer.Option(help="Script: zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK.")] = "zh-Hant",
    encoding: Annotated[Optional[str], typer.Option(help="Encoding of the file. [default: utf-8]")] = None,
) -> None:
    """Convert a text between Simplified and Traditional Chinese."""
    from duizhao.text import convert as convert_text

    typer.echo(convert_text(_read(file, encoding), to), nl=False)


@app.command()
def align(
    zh: Annotated[str, typer.Argument(help="The Chinese text, plain or Markdown.")],
    en: Annotated[str, typer.Argument(help="The English text, plain or Markdown.")],
    format: Annotated[str, typer.Option(help="jsonl, tsv, moses, tmx or align.")] = "jsonl",
    out: Annotated[
        Optional[Path],
        typer.Option(help="File to write; for moses the prefix of two. [default: standard output]"),
    ] = None,
    presplit: Annotated[bool, typer.Option("--presplit", help="The texts have one sentence a line.")] = False,
) -> None:
    """Align two texts sentence by sentence; a summary goes to standard error."""
    from duizhao.alignment import FORMATS, align_texts, format_beads, split_text, summarize

    if format not in FORMATS:
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(FORMATS)}.", param_hint="--format")
    if format == "moses" and out is None:
        raise typer.BadParameter("moses writes two files: give their prefix.", param_hint="--out")
    chinese = split_text(_read(zh, None), "zh", zh, presplit=presplit)
    english = split_text(_read(en, None), "en", en, presplit=presplit)
    beads = align_texts(chinese, english)
    for suffix, text in format_beads(beads, chinese, english, format).items():
        _write(out, suffix, text)
    typer.echo(summarize(beads), err=True)


def _write(out: Path | None, suffix: str, text: str) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    path = out.with_name(out.name + suffix)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DuizhaoError("cannot-write", f"{path}: cannot be written ({error.strerror})") from None


def _read(file: str, encoding: str | None) -> str:
    from duizhao.sources import decode, extract_html

    if file == "-":
        return decode(sys.stdin.buffer.read(), "standard input", encoding)
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise DuizhaoError("unreadable-file", f"{file}: cannot be read ({error.strerror})") from None
    if file.lower().endswith((".html", ".htm")):
        return extract_html(data, file)
    return decode(data, file, encoding)


def main() -> None:
    """Entry point: a user's mistake ends in one line and exit code 1, Ctrl-C in 130."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                encoding="utf-8", errors="surrogateescape"
            )  # a path in an ASCII locale goes out as it came in
    try:
        app()
    except DuizhaoError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
