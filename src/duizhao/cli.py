"""The command line: words in, calls of the other modules, words out. No logic of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
import typer.core

import duizhao

if TYPE_CHECKING:
    from duizhao.records import Options
    from duizhao.text import Document

_OTHER_NAMES = {
    "begin": "init",
    "check": "validate",
    "dedup": "duplicates",
    "describe": "stats",
    "html": "view",
    "make": "build",
    "new": "init",
    "pairs": "pair",
    "publish": "push",
    "run": "build",
    "serve": "view",
    "setup": "init",
    "show": "view",
    "simplify": "convert",
    "start": "init",
    "translate": "align",
    "upload": "push",
    "prove": "verify",
}
"""Words that people try for a command, and the command that does it."""


class _Commands(typer.core.TyperGroup):
    """All commands: the help has whole sentences, and a wrong name is told which is the right one."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help or "") for name, command in self.commands.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in self.commands:
            near = get_close_matches(args[0].lower(), [*self.commands, *_OTHER_NAMES], n=1)
            meant = [_OTHER_NAMES.get(name, name) for name in near]
            hint = f"Did you mean {meant[0]!r}?" if meant else f"Commands: {', '.join(self.commands)}."
            ctx.fail(f"No such command {args[0]!r}. {hint}")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="duizhao",
    cls=_Commands,
    help="Bilingual Chinese-English datasets that can be trusted to the character.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

MOST_NAMED = 5
"""Names of files in a message; more are counted."""

_Cues = Annotated[
    Optional[Path],
    typer.Option(
        help=(
            "A file of further cues, in the form of cues.toml: "
            "words that say that a line is not the author's."
        )
    ),
]

_Encoding = Annotated[
    Optional[str], typer.Option(help="Encoding of the file. [default: UTF-8, or what is found out]")
]


_Encoder = Annotated[
    str,
    typer.Option(
        help=(
            "What gives sentence vectors: default, labse (extra [labse]), or the folder of a "
            "sentence-transformers model."
        )
    ),
]

_MinQuality = Annotated[
    float,
    typer.Option(
        help=(
            "Quality from which a sentence pair is written; the others go to rejected.jsonl. "
            "[default: 0, all]"
        ),
        show_default=False,
    ),
]

_Out = Annotated[
    Optional[Path],
    typer.Option(help="File to write, in UTF-8; not the one that is read. [default: standard output]"),
]

_Dataset = Annotated[
    Optional[Path], typer.Argument(help="Folder of a release. [default: ./dataset]", show_default=False)
]
_Packaged = Annotated[bool, typer.Option("--packaged", help="Take the release inside the package.")]
_Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show all: every row of a table, every finding.")
]


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback with every error. May stand anywhere.")
    ] = False,
) -> None:
    if version:
        typer.echo(duizhao.__version__)
        raise typer.Exit


@app.command()
def init(
    raw: Annotated[Path, typer.Argument(help="Folder of raw articles.")] = Path("raw"),
    verbose: _Verbose = False,
) -> None:
    """Begin a dataset: find out what the files of a folder are, and write sources.toml and a card to fill."""
    from duizhao.builder import beside
    from duizhao.inventory import check_writable, take_inventory, write_inventory
    from duizhao.report import print_inventory, progress

    card = beside(raw) / "DATASET_CARD.md"
    if raw.is_dir():
        check_writable(raw / "sources.toml", card)
    with progress() as tick:
        inventory = take_inventory(raw, tick)
    made = write_inventory(raw, card, inventory)
    print_inventory(inventory, raw, card, made, verbose=verbose)
    if inventory.errors:
        raise typer.Exit(1)


