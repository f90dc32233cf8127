"""Change one place of the code at a time and see whether a test notices: ``python tests/mutation.py [--sample
N] [--seed S] [MODULE…]``.

A nightly script, not part of CI. Each mutant is tested with the test files that belong to its module. These
tests run first on the code as it is: if one fails there, the script stops with exit code 2, because such a
test would kill every mutant. What survives is printed with its place: it needs a test, or a reason in `SAME`.
The exit code is 1 if fewer mutants are killed than ``--least``.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "duizhao"

OURS = "builder -k committed"
"""The committed release is what its sources build: a change of any of its bytes fails here."""

RULES = "architecture -k dataclass"
"""What holds of every module."""

LEARNED = "learned -m 'not slow'"

READ = "readings -k 'not tampered and not annotations and not cards and not converted and not records'"
"""Short texts of every kind, and how each must be read."""

TESTS: dict[str, tuple[str, ...]] = {
    "sources/decode.py": (READ, "sources_decode", "sources"),
    "sources/article.py": (READ, "sources_html"),
    "sources/docx.py": ("exchange",),
    "sources/aside.py": ("sources_names", "sources"),
    "sources/folder.py": (READ, "sources", "sources_names", "faults -k change", OURS),
    "sources/page.py": (READ, "sources_html"),
    "sources/reading.py": ("sources", "sources_html", OURS),
    "sources/subtitles.py": (READ, "sources", "sources_subtitles"),
    "sources/tags.py": ("sources_names",),
    "text/blocks.py": (READ, "blocks", OURS),
    "text/markdown.py": (READ, "blocks", OURS),
    "text/paragraphs.py": (READ, "blocks", OURS),
    "text/headings.py": (READ, "blocks", "headings", OURS),
    "text/regions.py": (READ, "blocks", OURS),
    "text/listings.py": (READ, "blocks", OURS),
    "text/formulas.py": (READ, "blocks"),
    "text/modules.py": (READ, "blocks"),
    "text/dialogue.py": (READ, "dialogue", "speakers", OURS),
    "text/transcripts.py": ("transcripts",),
    "text/simplified.py": ("script", "conversion"),
    "text/surnames.py": ("script", "conversion"),
    "text/spans.py": (READ, "blocks", "sentences", "pipeline", OURS),
    "text/threads.py": ("readings -k threads", "threads -m 'not slow'", "replies"),
    "text/chinese.py": (READ, "sentences", OURS),
    "text/english.py": (READ, "sentences", OURS),
    "text/sentences.py": (READ, "sentences", OURS),
    "cleaning/cuts.py": (READ, "cleaning", OURS),
    "cleaning/decisions.py": (READ, "decisions", OURS),
    "cleaning/form.py": (READ, "cleaning", OURS),
    "cleaning/lexicon.py": (READ, "cleaning", OURS),
    "cleaning/place.py": (READ, "cleaning", OURS),
    "cleaning/recurrence.py": ("recurrence", OURS),
    "cleaning/replies.py": ("replies",),
    "cleaning/safety.py": (READ, "cleaning", "checks", OURS),
    "cleaning/chain.py": (READ, "cleaning", "fit_chain", OURS),
    "cleaning/characters.py": (READ, LEARNED, OURS),
    "cleaning/forest.py": (LEARNED, OURS),
    "cleaning/learned.py": (LEARNED, OURS),
    "cleaning/ngrams.py": (READ, LEARNED, OURS),
    "cleaning/reasons.py": (READ, LEARNED, "cleaning", OURS),
    "cleaning/topic.py": ("topic", OURS),
    "cleaning/traits.py": (READ, LEARNED, "recurrence", "cleaning", OURS),
    "cleaning/verdicts.py": (READ, "cleaning", OURS),
    "alignment/aligner.py": ("alignment", "alignment_parts", "alignment_coverage", OURS),
    "alignment/coverage.py": (READ, "alignment_coverage", OURS),
    "alignment/documents.py": (READ, "alignment_documents"),
    "alignment/exchange.py": (READ, "exchange", "formats"),
    "alignment/formats.py": (READ, "formats"),
    "alignment/interleaved.py": ("alignment_interleaved",),
    "alignment/units.py": ("alignment_units", OURS),
    "alignment/names.py": (READ, "quality", OURS),
    "alignment/quality.py": (READ, "quality", OURS),
    "alignment/quantities.py": (READ, "quality", OURS),
    "alignment/search.py": (READ, "alignment", "alignment_parts", OURS),
    "records/article_checks.py": ("checks", "consistency", "runs"),
    "records/block_checks.py": ("checks", "consistency", "runs"),
    "records/sentence_checks.py": ("checks", "consistency", "runs"),
    "records/checks.py": ("checks", "consistency"),
    "records/consistency.py": ("consistency", "checks"),
    "records/glosses.py": ("bilingual",),
    "records/latin.py": ("bilingual",),
    "records/pipeline.py": ("readings -k records", "pipeline", "roles", "properties -k tiles", OURS),
    "records/roles.py": ("readings -k records", "roles", "pipeline", OURS),
    "records/scripts.py": ("readings -k records", "scripts", OURS),
    "annotations/lines.py": (
        "readings -k 'annotations or beads'",
        "pipeline",
        "resolution",
        "decisions",
        OURS,
    ),
    "annotations/resolution.py": ("readings -k annotations", "resolution", OURS),
    "release/card.py": ("readings -k 'cards or escaped'", "card", OURS),
    "release/check.py": ("readings -k tampered", "release", "checks"),
    "release/exchange.py": ("target",),
    "release/loading.py": ("readings -k tampered", "loading"),
    "release/manifest.py": ("readings -k tampered", "release", "target", OURS),
    "release/target.py": ("target",),
    "release/writer.py": ("release", OURS),
    "verification.py": (
        "readings -k 'compared or converted'",
        "verification -m 'not slow'",
    ),
}
"""The test files of each module that is mutated, without ``test_`` and ``.py``, and options of pytest for
them.
"""

SAME: dict[tuple[str, str, str, str], str] = {
    (
        "cleaning/decisions.py",
        "start < end",
        "decisions[index].start < end",
        "((decisions[index].start) <= (end))",
    ): "a decision that begins where the block ends covers a part of no length, and such a part is nothing",
    ("cleaning/recurrence.py", "_SOURCE, _LINE =", "8", "9"): "a longer hash finds the same lines",
    ("cleaning/traits.py", "strict=True", "True", "False"): "strict=True on two lists of the same length",
    ("records/scripts.py", "10_000", "10_000", "10001"): "how many texts go through the converter at once",
    ("release/check.py", "1000", "1000", "1001"): "how many rows are compared at once",
    (
        "text/markdown.py",
        'raw[stop] == " "',
        'stop < limit and raw[stop] == " "',
        '(raw[stop] == " ")',
    ): "the text of a paragraph does not end with a space, so the loop ends before the limit",
    (
        "text/spans.py",
        "REFERENCE.fullmatch(text)",
        "end - start <= 34 and REFERENCE.fullmatch(text)",
        "(REFERENCE.fullmatch(text))",
    ): "a reference has at most 34 characters: the length only saves time",
    (
        "cleaning/lexicon.py",
        "version_info >=",
        "sys.version_info >= (3, 11)",
        "((sys.version_info) > ((3, 11)))",
    ): "version_info has five parts, so it never equals a pair",
    (
        "text/spans.py",
        "ord(character) > 0x2E7F",
        "ord(character) > 0x2E7F",
        "((ord(character)) >= (0x2E7F))",
    ): "U+2E7F is no assigned character",
    (
        "alignment/coverage.py",
        "len(bead[at]) > 1",
        "len(bead[at]) > 1",
        "((len(bead[at])) >= (1))",
    ): "a sentence alone on its side has the chance 0, so it is never taken out",
    (
        "text/blocks.py",
        "quoted >= 0",
        "0",
        "1",
    ): "where a quotation is, its text begins behind a mark, so never at 0",
    (
        "records/sentence_checks.py",
        "len(spans) != 1 or",
        "1",
        "2",
    ): "a row that is not checked together with others is checked by itself: slower, the same findings",
    (
        "cleaning/chain.py",
        "apart > 0",
        "apart > 0",
        "((apart) >= (0))",
    ): "the two powers differ there, so apart is not 0",
    (
        "text/sentences.py",
        'raw[start : start + 1] not in ("&", "<")',
        "1",
        "2",
    ): "a paragraph that is one reference or one superscript is one sentence in both ways",
    ("text/threads.py", "strict=True", "True", "False"): "strict=True on two lists of the same length",
    (
        "text/threads.py",
        "mark.start() < last",
        "mark.start() < last",
        "((mark.start()) <= (last))",
    ): "a line ends with a line break, which is no mark",
    (
        "text/threads.py",
        "len(found) < 2",
        "2",
        "3",
    ): "of the lines above a floor at most two are used: the limit saves time",
    (
        "text/threads.py",
        "next(_lines(raw, end + 1, 1), None)",
        "1",
        "2",
    ): "only the first of the lines is taken, and a date without its first character is still a time",
    (
        "text/threads.py",
        "len(found) < 2",
        "len(found) < 2",
        "((len(found)) <= (2))",
    ): "of the lines above a floor at most two are used: the limit saves time",
    (
        "text/threads.py",
        "head.start(), head.end(), 0, 0",
        "0",
        "1",
    ): "_ended replaces both ends",
    (
        "text/threads.py",
        "max(begin, start - _WIDEST - 1)",
        "1",
        "2",
    ): "a line that begins one character earlier is too wide in both ways",
    (
        "text/threads.py",
        "sign.start() - start < 6",
        "6",
        "7",
    ): "a number of six digits is no floor in both ways: the limit saves time",
    (
        "text/threads.py",
        "start > begin and",
        "start > begin",
        "((start) >= (begin))",
    ): "a floor whose number begins before the text is looked for again from its sign",
    (
        "cleaning/replies.py",
        "len(text) <= _LONGEST_NOTE",
        "len(text) <= _LONGEST_NOTE",
        "((len(text)) < (_LONGEST_NOTE))",
    ): "no such line is as long",
    (
        "cleaning/replies.py",
        "len(text) <= _LONGEST_NOTE",
        "len(text) <= _LONGEST_NOTE and _NOTE.fullmatch(text) is not None",
        "(_NOTE.fullmatch(text) is not None)",
    ): "no such line is longer: the length saves time",
    (
        "alignment/search.py",
        "np.append(cost, 0.0)",
        "0.0",
        "1.0",
    ): "it is the cost behind the last cell, where no path leads: what it is taken from is multiplied by 0",
    (
        "cleaning/place.py",
        "after in found",
        "after in found or after in prose",
        "(after in prose)",
    ): "a list that is known already ends where it ended before: the check saves time",
    (
        "cleaning/traits.py",
        "np.full(count, -1)",
        "1",
        "2",
    ): "only whether the place of a heading is below 0 counts",
    (
        "text/markdown.py",
        "a > position and",
        "a > position",
        "((a) >= (position))",
    ): "a text of no length is blank",
    ("release/card.py", "width=10**9", "10", "11"): "no value of a card is so long that its line is broken",
    (
        "verification.py",
        "zip(left, right, strict=True)",
        "True",
        "False",
    ): "both texts have the same length there",
    (
        "records/sentence_checks.py",
        "return False",
        "False",
        "None",
    ): "whoever calls it asks only whether it is true",
    ("text/english.py", "return False", "False", "None"): "whoever calls it asks only whether it is true",
}
"""Mutants that no test can kill, by module, part of the line, text before and text after: why they change
nothing.
"""

COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
ARITHMETIC = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.FloorDiv: "*"}


@dataclass(frozen=True)
class Mutant:
    """A change of one place: the file, its line, and the text before and after."""

    module: str
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.old!r} -> {self.new!r}"


def find_mutants(module: str, source: str) -> Iterator[Mutant]:
    """All mutants of a module: other comparisons, numbers, operators, conditions and returns."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    data = source.encode()

    def place(node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset

    def change(node: ast.expr, new: str) -> Mutant:
        start, end = place(node)
        return Mutant(module, node.lineno, start, end, data[start:end].decode(), new)

    def text(node: ast.expr) -> str:
        start, end = place(node)
        return data[start:end].decode()

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
            new = COMPARISONS[type(node.ops[0])]
            yield change(node, f"(({text(node.left)}) {new} ({text(node.comparators[0])}))")
        elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
            yield change(node, f"(({text(node.left)}) {ARITHMETIC[type(node.op)]} ({text(node.right)}))")
        elif isinstance(node, ast.BoolOp) and len(node.values) == 2:
            for value in node.values:
                yield change(node, f"({text(value)})")
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield change(node, repr(not node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            yield change(node, repr(node.value + 1))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield change(node, f"bool({text(node.operand)})")
        elif isinstance(node, (ast.If, ast.IfExp)):
            yield change(node.test, f"(not ({text(node.test)}))")
        elif isinstance(node, ast.Return) and node.value is not None and text(node.value) != "None":
            yield change(node.value, "None")


def find_reason(mutant: Mutant) -> str | None:
    """The reason in `SAME` why a mutant changes nothing; None if there is none."""
    line = (PACKAGE / mutant.module).read_text("utf-8").splitlines()[mutant.line - 1]
    for (module, part, old, new), reason in SAME.items():
        if (module, old, new) == (mutant.module, mutant.old, mutant.new) and part in line:
            return reason
    return None


def run_tests(words: str, tree: Path, seconds: float | None) -> subprocess.CompletedProcess[str]:
    """Run one entry of `TESTS` on the package in ``tree``. It raises ``TimeoutExpired`` after ``seconds``."""
    name, *options = shlex.split(words)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/test_{name}.py"]
    env = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*command, *options], cwd=ROOT, env=env, capture_output=True, encoding="utf-8", errors="replace",
        timeout=seconds, check=False,
    )  # fmt: skip


def find_failing(modules: set[str], tree: Path) -> tuple[dict[str, str], dict[str, float]]:
    """Run the tests of the modules on the code as it is.

    Return the output of those that fail, and the seconds that each took.
    """
    failing, seconds = {}, {}
    for words in sorted({words for module in modules for words in (RULES, *TESTS[module])}):
        begun = time.monotonic()
        done = run_tests(words, tree, None)
        seconds[words] = time.monotonic() - begun
        if done.returncode:
            failing[words] = done.stdout + done.stderr
    return failing, seconds


def is_killed(mutant: Mutant, tree: Path, seconds: dict[str, float]) -> bool:
    """Whether the tests of its module fail, or do not end in time, on a copy of the package that has the
    mutant.
    """
    file = tree / "src" / "duizhao" / mutant.module
    data = (PACKAGE / mutant.module).read_bytes()
    file.write_bytes(data[: mutant.start] + mutant.new.encode() + data[mutant.end :])
    try:
        return any(
            run_tests(words, tree, seconds[words]).returncode for words in (RULES, *TESTS[mutant.module])
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        file.write_bytes(data)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="modules below src/duizhao [all in TESTS]")
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=float, default=10, help="a test file may take so many times longer")
    parser.add_argument("--least", type=float, default=0.85, help="share that must be killed")
    options = parser.parse_args()
    modules = options.modules or list(TESTS)
    found = [
        mutant for module in modules for mutant in find_mutants(module, (PACKAGE / module).read_text("utf-8"))
    ]
    sample = random.Random(options.seed).sample(found, min(options.sample, len(found)))
    killed = same = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("schema", "dataset"):
            (tree / name).symlink_to(ROOT / name)
        failing, seconds = find_failing({mutant.module for mutant in sample}, tree)
        if failing:
            for words, output in failing.items():
                print(f"{output}\ntests/test_{words}: fails without any mutant", file=sys.stderr)
            return 2
        most = {words: 60 + options.times * taken for words, taken in seconds.items()}
        for number, mutant in enumerate(sample, 1):
            if reason := find_reason(mutant):
                same += 1
                print(f"{number}/{len(sample)} changes nothing {mutant}: {reason}", flush=True)
                continue
            dead = is_killed(mutant, tree, most)
            killed += dead
            print(f"{number}/{len(sample)} {'killed' if dead else 'SURVIVED'} {mutant}", flush=True)
    tried = len(sample) - same
    print(
        f"{killed} of {tried} mutants killed ({killed / max(tried, 1):.0%}), {same} change nothing; "
        f"{len(found)} exist, seed {options.seed}"
    )
    return int(killed < options.least * tried)


if __name__ == "__main__":
    sys.exit(main())
