"""Quality and speed of cleaning on a folder of labelled pages, compared with four other ways.

    python benchmarks/cleaning.py DIR [DIR ...] [--topic] [--archives DIR] [--cleaned DIR]

``--archives``: JSON Lines files of further documents of the same repositories (``repo``, ``text``): corpus
mode, in which lines that recur over a repository's documents are evidence. ``--cleaned``: what
``training/fit_cleaning.py --save`` wrote, the program's text of each page by weights that were fitted without
the page's owner. Without it, the row "duizhao" is of pages that the weights were fitted on.

The measure, in characters of text without white space, Markdown marks (also those of tables and notes), link
targets and rules: precision and
recall of what is kept, by the longest common subsequence with the labelled article (``rapidfuzz``); and of
what is labelled for dropping, the share that is gone: a dropped character remains if eight characters in a
row around it are in the output and not in the article.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import LCSseq

from duizhao.cleaning.recurrence import CorpusStatistics, count_paragraphs
from duizhao.cleaning.topic import measure_topic
from duizhao.cleaning.verdicts import clean, judge, kept
from duizhao.text.blocks import find_blocks
from duizhao.text.document import make_document

ROOT = Path(__file__).parent.parent
WINDOW = 8

_TARGET = r"\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\s*\)"
_MARKUP = (
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"!\[[^\]]*\]" + _TARGET), ""),
    (re.compile(r"\[([^\[\]]*)\]" + _TARGET), r"\1"),
    (re.compile(r"\[([^\[\]]*)\]" + _TARGET), r"\1"),
    (re.compile(r"\[([^\[\]]+)\]\[[^\[\]\n]{0,80}\]"), r"\1"),
    (re.compile(r"\[\[(?:[a-z]{2}:)?(?:[^\[\]\n|]*\|)?([^\[\]\n|]*)\]\]"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>\n]*>"), ""),
    (re.compile(r"https?://[^\s)\]>\"'，。；、（）」』》]+"), ""),
    (re.compile(r"^[\s\-=*_.·|:]+$", re.MULTILINE), ""),
    (re.compile(r"\[\^[^\]\s]{1,40}\]:?"), ""),
    (re.compile(r"[\s*_#>|`\\\u200b-\u200f\u2060\ufeff\ufe0f]"), ""),
)


@dataclass(frozen=True, slots=True)
class Article:
    """A labelled page. ``lines`` are [first, last, label, category], counted from one, both ends included;
    ``mixed`` are [line, text, category], parts of kept lines that are to go; ``front_title`` are lines with a
    title that may stay or go.
    """

    name: str
    site: str
    text: str
    lines: Sequence[tuple[int, int, str, str]]
    mixed: Sequence[tuple[int, str, str]] = ()
    front_title: Sequence[int] = ()

    def parts(self) -> list[tuple[str, str, str]]:
        """Text, label and category of what the labels part the page into."""
        lines, cut = self.text.split("\n"), []
        for line, text, category in self.mixed:
            if text in lines[line - 1]:
                lines[line - 1] = lines[line - 1].replace(text, " ", 1)
                cut.append((text, "drop", category))
        return [
            ("\n".join(lines[first - 1 : last]), label, name) for first, last, label, name in self.lines
        ] + cut


@dataclass(frozen=True, slots=True)
class Score:
    """One article's characters: kept by label, kept by the cleaner, in both; dropped by label, and of these
    gone, by category.
    """

    name: str
    gold: int
    kept: int
    both: int
    dropped: Mapping[str, int]
    gone: Mapping[str, int]

    @property
    def recall(self) -> float:
        return self.both / self.gold if self.gold else 1.0

    @property
    def precision(self) -> float:
        return self.both / self.kept if self.kept else float(not self.gold)

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def load_articles(folder: Path) -> list[Article]:
    """Articles of a folder, by name. Pages without labels and pages that hold no article are left out."""
    found = []
    for path in sorted(folder.glob("*.json")):
        table = json.loads(path.read_text(encoding="utf-8"))
        if (
            "lines" not in table
            or table.get("no_article")
            or all(line[2] == "drop" for line in table["lines"])
        ):
            continue
        with path.with_suffix(".txt").open(encoding="utf-8", newline="") as file:
            text = file.read()
        lines = [(first, last, label, category or "") for first, last, label, category in table["lines"]]
        front = table.get("front_title") or []
        found.append(
            Article(
                path.stem,
                table["repo"],
                text,
                lines,
                [(line, part, category) for line, part, category in table.get("mixed") or []],
                [front] if isinstance(front, int) else front,
            )
        )
    return found


def bare(text: str) -> str:
    """Text without markup and white space, in compatibility form."""
    text = unicodedata.normalize("NFKC", text)
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return text


def measure(articles: Sequence[Article], outputs: Mapping[str, str]) -> list[Score]:
    """Scores of a cleaner's outputs, by article name."""
    return [_score(article, bare(outputs[article.name])) for article in articles]