@app.command()
def build(
    raw: Annotated[
        Optional[list[str]],
        typer.Argument(
            help="Folder of raw articles; or a corpus: files .jsonl, .jsonl.gz, .jsonl.zst, .parquet, "
            ".warc.gz, a glob, an address s3://, gs://, hf://. [default: raw]",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder of the release; replaced when the build succeeds.")
    ] = Path("dataset"),
    annotations: Annotated[
        Optional[Path], typer.Option(help="Folder of annotations. [default: RAW/../annotations]")
    ] = None,
    card: Annotated[Optional[Path], typer.Option(help="The card. [default: RAW/../DATASET_CARD.md]")] = None,
    threshold: Annotated[
        str,
        typer.Option(
            help=(
                "careful, balanced or thorough; or the "
                "probability of being boilerplate from which a block goes."
            )
        ),
    ] = "careful",
    topic: Annotated[
        bool, typer.Option(help="Count what a block is about, by sentence vectors: slower by far.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help=(
                "Fail on warnings too: findings of level 4 that are not acknowledged. In a corpus, "
                "reject such rows."
            ),
        ),
    ] = False,
    hant: Annotated[
        str, typer.Option(help="Forms of a converted Traditional column: tw (Taiwan) or hk (Hong Kong).")
    ] = "tw",
    roles: Annotated[
        Optional[str],
        typer.Option(
            help="Roles of sentences to keep (title,body) or to leave out (-table,-code). [default: all]"
        ),
    ] = None,
    verbose: _Verbose = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print no report and no progress; only errors.")
    ] = False,
    report: Annotated[
        Optional[Path], typer.Option(help="File to write the whole report to, as JSON.", show_default=False)
    ] = None,
    cues: _Cues = None,
    min_score: Annotated[
        float,
        typer.Option(
            help=(
                "Score from which a sentence pair is released; the others go to rejected.jsonl. "
                "[default: 0, all]"
            ),
            show_default=False,
        ),
    ] = 0.0,
    min_quality: _MinQuality = 0.0,
    encoder: _Encoder = "default",
    columns: Annotated[
        Optional[str],
        typer.Option(
            help=(
                "Columns to keep (zh_hans,en) or to leave out (-zh_hant). "
                "[default: all; no en without English files]"
            )
        ),
    ] = None,
    cache: Annotated[
        bool,
        typer.Option(
            "--cache/--no-cache",
            help="Take what did not change since the last build from the cache; the result is the same.",
        ),
    ] = True,
    split: Annotated[
        Optional[str],
        typer.Option(help="Of a folder: the only split: train, validation or test. [default: test]"),
    ] = None,
    splits: Annotated[
        Optional[str],
        typer.Option(
            help="Of a folder: several splits, by document, near-duplicates together "
            "(needs the extra corpus): train=0.9,validation=0.05,test=0.05."
        ),
    ] = None,
    engine: Annotated[
        Optional[str],
        typer.Option(help="Of a corpus: local (processes of this machine) or ray. [default: local]"),
    ] = None,
    address: Annotated[
        Optional[str],
        typer.Option(
            help="Of a corpus, with --engine ray: a running cluster. [default: Ray on this machine]"
        ),
    ] = None,
    workers: Annotated[
        Optional[int], typer.Option(help="Of a corpus: processes. [default: one for each core]", min=1)
    ] = None,
    fields: Annotated[
        Optional[str],
        typer.Option(
            help="Of a corpus: fields that have other names in it, like id=post_id,text=content.",
            show_default=False,
        ),
    ] = None,
    formats: Annotated[
        Optional[str],
        typer.Option(help="Of a corpus: formats of the shards, parquet,jsonl. [default: parquet]"),
    ] = None,
    shard: Annotated[
        Optional[float],
        typer.Option(help="Of a corpus: megabytes of input for one shard. [default: 256]", min=0.001),
    ] = None,
    max_rejected: Annotated[
        Optional[float],
        typer.Option(
            help=(
                "Of a corpus: share of rows that may be rejected; unless it is 0, one row always may. "
                "[default: 0.001]"
            ),
            min=0,
            max=1,
        ),
    ] = None,
    deduplicate: Annotated[
        Optional[str],
        typer.Option(help="Of a corpus: keep-first leaves out articles that are similar to an earlier one."),
    ] = None,
    similarity: Annotated[
        Optional[float],
        typer.Option(
            help=(
                "With --deduplicate: from this estimated similarity on an article is left out. [default: 0.8]"
            ),
            min=0.1,
            max=1,
        ),
    ] = None,
    largest_row: Annotated[
        Optional[float],
        typer.Option(help="Of a corpus: megabytes of the largest row that is read. [default: 8]", min=0.001),
    ] = None,
) -> None:
    """Build a release: read, clean, convert, split, align, validate, write."""
    from duizhao.corpus import is_corpus, make_options

    if hant not in ("tw", "hk"):
        raise typer.BadParameter(f"{hant!r} is not one of tw, hk.", param_hint="--hant")
    probability = _read_threshold(threshold)
    if verbose and quiet:
        raise typer.BadParameter("goes not with --verbose; give one of them.", param_hint="--quiet")
    if not 0 <= min_score <= 1:
        raise typer.BadParameter(f"{min_score:g} is out of range; allowed: 0 to 1.", param_hint="--min-score")
    _check_min_quality(min_quality)
    _check_splits(split, splits)
    places = raw or ["raw"]
    of_corpus = {
        "--engine": engine,
        "--address": address,
        "--workers": workers,
        "--fields": fields,
        "--formats": formats,
        "--shard": shard,
        "--max-rejected": max_rejected,
        "--deduplicate": deduplicate,
        "--similarity": similarity,
        "--largest-row": largest_row,
    }
    of_folder = {
        "--min-score": min_score,
        "--min-quality": min_quality,
        "--encoder": encoder != "default",
        "--columns": columns,
        "--split": split,
        "--splits": splits,
    }
    if len(places) > 1 or is_corpus(places[0]):
        for name, value in of_folder.items():
            if value:
                instead = (
                    " The rows of a corpus are the split train; datasets' train_test_split divides them."
                    if name in ("--split", "--splits")
                    else ""
                )
                raise typer.BadParameter(f"goes only with a folder of articles.{instead}", param_hint=name)
        if annotations is not None:
            raise typer.BadParameter("a corpus has no annotations.", param_hint="--annotations")
        options = make_options(probability, topic, roles, hant, cues)
        _build_corpus(places, out, card, options, cues, of_corpus, strict=strict, quiet=quiet, report=report)
        return
    for name, value in of_corpus.items():
        if value is not None:
            problem = f"goes only with a corpus, and {places[0]} is a folder of articles."
            raise typer.BadParameter(problem, param_hint=name)
    _build_folder(
        Path(places[0]),
        out,
        annotations,
        card,
        threshold=probability,
        topic=topic,
        strict=strict,
        hant=hant,
        roles=roles,
        cues=cues,
        verbose=verbose,
        quiet=quiet,
        report=report,
        min_score=min_score,
        min_quality=min_quality,
        encoder=encoder,
        columns=columns,
        splits=splits or split or "test",
        cache=cache,
    )


