"""Read the pages of ``labels.jsonl``, or of another file, again from clones of their repositories; or make it
from labelled pages. Read the archives of ``archives.jsonl`` from clones; or make that file.

    python benchmarks/lines/read.py --clones CLONES --out PAGES [--labels FILE ...]
    python benchmarks/lines/read.py --from LABELS [LABELS ...] [--second FOLDER]
    python benchmarks/lines/read.py --clones CLONES --archives DIR [--write]

CLONES/owner+name is a clone of each repository.

A page whose bytes do not have the sha256 of its row is left out and named. ``benchmarks/cleaning.py PAGES``
then measures on them.

An archive is what a repository holds of Chinese texts: see `documents_of`. ``--archives`` writes one file for
each row of ``archives.jsonl``, and names those that have other documents than the row says. ``--write`` makes
the rows, from the repositories of the label files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ARCHIVES = HERE / "archives.jsonl"
FOLDS = 6


def text_of(clones: Path, row: dict[str, Any]) -> bytes | None:
    """Bytes of a page at its commit; None where the clone has it not."""
    clone = clones / row["repo"].replace("/", "+", 1)
    told = subprocess.run(
        ["git", "-C", str(clone), "show", f"{row['commit']}:{row['path']}"], capture_output=True, check=False
    )
    return told.stdout if told.returncode == 0 else None


SUFFIXES = (b".md", b".markdown", b".txt")
DOCUMENTS, FEWEST = 250, 20
"""Of an archive: the documents that are read, and the fewest that make one."""

HAN, LARGEST = 200, 1_000_000
"""Of a document: the fewest Han characters and the most bytes."""

_HAN = re.compile("[\u3400-\u9fff]")


def documents_of(clone: Path, commit: str) -> list[str]:
    """The first DOCUMENTS Chinese texts of a commit: files of SUFFIXES in UTF-8, see HAN and LARGEST.

    The order is that of the hashes that Git gives to files, so it is a sample that nobody chose. A text that
    a repository holds twice is taken once. A clone without the commit has none.
    """
    command = ["git", "-C", str(clone), "ls-tree", "-r", "-z", commit]
    listed = subprocess.run(command, capture_output=True, check=False).stdout
    names = set()
    for entry in listed.split(b"\0"):
        if entry.startswith(b"100") and entry.lower().endswith(SUFFIXES):
            names.add(entry.split(b"\t")[0].split()[2])
    found: list[str] = []
    with subprocess.Popen(
        ["git", "-C", str(clone), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        for name in sorted(names):
            process.stdin.write(name + b"\n")
            process.stdin.flush()
            head = process.stdout.readline().split()
            if head[1] == b"missing":
                continue
            data = process.stdout.read(int(head[2]) + 1)[:-1]
            text = data.decode("utf-8", "replace") if len(data) <= LARGEST else ""
            if text.encode() == data and len(_HAN.findall(text)) >= HAN:
                found.append(text)
                if len(found) == DOCUMENTS:
                    break
        process.stdin.close()
    return found


def read_archives(clones: Path, rows: Sequence[dict[str, Any]], out: Path) -> Iterator[dict[str, Any]]:
    """Write the file of each archive. Yields the rows with the number and the hash of the documents that were
    found.
    """
    out.mkdir(parents=True, exist_ok=True)
    for row in rows:
        name = row["repo"].replace("/", "+", 1)
        lines, digest = [], hashlib.sha256()
        for text in documents_of(clones / name, row["commit"]):
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            digest.update(bytes.fromhex(sha256))
            document = {"repo": row["repo"], "sha256": sha256, "text": text}
            lines.append(json.dumps(document, ensure_ascii=False) + "\n")
        if len(lines) >= FEWEST:
            (out / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8", newline="")
            yield {**row, "documents": len(lines), "sha256": digest.hexdigest()}


def write_page(out: Path, row: dict[str, Any], data: bytes) -> None:
    """``NNN.txt`` in UTF-8 and ``NNN.json``, as ``benchmarks/cleaning.py`` reads them."""
    text = data.decode(row.get("encoding", "utf-8"))
    lines = text.split("\n")
    mixed = [[line, lines[line - 1][start:end], category] for line, start, end, category in row["mixed"]]
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{row['id']}.txt").write_bytes(text.encode())
    (out / f"{row['id']}.json").write_text(
        json.dumps({**row, "mixed": mixed}, ensure_ascii=False), encoding="utf-8"
    )


def rows_from(folders: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Rows of labels without any text: a part of a line is told by its characters in the line."""
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            table = json.loads(path.read_text(encoding="utf-8"))
            if "lines" not in table:
                continue
            with path.with_suffix(".txt").open(encoding="utf-8", newline="") as file:
                lines = file.read().split("\n")
            mixed = []
            for line, text, category in table.get("mixed") or []:
                at = lines[line - 1].find(text)
                if at >= 0:
                    mixed.append([line, at, at + len(text), category])
            front = table.get("front_title") or []
            yield {
                "id": path.stem, "repo": table["repo"], "commit": table["commit"], "path": table["path"],
                "sha256": table["sha256"],
                "script": table["script"], "genre": table["genre"], "site": table.get("site", ""),
                "lines": table["lines"], "mixed": mixed,
                "front_title": [front] if isinstance(front, int) else front,
                "no_article": bool(table.get("no_article"))
                or all(line[2] == "drop" for line in table["lines"]),
                **({"encoding": table["encoding"]} if "encoding" in table else {}),
            }  # fmt: skip