def _score(article: Article, output: str) -> Score:
    parts = article.parts()
    gold = bare("\n".join(text for text, label, _ in parts if label == "keep"))
    for line in article.front_title:
        title = bare(article.text.split("\n")[line - 1].split(":", 1)[-1].strip(" '\""))
        if title and output.startswith(title) and not gold.startswith(title):
            output = output[len(title) :]
    dropped: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    remains = _windows(output) - _windows(gold)
    for text, label, category in parts:
        if label == "drop" and (plain := bare(text)):
            dropped[category] += len(plain)
            gone[category] += len(plain) - _remaining(plain, remains, output, gold)
    return Score(article.name, len(gold), len(output), LCSseq.similarity(gold, output), dropped, gone)


def _windows(text: str) -> set[str]:
    return {text[start : start + WINDOW] for start in range(len(text) - WINDOW + 1)}


def _remaining(text: str, remains: set[str], output: str, gold: str) -> int:
    """How many characters of a dropped text the output still has."""
    if len(text) < WINDOW:
        return len(text) if text in output and text not in gold else 0
    covered, count = 0, 0
    for start in range(len(text) - WINDOW + 1):
        if text[start : start + WINDOW] in remains:
            count += start + WINDOW - max(covered, start)
            covered = start + WINDOW
    return count


def summary(scores: Sequence[Score]) -> dict[str, float]:
    """Macro F1, worst recall, share of article characters lost, share of dropped characters gone, and of
    other stories.
    """
    gold = sum(score.gold for score in scores)
    dropped = sum(sum(score.dropped.values()) for score in scores)
    return {
        "f1": sum(score.f1 for score in scores) / len(scores),
        "precision": sum(score.precision for score in scores) / len(scores),
        "worst": min(score.recall for score in scores),
        "stories": _share(scores, ("related", "unrelated_trailer")),
        "lost": 1 - sum(score.both for score in scores) / gold,
        "gone": sum(sum(score.gone.values()) for score in scores) / dropped if dropped else 1.0,
    }


def _share(scores: Sequence[Score], categories: Sequence[str]) -> float:
    """Share of the characters of some categories that are gone."""
    all_of = sum(score.dropped.get(name, 0) for score in scores for name in categories)
    return sum(score.gone.get(name, 0) for score in scores for name in categories) / max(1, all_of)


def report(scores: Sequence[Score], verbose: bool = False) -> str:
    """The figures in words."""
    total = summary(scores)
    lines = []
    if verbose:
        for score in scores:
            share = sum(score.gone.values()) / max(1, sum(score.dropped.values()))
            lines.append(
                f"{score.name}  P {score.precision:.4f}  R {score.recall:.4f}  F1 {score.f1:.4f}  gone "
                f"{share:.3f} of {sum(score.dropped.values())}"
            )
        categories = sorted({category for score in scores for category in score.dropped})
        for category in categories:
            has = sum(score.dropped.get(category, 0) for score in scores)
            lines.append(
                f"  {category:16} {sum(score.gone.get(category, 0) for score in scores) / has:.3f} of {has}"
            )
    lines.append(
        "macro F1 {f1:.4f}  precision {precision:.4f}  worst recall {worst:.4f}  lost {lost:.3%}  gone "
        "{gone:.3f}  stories gone {stories:.3f}".format(**total)
    )
    return "\n".join(lines)


def clean_already(articles: Sequence[Article], way: Callable[[str], str]) -> float:
    """Share of characters lost of articles that hold their labelled text only, nothing to drop."""
    size = lost = 0
    for article in articles:
        own = "\n".join(text for text, label, _ in article.parts() if label == "keep")
        gold = bare(own)
        size += len(gold)
        lost += len(gold) - LCSseq.similarity(gold, bare(way(own)))
    return lost / size


def keep_everything(text: str) -> str:
    return text


def punctuation_rule(text: str) -> str:
    """C4's rule (Raffel et al. 2020) for Chinese: a line stays if it ends in a terminal mark and has five
    characters or more.
    """
    return "\n".join(
        line
        for line in text.split("\n")
        if re.search(r"[。！？!?…][”’」』）)\"'*_ ]*$", line.rstrip()) and len(line.strip()) >= 5
    )


def by_justext(text: str) -> str:
    """jusText (Pomikálek 2011) over lines as paragraphs, with a stop list of Chinese characters and Chinese
    lengths.
    """
    import justext

    page = (
        "<html><body>"
        + "".join(f"<p>{' '.join(_escape(line))}</p>" for line in text.split("\n") if line.strip())
        + "</body></html>"
    )
    stops = frozenset(
        "的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年也都而及与與"
    )
    found = justext.justext(
        page, stops, length_low=20, length_high=60, stopwords_low=0.08, stopwords_high=0.12
    )
    return "\n".join(paragraph.text.replace(" ", "") for paragraph in found if not paragraph.is_boilerplate)