def _build_corpus(
    places: list[str],
    out: Path,
    card: Optional[Path],
    options: Options,
    cues: Optional[Path],
    of_corpus: dict[str, Any],
    *,
    strict: bool,
    quiet: bool,
    report: Optional[Path],
) -> None:
    import json

    from duizhao.corpus import ENGINES, FORMATS, MOST_REJECTED, SIMILARITY, Sizes, build_corpus
    from duizhao.report import print_report, progress

    engine, formats = of_corpus["--engine"] or "local", of_corpus["--formats"] or "parquet"
    if engine not in ENGINES:
        raise typer.BadParameter(f"{engine!r} is not one of {', '.join(ENGINES)}.", param_hint="--engine")
    if of_corpus["--address"] and engine != "ray":
        raise typer.BadParameter("goes only with --engine ray.", param_hint="--address")
    deduplicate, similarity = of_corpus["--deduplicate"], of_corpus["--similarity"]
    if deduplicate not in (None, "keep-first"):
        raise typer.BadParameter(f"{deduplicate!r} is not keep-first.", param_hint="--deduplicate")
    if similarity is not None and deduplicate is None:
        raise typer.BadParameter("goes only with --deduplicate keep-first.", param_hint="--similarity")
    chosen = list(dict.fromkeys(formats.split(",")))
    for name in chosen:
        if name not in FORMATS:
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(FORMATS)}.", param_hint="--formats")
    names = _read_names(of_corpus["--fields"] or "")
    standard = Sizes()
    shard, row = of_corpus["--shard"], of_corpus["--largest-row"]
    most = of_corpus["--max-rejected"]
    _check_output(report, "", [*(Path(place) for place in places if "://" not in place), out])
    with progress(quiet=quiet, unit="MB") as tick:
        made = build_corpus(
            *(places, out, card),
            options=options,
            cues=cues,
            strict=strict,
            workers=of_corpus["--workers"],
            engine=engine,
            address=of_corpus["--address"],
            formats=chosen,
            most_rejected=MOST_REJECTED if most is None else most,
            similarity=(similarity or SIMILARITY) if deduplicate else None,
            names=names,
            sizes=Sizes(
                standard.piece,
                int(shard * 2**20) if shard else standard.shard,
                int(row * 2**20) if row else standard.row,
            ),
            tick=lambda what, done, total: tick(what, done // 10**6, total // 10**6),
        )
    if report is not None:
        _write(report, "", json.dumps(made, ensure_ascii=False, indent=2) + "\n")
    if not quiet:
        print_report(made, out)


def _read_names(told: str) -> dict[str, str]:
    """The fields of a corpus that have other names: field and name, like id=post_id,text=content."""
    from duizhao.sources import FIELDS

    names: dict[str, str] = {}
    for part in told.split(",") if told else ():
        field, _, name = (side.strip() for side in part.partition("="))
        if field not in FIELDS or field in names or not name:
            problem = f"{part!r} is not FIELD=NAME; FIELD is one of {', '.join(FIELDS)}, each once."
            raise typer.BadParameter(problem, param_hint="--fields")
        names[field] = name
    return names


def _build_folder(
    raw: Path,
    out: Path,
    annotations: Optional[Path],
    card: Optional[Path],
    *,
    threshold: float,
    topic: bool,
    strict: bool,
    hant: str,
    roles: Optional[str],
    cues: Optional[Path],
    verbose: bool,
    quiet: bool,
    report: Optional[Path],
    min_score: float,
    min_quality: float,
    encoder: str,
    columns: Optional[str],
    splits: str,
    cache: bool,
) -> None:
    from duizhao.builder import build_release
    from duizhao.report import make_report, print_contents, print_findings, print_summary, progress

    _check_output(report, "", [raw, out])
    with progress(quiet=quiet) as tick:
        result = build_release(
            *(raw, out, annotations, card),
            threshold=threshold,
            topic=topic,
            strict=strict,
            hant="zh-Hant-HK" if hant == "hk" else "zh-Hant",
            roles=roles,
            cues=cues,
            min_score=min_score,
            min_quality=min_quality,
            encoder=encoder,
            columns=columns,
            splits=splits,
            cache=cache,
            tick=tick,
        )
    if report is not None:
        _write(report, "", make_report(result.records, result.findings, out))
    if not quiet:
        print_summary(result.records, out, verbose=verbose)
        print_contents(result, out, raw)
        print_findings(result.findings, verbose=verbose)


@app.command()
def why(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="[RELEASE] ID",
            help="RELEASE: the folder of a release [default: ./dataset]. ID: the id of an article or of a "
            "row of the corpus, the name of a file, or the place of a row: FILE#ROW.",
        ),
    ],
    packaged: _Packaged = False,
    raw: Annotated[
        Optional[Path],
        typer.Option(
            help="Folder of the raw articles: tells also why a build refuses a file.", show_default=False
        ),
    ] = None,
) -> None:
    """Tell what became of an article: each block kept or removed and why, or why it was rejected, refused or
    not read.
    """
    from duizhao.corpus import tell_why
    from duizhao.report import wrap

    if len(names) > 2:
        raise typer.BadParameter("give the folder of a release and one id, or only the id.", param_hint="ID")
    named = Path(names[0]) if len(names) == 2 else None
    if named is None and not packaged and raw is not None and not Path("dataset").exists():
        named = Path("dataset")  # a first build that was refused has left no release; --raw tells why
    lines = (part for line in tell_why(_release(named, packaged), names[-1], raw) for part in wrap(line))
    # In one piece, so that `why ID | head` reads it whole and does not close the pipe in between.
    typer.echo("\n".join(lines))


@app.command()
def validate(dataset: _Dataset = None, packaged: _Packaged = False, verbose: _Verbose = False) -> None:
    """Check a release: schema, ids, spans, the ledger, hashes, Parquet against JSON Lines."""
    from duizhao.release import validate_release
    from duizhao.report import print_findings, print_lines

    folder = _release(dataset, packaged)
    findings, counts = validate_release(folder)
    print_findings(findings, verbose=verbose)
    if any(finding.level != 4 for finding in findings):
        raise typer.Exit(1)
    print_lines(f"{folder}: valid; " + ", ".join(f"{count} {config}" for config, count in counts.items()))


