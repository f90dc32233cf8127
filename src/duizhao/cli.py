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
    out: Annotated[Path, typer.Option(help="Folder of the release; replaced when the build succeeds.")] = Path("dataset"),
    annotations: Annotated[Optional[Path], typer.Option(help="Folder of annotations. [default: RAW/../annotations]")] = None,
    card: Annotated[Optional[Path], typer.Option(help="The card. [default: RAW/../DATASET_CARD.md]")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on level 4 findings that are not acknowledged.")] = False,
) -> None:
    """Build a release: read, clean, convert, split, align, validate, write."""
    from duizhao.engine import build_release
    from duizhao.report import print_findings, print_summary, progress

    with progress() as tick:
        result = build_release(raw, out, annotations, card, strict=strict, tick=tick)
    print_findings(result.findings)
    print_summary(result.records, out)


@app.command()
def validate(dataset: Annotated[Path, typer.Argument(help="Folder of a release.")] = Path("dataset")) -> None:
    """Check a release: schema, ids, spans, the ledger, hashes, Parquet against JSON Lines."""
    from duizhao.engine import validate_release
    from duizhao.report import print_findings

    findings, counts = validate_release(dataset)
    print_findings(findings)
    if any(finding.level != 4 for finding in findings):
        raise typer.Exit(1)
    typer.echo(f"{dataset}: valid; " + ", ".join(f"{count} {config}" for config, count in counts.items()))


@app.command()
def annotate(
    raw: Annotated[Path, typer.Argument(help="Folder of raw articles.")] = Path("raw"),
    annotations: Annotated[Optional[Path], typer.Option(help="Folder of annotations. [default: RAW/../annotations]")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Tell which annotations no longer anchor, and where they probably moved to.")
    ] = False,
) -> None:
    """Check annotations against the texts that they anchor to. Nothing is re-anchored."""
    from duizhao.engine import check_anchors
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
    explain: Annotated[bool, typer.Option("--explain", help="Show every removed block with category and reason.")] = False,
    encoding: Annotated[Optional[str], typer.Option(help="Encoding of the file. [default: utf-8]")] = None,
) -> None:
    """Print the kept text of an article, and nothing else."""
    from duizhao.cleaning import clean as clean_text
    from duizhao.report import explain_cleaning

    text = _read(file, encoding)
    typer.echo(explain_cleaning(text) if explain else clean_text(text))


@app.command()
def convert(
    file: Annotated[str, typer.Argument(help="A text, or - for standard input.")] = "-",
    to: Annotated[str, typer.Option(help="Script: zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK.")] = "zh-Hant",
    encoding: Annotated[Optional[str], typer.Option(help="Encoding of the file. [default: utf-8]")] = None,
) -> None:
    """Convert a text between Simplified and Traditional Chinese."""
    from duizhao.script import convert as convert_text

    typer.echo(convert_text(_read(file, encoding), to), nl=False)


@app.command()
def align(
    zh: Annotated[str, typer.Argument(help="The Chinese text, plain or Markdown.")],
    en: Annotated[str, typer.Argument(help="The English text, plain or Markdown.")],
    format: Annotated[str, typer.Option(help="jsonl, tsv, moses, tmx or align.")] = "jsonl",
    out: Annotated[Optional[Path], typer.Option(help="File to write; for moses the prefix of two. [default: standard output]")] = None,
    presplit: Annotated[bool, typer.Option("--presplit", help="The texts have one sentence a line.")] = False,
) -> None:
    """Align two texts sentence by sentence; a summary goes to standard error."""
    from duizhao.bitext import FORMATS, align_texts, format_beads, split_text, summarize

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
    from duizhao.source import decode

    if file == "-":
        return decode(sys.stdin.buffer.read(), "standard input", encoding)
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise DuizhaoError("unreadable-file", f"{file}: cannot be read ({error.strerror})") from None
    return decode(data, file, encoding)


def main() -> None:
    """Entry point: a user's mistake ends in one line and exit code 1, Ctrl-C in 130."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
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