def add_folds(rows: Sequence[dict[str, Any]]) -> None:
    """The split by repository: folds of about as many pages, no repository in two."""
    counts = Counter(row["repo"] for row in rows if not row["no_article"])
    sizes, fold = [0] * FOLDS, {}
    for repo, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        fold[repo] = sizes.index(min(sizes))
        sizes[fold[repo]] += count
    for row in rows:
        row["fold"] = fold.get(row["repo"], 0)


def labels_by_line(lines: Sequence[Sequence[Any]]) -> dict[int, tuple[str, str]]:
    return {
        line: (label, category or "")
        for first, last, label, category in lines
        for line in range(first, last + 1)
    }


def agreement(first: Path, second: Path) -> str:
    """Cohen's kappa of two readers' labels (keep, drop) over the lines of the pages that both have, blank
    lines aside.
    """
    both: Counter[tuple[str, str]] = Counter()
    same = dropped = pages = 0
    for path in sorted(second.glob("*.json")):
        one, two = (
            json.loads((folder / path.name).read_text(encoding="utf-8")) for folder in (first, second)
        )
        if "lines" not in one or "lines" not in two:
            continue
        pages += 1
        left, right = labels_by_line(one["lines"]), labels_by_line(two["lines"])
        for number, line in enumerate(
            (first / f"{path.stem}.txt").read_text(encoding="utf-8").split("\n"), 1
        ):
            if line.strip() and number in left and number in right:
                both[left[number][0], right[number][0]] += 1
                if left[number][0] == right[number][0] == "drop":
                    dropped += 1
                    same += left[number][1] == right[number][1]
    total = sum(both.values())
    agreed = sum(count for (one, two), count in both.items() if one == two) / total
    chance = (
        sum(
            sum(n for (one, _), n in both.items() if one == name)
            * sum(n for (_, two), n in both.items() if two == name)
            for name in ("keep", "drop")
        )
        / total**2
    )
    kappa = (agreed - chance) / (1 - chance)
    return (
        f"{pages} pages, {total} lines: agreement {agreed:.3f}, kappa {kappa:.3f}; "
        f"of {dropped} lines that both drop, {same / max(1, dropped):.3f} have the same category"
    )


def rows_of(files: Sequence[Path]) -> list[dict[str, Any]]:
    """The rows of some JSON Lines files. Only a line feed ends a line."""
    texts = [file.read_text(encoding="utf-8") for file in files]
    return [json.loads(line) for text in texts for line in text.split("\n") if line]


def show_archives(clones: Path, out: Path, labels: Sequence[Path], write: bool) -> None:
    """Read the archives, and say which are not those of ``archives.jsonl``; or write that file, with the
    repositories of the labels at the commit of their first page.
    """
    rows = rows_of([ARCHIVES]) if not write else []
    if write:
        commits: dict[str, str] = {}
        for page in rows_of(labels):
            commits.setdefault(page["repo"], page["commit"])
        rows = [{"repo": repo, "commit": commit} for repo, commit in sorted(commits.items())]
    found = list(read_archives(clones, rows, out))
    if write:
        ARCHIVES.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    else:
        same = [row for row in found if row in rows]
        for row in rows:
            if row not in same:
                print(f"{row['repo']}: not the same documents", file=sys.stderr)
        print(f"{len(rows) - len(same)} archives differ")
    print(f"{len(found)} archives, {sum(row['documents'] for row in found)} documents")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clones", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--labels", type=Path, nargs="+", default=[HERE / "labels.jsonl"])
    parser.add_argument("--archives", type=Path, help="write the archives into this folder")
    parser.add_argument("--write", action="store_true", help="with --archives: make archives.jsonl")
    parser.add_argument("--from", dest="folders", type=Path, nargs="+")
    parser.add_argument("--second", type=Path)
    options = parser.parse_args()
    if options.folders:
        rows = list(rows_from(options.folders))
        add_folds(rows)
        text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
        options.labels[0].write_text(text, encoding="utf-8")
        print(f"{len(rows)} pages of {len({row['repo'] for row in rows})} repositories")
        if options.second:
            print(agreement(options.folders[-1], options.second))
        return
    if options.clones and options.archives:
        show_archives(options.clones, options.archives, options.labels, options.write)
        return
    if not options.clones or not options.out:
        parser.error("give --clones and --out or --archives, or --from")
    missing = 0
    for row in rows_of(options.labels):
        data = text_of(options.clones, row)
        if data is None or hashlib.sha256(data).hexdigest() != row["sha256"]:
            missing += 1
            print(
                f"{row['id']}: {row['repo']}/{row['path']}: not in the clone, or not the same bytes",
                file=sys.stderr,
            )
            continue
        write_page(options.out, row, data)
    print(f"{missing} pages are missing")


if __name__ == "__main__":
    main()