@app.command()
def verify(
    dataset: _Dataset = None,
    raw: Annotated[
        Optional[Path],
        typer.Option(help="Folder of the raw articles that the release was made from.", show_default=False),
    ] = None,
    annotations: Annotated[
        Optional[Path], typer.Option(help="Folder of annotations. [default: RAW/../annotations]")
    ] = None,
    card: Annotated[Optional[Path], typer.Option(help="The card. [default: RAW/../DATASET_CARD.md]")] = None,
    cues: _Cues = None,
    packaged: _Packaged = False,
    verbose: _Verbose = False,
) -> None:
    """Check a release as validate does, and derive every field again from the raw files."""
    from duizhao.process import say
    from duizhao.report import print_findings, print_lines, progress, wrap
    from duizhao.verification import verify as verify_release

    if raw is None:
        for option, value in (("--annotations", annotations), ("--card", card), ("--cues", cues)):
            if value is not None:
                raise typer.BadParameter("goes with --raw.", param_hint=option)
    folder = _release(dataset, packaged)
    with progress() as tick:
        result = verify_release(folder, raw, annotations, card=card, cues=cues, tick=tick)
    for note in result.notes:
        say("\n".join(wrap(note)))
    print_findings(result.findings, verbose=verbose)
    if any(finding.level != 4 for finding in result.findings):
        raise typer.Exit(1)
    how = "valid, and its scripts convert to each other" if raw is None else f"verified: {raw} gives it"
    print_lines(
        f"{folder}: {how}; " + ", ".join(f"{count} {config}" for config, count in result.counts.items())
    )


@app.command()
def view(
    dataset: _Dataset = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("duizhao.html"),
    article: Annotated[
        Optional[list[str]], typer.Option(help="Show only this article; can be given more than once.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Open the page on 127.0.0.1 instead of writing it.")
    ] = False,
    packaged: _Packaged = False,
) -> None:
    """Write a release as a web page to read: no server, no network. A large one has a folder
    of files beside it.
    """
    from duizhao.builder import read_articles
    from duizhao.errors import counted
    from duizhao.report.viewer import list_findings, make_page, write_page
    from duizhao.report.viewer import serve as serve_page

    folder = _release(dataset, packaged)
    if not serve:
        _check_output(out, "", [folder])
    title, records = read_articles(folder, article or [])
    page = make_page(
        records, title=title, findings=list_findings(folder, records), folder=f"{out.stem}_files"
    )
    if serve:
        serve_page(page)
        return
    write_page(page, out)
    files = (
        f", with {counted(len(page.files), 'files')} in {out.parent / page.folder}; keep both together"
        if page.files
        else ""
    )
    typer.echo(f"{out}: {page.size / 1e6:.1f} MB{files}; open it in a browser")


@app.command()
def tasks(
    dataset: Annotated[
        Optional[Path],
        typer.Argument(help="Folder of a release to run them on. [default: the one inside the package]"),
    ] = None,
) -> None:
    """Print the folder of the tasks for lm-evaluation-harness: lm_eval --include_path "$(duizhao tasks)"."""
    from duizhao.release import read_manifest
    from duizhao.tasks import VARIABLE, choose_split, folder

    if dataset is not None:
        counts, split = read_manifest(dataset)["counts"], choose_split(dataset)
        typer.echo(
            f"{dataset}: {', '.join(counts)} (split: {split}); to run tasks on it, set {VARIABLE}={dataset}",
            err=True,
        )
    else:
        typer.echo(f"tasks run on {os.environ.get(VARIABLE) or 'the release inside the package'}", err=True)
    typer.echo(folder())


@app.command()
def push(
    repo: Annotated[
        str, typer.Argument(help="Repository on the Hub, as ORG/NAME; made where it is missing.")
    ],
    dataset: _Dataset = None,
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
    packaged: _Packaged = False,
) -> None:
    """Upload a release to the Hugging Face Hub, in one commit, after all its checks."""
    from duizhao.release import describe, plan_push
    from duizhao.release import push as send

    plan = plan_push(repo, _release(dataset, packaged))
    typer.echo(describe(plan), err=not dry_run)
    if not dry_run:
        typer.echo(send(plan, private=private, message=message, say=lambda text: typer.echo(text, err=True)))


@app.command()
def stats(
    dataset: _Dataset = None,
    plots: Annotated[
        Optional[Path], typer.Option(help="Folder to write pictures to; needs the extra [plots].")
    ] = None,
    format: Annotated[str, typer.Option(help="Of the pictures: svg or png.")] = "svg",
    packaged: _Packaged = False,
    verbose: _Verbose = False,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal",
            help=(
                "List telephone numbers, e-mail and street addresses and identity numbers, "
                "with their places, instead."
            ),
        ),
    ] = False,
) -> None:
    """Describe a release: sizes, beads, sentence lengths, what was removed, entities, the timeline."""
    from duizhao.release import is_sharded, read_manifest, read_records, read_report
    from duizhao.report import describe_records, describe_report, print_tables

    folder = _release(dataset, packaged)
    if personal:
        from duizhao.report import describe_personal

        if plots is not None:
            raise typer.BadParameter("goes not with --personal.", param_hint="--plots")
        print_tables(describe_personal(read_records(folder)), verbose=verbose)
        return
    if is_sharded(read_manifest(folder)):
        if plots is not None:
            problem = "there are no pictures of a release in shards."
            raise typer.BadParameter(problem, param_hint="--plots")
        print_tables(describe_report(read_report(folder)), verbose=verbose)
        return
    tables = describe_records(read_records(folder))
    if plots is None:
        print_tables(tables, verbose=verbose)
        return
    from duizhao.report import FORMATS, write_plots

    if format not in FORMATS:
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(FORMATS)}.", param_hint="--format")
    for file in write_plots(tables, plots, format):
        typer.echo(file)