def by_trafilatura(text: str) -> str:
    """trafilatura (Barbaresi 2021) over lines as paragraphs."""
    import trafilatura

    page = (
        "<html><body><article>"
        + "".join(f"<p>{_escape(line)}</p>" for line in text.split("\n") if line.strip())
        + "</article></body></html>"
    )
    return trafilatura.extract(page, include_comments=False) or ""


def _escape(line: str) -> str:
    return line.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_topic(text: str) -> str:
    document = make_document("text", text)
    blocks = find_blocks(document)
    return "\n\n".join(kept(document, judge(document, blocks, topic=measure_topic(document, blocks))))


def count_archives(folder: Path) -> dict[str, CorpusStatistics]:
    """Statistics of each repository's documents, by its name."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        documents = [make_document(str(number), row["text"]) for number, row in enumerate(rows)]
        if documents:
            found[rows[0]["repo"]] = count_paragraphs(documents)
    return found


def in_corpus(article: Article, statistics: Mapping[str, CorpusStatistics]) -> str:
    document = make_document("text", article.text)
    verdicts = judge(document, find_blocks(document), corpus=statistics.get(article.site))
    return "\n\n".join(kept(document, verdicts))


def speed(texts: Sequence[str], way: Callable[[str], str]) -> float:
    """Megabytes of UTF-8 a second of processor time: the best of three runs at least, and of as many as a
    second holds.
    """
    best, spent, runs = float("inf"), 0.0, 0
    while runs < 3 or spent < 1:
        begin = time.process_time()
        for text in texts:
            way(text)
        took = time.process_time() - begin
        best, spent, runs = min(best, took), spent + took, runs + 1
    return sum(len(text.encode()) for text in texts) / max(best, 1e-9) / 1e6


def speeds(articles: Sequence[Article]) -> str:
    """Speed by kind of text: the time goes by paragraphs, so it is the length of a paragraph that tells."""
    ours = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "raw" / "zh").iterdir())]
    prose = "\n\n".join(
        paragraph for text in ours for paragraph in text.split("\n\n") if len(paragraph) > 150
    )
    kinds = {
        "the articles of the folder": [article.text for article in articles],
        "our five raw files": ours,
        "their long paragraphs": [prose],
    }
    lines = []
    for kind, texts in kinds.items():
        paragraphs = [part for text in texts for part in re.split(r"\n\s*\n", text) if part.strip()]
        length = sum(map(len, paragraphs)) / len(paragraphs)
        lines.append(f"{kind}, {length:.0f} characters a paragraph: {speed(texts, clean):.1f} MB/s")
    return "\n".join(lines)


def table(articles: Sequence[Article], ways: Mapping[str, Callable[[str], str]]) -> str:
    """One row a way: quality, and speed in megabytes of UTF-8 a second of one core's time."""
    rows = [
        "| | macro F1 | recall, worst article | article text lost | dropped text gone | lost of clean "
        "articles | MB/s |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, way in ways.items():
        outputs = {article.name: way(article.text) for article in articles}
        total = summary(measure(articles, outputs))
        rows.append(
            "| {0} | {f1:.3f} | {worst:.3f} | {lost:.2%} | {gone:.2f} | {2:.2%} | {1:.1f} |".format(
                name,
                speed([article.text for article in articles], way),
                clean_already(articles, way),
                **total,
            )
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Quality and speed of cleaning on a folder of labelled articles."
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--archives", type=Path, help="folder of archives, for corpus mode")
    parser.add_argument(
        "--cleaned", type=Path, help="folder of texts cleaned by weights fitted without their pages"
    )
    parser.add_argument("--topic", action="store_true", help="also with sentence vectors")
    options = parser.parse_args()
    articles = [article for folder in options.folders for article in load_articles(folder)]
    ways = {"keep everything": keep_everything, "C4 punctuation rule": punctuation_rule,
        "jusText": by_justext,
            "trafilatura": by_trafilatura, "duizhao": clean}  # fmt: skip
    if options.topic:
        ways["duizhao with topic"] = with_topic
    print(table(articles, ways))
    if options.archives:
        statistics = count_archives(options.archives)
        many = [a for a in articles if a.site in statistics and statistics[a.site].articles >= 10]
        print(f"\ncorpus mode, {len(many)} pages of sources with ten documents and more:")
        print("single page  " + report(measure(many, {a.name: clean(a.text) for a in many})))
        print("corpus       " + report(measure(many, {a.name: in_corpus(a, statistics) for a in many})))
    if options.cleaned:
        unseen = {a.name: (options.cleaned / f"{a.name}.txt") for a in articles}
        own = [a for a in articles if unseen[a.name].is_file()]
        texts = {a.name: unseen[a.name].read_text(encoding="utf-8") for a in own}
        print(
            f"\nby weights fitted without the page's owner, {len(own)} pages:\n"
            + report(measure(own, texts), verbose=True)
        )
    print("\nduizhao, speed on one core:\n" + speeds(articles))
    print(
        "\nduizhao, by article and category:\n"
        + report(measure(articles, {a.name: clean(a.text) for a in articles}), verbose=True)
    )


if __name__ == "__main__":
    main()