def _release(dataset: Optional[Path], packaged: bool) -> Path:
    """The release to work on: the one named, or ./dataset, or the packaged one; what is not named is told."""
    from duizhao.errors import ReleaseError
    from duizhao.schema import home

    if dataset is not None and packaged:
        raise typer.BadParameter("goes not with a folder; give one of them.", param_hint="--packaged")
    if dataset is not None:
        return dataset
    folder = home("dataset") if packaged else Path("dataset")
    if not folder.exists():
        problem = (
            "no such folder here; give the folder of a release, or --packaged for the one inside the package"
        )
        raise ReleaseError("no-release", f"{folder}: {problem}")
    name = f"the one inside the package ({folder})" if packaged else f"{folder}, in the folder you are in"
    typer.echo(f"release: {name}", err=True)
    return folder


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
    from duizhao.builder import beside, check_anchors
    from duizhao.report import print_findings, print_lines

    if not check:
        raise typer.BadParameter("give --check; nothing else is done to annotations.", param_hint="--check")
    folder = annotations or beside(raw) / "annotations"
    nothing = f"{folder}: no annotations there; nothing to check"
    if annotations is None and raw.is_dir() and not folder.exists():
        print_lines(nothing)
        return
    findings = check_anchors(raw, annotations)
    print_findings(findings, most=None)  # each has its own place to fix
    if findings:
        raise typer.Exit(1)
    print_lines("every annotation anchors" if any(folder.glob("*.jsonl")) else nothing)


@app.command()
def clean(
    file: Annotated[str, typer.Argument(help="An article, or - for standard input.")],
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every removed block with category and reason.")
    ] = False,
    as_annotations: Annotated[
        bool,
        typer.Option(
            "--as-annotations",
            help="With --explain: print the decisions as lines of annotations/cleaning.jsonl, to edit.",
        ),
    ] = False,
    threshold: Annotated[
        str,
        typer.Option(
            help=(
                "careful, balanced or thorough; or the "
                "probability of being boilerplate from which a block goes."
            )
        ),
    ] = "careful",
    topic: Annotated[
        bool, typer.Option(help="Count what a block is about, by sentence vectors: slower by far.")
    ] = False,
    cues: _Cues = None,
    out: _Out = None,
    encoding: _Encoding = None,
) -> None:
    """Print the kept text of an article (.txt, .md, .html, .docx, .srt or .vtt), and nothing else."""
    from duizhao.cleaning import add_cues, count_characters, is_much, judge, kept, may_be_wrong, measure_topic
    from duizhao.cleaning import as_annotations as annotation_lines
    from duizhao.cleaning import explain as explain_verdicts
    from duizhao.text import find_blocks, read

    probability = _read_threshold(threshold)
    if as_annotations and not explain:
        raise typer.BadParameter("goes with --explain.", param_hint="--as-annotations")
    if as_annotations and out is not None:
        problem = (
            "goes not with --as-annotations, because FILE may hold lines of other articles: use >> FILE."
        )
        raise typer.BadParameter(problem, param_hint="--out")
    _check_output(out, "", [*_named(file), *([cues] if cues else [])])
    lexicon = add_cues(cues) if cues else None
    document = _read(file, encoding)
    blocks = find_blocks(document)
    verdicts = judge(
        document,
        blocks,
        threshold=probability,
        topic=measure_topic(document, blocks) if topic else None,
        lexicon=lexicon,
    )
    texts = kept(document, verdicts)
    if as_annotations:
        typer.echo(annotation_lines(document, verdicts, None if file == "-" else Path(file).stem))
    else:
        _write(out, "", (explain_verdicts(document, verdicts) if explain else "\n\n".join(texts)) + "\n")
    for finding in document.findings:
        typer.echo(f"{file}: {finding.message}", err=True)
    if not texts:
        typer.echo(f"{file}: nothing of it is kept; --explain says why", err=True)
        return
    gone = sum(
        count_characters(read(document.text, verdict.block.spans))
        for verdict in verdicts
        if verdict.label == "drop" and may_be_wrong(verdict.score, verdict.reason)
    )
    left = sum(map(count_characters, texts))
    if is_much(gone, left):
        told = f"{gone} of {gone + left} characters were taken for boilerplate: more than half"
        typer.echo(f"{file}: {told}; --explain shows which", err=True)


def _check_splits(split: str | None, splits: str | None) -> None:
    from duizhao.schema import SPLITS

    if split is not None and splits is not None:
        raise typer.BadParameter("goes not with --splits; give one of them.", param_hint="--split")
    if split is not None and split not in SPLITS:
        hint = " Shares go to --splits." if "=" in split else ""
        raise typer.BadParameter(f"{split!r} is not one of {', '.join(SPLITS)}.{hint}", param_hint="--split")
    if splits is not None and "=" not in splits:
        raise typer.BadParameter(
            f"{splits!r} has no shares; give them like train=0.9,test=0.1, or one name to --split.",
            param_hint="--splits",
        )


def _read_threshold(told: str) -> float:
    """A threshold that is told by a preset's name or as a number."""
    from duizhao.cleaning import PRESETS

    if told in PRESETS:
        return PRESETS[told]
    try:
        threshold = float(told)
    except ValueError:
        raise typer.BadParameter(
            f"{told!r} is no number and no preset; allowed: {', '.join(PRESETS)}, or a number above 0 "
            f"and below 1.",
            param_hint="--threshold",
        ) from None
    _check_threshold(threshold)
    return threshold


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
    from duizhao.report import print_duplicates

    _check_threshold(threshold)
    pairs = find_duplicates(raw, threshold)
    print_duplicates(pairs)
    if not pairs:
        typer.echo(f"none: no two articles have a similarity of {threshold:g} or more", err=True)


@app.command()
def convert(
    file: Annotated[str, typer.Argument(help="A text, or - for standard input.")] = "-",
    to: Annotated[str, typer.Option(help="Script: zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK.")] = "zh-Hant",
    out: _Out = None,
    encoding: _Encoding = None,
) -> None:
    """Convert a text between Simplified and Traditional Chinese."""
    from duizhao.text import convert as convert_text

    _check_output(out, "", _named(file))
    _write(out, "", convert_text(_text(file, encoding), to))


@app.command()
def align(
    zh: Annotated[
        str,
        typer.Argument(
            help="The Chinese text, a file with both languages (.tmx, .xlf, .tsv), or the folder of a "
            "release, whose beads are written as they are."
        ),
    ],
    en: Annotated[
        Optional[str],
        typer.Argument(help="The English text; none where ZH holds both languages.", show_default=False),
    ] = None,
    format: Annotated[str, typer.Option(help="jsonl, tsv, moses, tmx, xliff or align.")] = "jsonl",
    out: Annotated[
        Optional[Path],
        typer.Option(help="File to write; for moses the prefix of two. [default: standard output]"),
    ] = None,
    presplit: Annotated[
        bool,
        typer.Option(
            "--presplit",
            help="The texts have one sentence a line; numbers count lines from 0, blank ones too.",
        ),
    ] = False,
    encoding: Annotated[
        Optional[str],
        typer.Option(help="Encoding of the files, where it is not found out; UTF-8 is always read as UTF-8."),
    ] = None,
    interleaved: Annotated[
        bool,
        typer.Option(
            "--interleaved",
            help="ZH holds both languages: in turns (paragraphs, lines, sentences) or one after the other.",
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write beads although the texts do not belong together.")
    ] = False,
    min_quality: Annotated[
        float,
        typer.Option(
            help=(
                "Quality from which a pair is written; the others go to OUT.rejected.jsonl. [default: 0, all]"
            ),
            show_default=False,
        ),
    ] = 0.0,
    language: Annotated[
        Optional[str],
        typer.Option(
            help=(
                "Code of the Chinese in tmx and xliff: zh-CN, zh-TW, zh-HK, zh-Hans, zh-Hant. [default: "
                "by the script]"
            )
        ),
    ] = None,
    encoder: _Encoder = "default",
) -> None:
    """Align two texts sentence by sentence; a summary goes to standard error."""
    from duizhao.alignment import (
        FORMATS,
        LANGUAGES,
        align_texts,
        check_together,
        format_rejected,
        format_rows,
        make_rows,
        summarize,
        summarize_rows,
    )
    from duizhao.errors import counted

    if format not in FORMATS:
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(FORMATS)}.", param_hint="--format")
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(
            f"{language!r} is not one of {', '.join(LANGUAGES)}.", param_hint="--language"
        )
    if format == "moses" and out is None:
        raise typer.BadParameter("moses writes two files: give their prefix.", param_hint="--out")
    _check_min_quality(min_quality)
    if min_quality and out is None:
        raise typer.BadParameter("needs --out, beside which the rejected go.", param_hint="--min-quality")
    inputs = _named(zh, en)
    suffixes = [".zh", ".en"] if format == "moses" else [""]
    for suffix in [*suffixes, ".rejected.jsonl"]:
        _check_output(out, suffix, inputs)
    if Path(zh).is_dir():
        of_texts = {
            "EN": en,
            "--presplit": presplit,
            "--interleaved": interleaved,
            "--encoding": encoding,
            "--encoder": encoder != "default",
            "--format align": format == "align",
        }
        rows = _released(zh, language, of_texts)
        summary = summarize_rows(rows)
    else:
        chinese, english = _sides(zh, en, encoding, presplit=presplit, interleaved=interleaved)
        beads = align_texts(chinese, english, encoder=encoder)
        if not force:
            check_together(beads, zh, en or "its English part")
        rows = make_rows(beads, chinese, english)
        summary = summarize(beads, chinese, english)
    low = [row for row in rows if row.quality is not None and row.quality.value < min_quality]
    kept = [row for row in rows if row.quality is None or row.quality.value >= min_quality]
    for suffix, text in format_rows(kept, format, language=language, name=Path(zh).name).items():
        _write(out, suffix, text)
    typer.echo(summary, err=True)
    if low:
        _write(out, ".rejected.jsonl", format_rejected(low, min_quality, zh))
        told = f"{counted(len(low), 'beads')} below --min-quality {min_quality:g}"
        typer.echo(f"{told}: {out}.rejected.jsonl", err=True)
    elif out is not None:
        _remove_rejected(out.with_name(f"{out.name}.rejected.jsonl"))


def _remove_rejected(file: Path) -> None:
    """Remove the rejected beads of an earlier run: they do not belong to the output that is there now. A file
    of another kind stays.
    """
    from duizhao.alignment import is_rejected
    from duizhao.files import remove_file

    if not file.is_file():
        return
    try:
        with file.open("rb") as stream:
            begins = stream.read(100).decode("utf-8", "replace")
    except OSError:
        return  # whose it is cannot be told
    if is_rejected(begins):
        remove_file(file)
        typer.echo(f"{file}: removed; it was of an earlier run, and no bead is rejected now", err=True)


def _released(folder: str, language: str | None, of_texts: dict[str, Any]) -> list[Any]:
    """The beads of a release, as they are released. ``of_texts`` are options that go only with texts."""
    from duizhao.alignment import released_rows
    from duizhao.errors import InputError
    from duizhao.release import read_layout, read_manifest, read_records

    if of_texts["EN"] and not (Path(folder) / "manifest.json").is_file():
        raise typer.BadParameter(
            f"{folder} is a folder, and align takes two texts; duizhao pair finds which documents of two "
            "folders belong together.",
            param_hint="ZH",
        )
    absent = read_layout(read_manifest(Path(folder))).absent
    for name, value in of_texts.items():
        if value:
            raise typer.BadParameter(
                f"goes not with a release: {folder} is one, and its beads are written as they are.",
                param_hint=name,
            )
    wanted = "zh_hans" if language in ("zh-CN", "zh-Hans") else "zh_hant" if language else None
    column = wanted or ("zh_hant" if "zh_hans" in absent else "zh_hans")
    if column in absent:
        raise typer.BadParameter(f"{folder} has no column {column}.", param_hint="--language")
    rows = released_rows(read_records(Path(folder))["sentences"], column)
    if not any(row.en for row in rows):
        raise InputError(
            "no-pairs", f"{folder}: holds no English; build it with English files in the folder en"
        )
    return rows


def _sides(
    zh: str, en: str | None, encoding: str | None, *, presplit: bool, interleaved: bool
) -> tuple[Any, Any]:
    """The two texts to align: of two files, or of one that holds both languages."""
    from dataclasses import replace

    from duizhao.alignment import (
        BILINGUAL,
        part_languages,
        part_subtitles,
        read_bilingual,
        split_document,
        split_text,
    )
    from duizhao.sources import decode, find_cues, is_subtitles, read_bytes

    for param, file in (("ZH", zh), ("EN", en)):
        if file and (problem := _no_text(file)):
            raise typer.BadParameter(problem, param_hint=param)
    both = zh.lower().endswith(BILINGUAL)
    if both and (interleaved or presplit):
        raise typer.BadParameter(
            f"goes not with {Path(zh).suffix}, which is in segments.",
            param_hint="--interleaved" if interleaved else "--presplit",
        )
    if (en is None) != (interleaved or both):
        problem = (
            "is missing; give it, or --interleaved"
            if en is None
            else f"goes not with {Path(zh).suffix if both else '--interleaved'}"
        )
        raise typer.BadParameter(f"the English text {problem}.", param_hint="EN")
    if both:
        data, name = _bytes(zh)
        known = _check_encoding(encoding)
        return read_bilingual(
            data,
            name,
            lambda found: decode(found, name, None if _is_utf8(found) else known, option="--encoding").text,
        )
    if en is None and is_subtitles(zh):
        data, name = _bytes(zh)
        text = decode(data, name, _check_encoding(encoding), option="--encoding").text
        left, right = (
            read_bytes(part.encode(), name, language=language, encoding="utf-8")
            for part, language in zip(part_subtitles(text, name), ("zh", "en"), strict=True)
        )
        left, right = (
            replace(side, blocks=find_cues(side.text, side.language, apart=True)) for side in (left, right)
        )
        if not presplit:
            return split_document(left), split_document(right)
        parts = _said(left), _said(right)
    elif en is None:
        parts = part_languages(_text(zh, encoding), zh)
    if en is None:
        return (
            split_text(parts[0], "zh", zh, presplit=presplit),
            split_text(parts[1], "en", zh, presplit=presplit),
        )
    return (
        split_document(_read(zh, encoding, fallback=True), presplit=presplit),
        split_document(_read(en, encoding, "en", fallback=True), presplit=presplit),
    )


_NO_TEXTS = (
    *(".csv", ".json", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet", ".xls", ".xlsx", ".ods"),
    *(".po", ".pot", ".ass", ".ssa", ".pdf", ".epub", ".doc"),
)  # fmt: skip
"""Endings of files that are no text by themselves, and that `align` does not read."""


def _no_text(file: str) -> str | None:
    """What is wrong with a file to align whose ending says that it is no text; None for another one."""
    from duizhao.alignment import BILINGUAL
    from duizhao.sources import SUFFIXES

    ending = next((ending for ending in _NO_TEXTS if file.lower().endswith(ending)), None)
    if ending is None:
        return None
    told = (
        f"{file}: {ending} is not read as a text; give {', '.join(SUFFIXES)}, or {', '.join(BILINGUAL)} with "
        "both languages."
    )
    if ending == ".parquet" or ending.startswith(".jsonl"):
        told += " To write the beads of a release, give the folder of the release, where manifest.json is."
    return told


def _check_min_quality(value: float) -> None:
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{value:g} is out of range; allowed: 0 to 1.", param_hint="--min-quality")


@app.command()
def pair(
    zh: Annotated[Path, typer.Argument(help="Folder of Chinese documents; its subfolders are read too.")],
    en: Annotated[Path, typer.Argument(help="Folder of English documents; its subfolders are read too.")],
    out: Annotated[
        Optional[Path],
        typer.Option(
            help="File to write: a table, or with the ending .toml a sources.toml, which belongs into the "
            "folder above both. [default: standard output]"
        ),
    ] = None,
    encoder: _Encoder = "default",
) -> None:
    """Find which English document belongs to which Chinese one, and how sure that is."""
    from duizhao.alignment import format_pairs, format_sources, pair_documents, summarize_pairs
    from duizhao.errors import InputError
    from duizhao.report import tell_next
    from duizhao.sources import find_home

    home = find_home(zh, en)
    listing = home / "sources.toml"
    if out is None or out.is_symlink() or out.resolve() != listing.resolve():
        try:
            _check_output(out, "", [zh, en])
        except InputError as error:
            told = f"{error}; a sources.toml belongs into the folder above both: --out {listing.as_posix()}"
            raise InputError(error.id, told) from None
    if out is not None and out.name == "sources.toml" and out.exists():
        told = "is there already, and may hold facts of yours; move it away, or write to another .toml"
        raise InputError("cannot-write", f"{out.as_posix()}: {told} and take over what you need")
    sides = [_documents(*side) for side in ((zh, "zh", en), (en, "en", zh))]
    pairs = pair_documents(*([sentences for _, sentences in side] for side in sides), encoder=encoder)
    names = [name for name, _ in sides[0]], [name for name, _ in sides[1]]
    if out is not None and out.suffix == ".toml":
        first, second = (Path(os.path.relpath(folder, home)).as_posix() for folder in (zh, en))
        _write(out, "", format_sources(pairs, *names, (first, second)))
    else:
        _write(out, "", format_pairs(pairs, *names))
    typer.echo(summarize_pairs(pairs), err=True)
    typer.echo(tell_next(zh, en, home, out), err=True)


def _documents(
    folder: Path, language: str, other: Optional[Path] = None
) -> list[tuple[str, tuple[str, ...]]]:
    """Names and sentences of the documents below a folder, in the order of names, without those of the
    other folder, where that lies in it; all errors are told at once.
    """
    from duizhao.alignment import split_document
    from duizhao.errors import DuizhaoError, InputError
    from duizhao.sources import SUFFIXES, find_below

    listing, apart = folder / "sources.toml", other.resolve() if other else None
    tree = find_below(folder, SUFFIXES, lambda path: path == listing or path.resolve() == apart)
    endings = " or ".join(SUFFIXES)
    if not tree.files:
        raise InputError("no-documents", f"{folder}: no documents; put files that end in {endings} there")
    if tree.skipped:
        some = [f"{path.relative_to(folder).as_posix()} ({why})" for path, why in tree.skipped]
        named = ", ".join(some[:MOST_NAMED]) + (", …" if len(some) > MOST_NAMED else "")
        told = f"{len(some)} not read: {named}; read are files that end in {endings}"
        typer.echo(f"{folder}: {told}", err=True)
    found: list[tuple[str, tuple[str, ...]]] = []
    errors: list[DuizhaoError] = []
    for path in tree.files:
        try:
            document = _read(str(path), None, language, fallback=True)
            found.append((path.relative_to(folder).as_posix(), split_document(document).sentences))
        except DuizhaoError as error:
            errors.append(error)
    if errors:
        raise InputError(errors[0].id, "\n".join(map(str, errors)))
    return found


def _named(*files: str | None) -> list[Path]:
    """The files of arguments that name one; standard input is none."""
    return [Path(file) for file in files if file is not None and file != "-"]


def _check_output(out: Path | None, suffix: str, inputs: Sequence[Path]) -> None:
    """What is written must not be what is read; told before the work is done."""
    from duizhao.files import check_output

    if out is not None and not out.name:
        raise typer.BadParameter(f"{out} is no name of a file.", param_hint="--out")
    if out is not None:
        check_output(out.with_name(out.name + suffix), inputs)


def _write(out: Path | None, suffix: str, text: str) -> None:
    from duizhao.files import write_file

    if out is None:
        sys.stdout.write(text)
    else:
        write_file(out.with_name(out.name + suffix), text)


def _read(file: str, encoding: str | None, language: str = "zh", *, fallback: bool = False) -> Document:
    """The document of a file, or of standard input; with ``fallback`` the encoding counts where the
    file is not UTF-8.
    """
    from duizhao.sources import is_docx, read_bytes

    known = _check_encoding(encoding)
    data, name = _bytes(file)
    if fallback and known and (_is_utf8(data) or is_docx(name)):
        known = None
    return read_bytes(data, name, language=language, encoding=known, option="--encoding")


def _text(file: str, encoding: str | None) -> str:
    """All text of a file, or of standard input; of a page, a Word file and subtitles what is said in them."""
    from duizhao.sources import decode

    data, name = _bytes(file)
    if not name.lower().endswith((".html", ".htm", ".docx", ".srt", ".vtt")):
        return decode(data, name, _check_encoding(encoding), option="--encoding").text
    return _said(_read(file, encoding))


def _said(document: Document) -> str:
    """What is said in a page, a Word file or subtitles."""
    from duizhao.text import NO_TEXT, read

    said = [block for block in document.blocks or () if block.kind not in NO_TEXT - {"left_out"}]
    texts = [read(document.text, block.spans) for block in said]
    return "\n\n".join(texts) + "\n"


def _bytes(file: str) -> tuple[bytes, str]:
    """Bytes of a file or of standard input, and what messages call it."""
    from duizhao.errors import InputError
    from duizhao.files import read_bytes

    if file == "-":
        if sys.stdin is None:
            raise InputError("unreadable-file", "standard input: it is closed; give the name of a file")
        return sys.stdin.buffer.read(), "standard input"
    return read_bytes(Path(file), "unreadable-file", None), file


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _check_encoding(encoding: str | None) -> str | None:
    """The encoding that a name means; a usage error where it means none that is read."""
    from duizhao.sources import ENCODINGS, known_encoding

    found = known_encoding(encoding) if encoding else None
    if encoding and found is None:
        raise typer.BadParameter(
            f"{encoding!r} is not one of {', '.join(ENCODINGS)}.", param_hint="--encoding"
        )
    return found
