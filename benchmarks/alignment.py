"""Sentence alignment: strict F1, by bead type, and speed, beside Gale-Church and Vecalign's dynamic
programme.

    python benchmarks/alignment.py [DIR ...]
    python benchmarks/alignment.py --planted [DIR ...]
    python benchmarks/alignment.py --trust [DIR ...]
    python benchmarks/alignment.py --speed [DIR ...]

DIR holds zh/NAME.txt and en/NAME.txt (one sentence a line, a blank line ends a paragraph) and gold/NAME.align
(one bead a line, ``[zh]:[en]``, numbers of sentences from 0). Without DIR: the gold of our own five articles.
A bead is right when both its sides equal a gold bead's, empty sides included, as Vecalign's and Bertalign's
scorers count. The rivals, of the extra ``[bench]``, run on the same sentences in the same run; Vecalign's
programme gets the same encoder.

With ``--planted``: every tenth 1-1 sentence is taken out of one side, and the text aligned again; this is
done three times, each time from another sentence on. Printed is how many of the sentences left over are in a
bead with two sides (swallowed), and how many of them with a score above 0.9.

With ``--trust``: how many beads of each range of scores are right, and what reading the fifth with the lowest
scores gains.

With ``--speed``: processor time of `align` against that of encoding each sentence once, for 1,000 and 10,000
sentences on each side: the texts of DIR, again and again, each copy with a word of its own in every sentence.
"""

from __future__ import annotations

import os
import sys

if "--speed" in sys.argv[1:]:  # before numpy: threads that wait count as processor time
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"

import time
from ast import literal_eval
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from duizhao.alignment.aligner import Bead, align
from duizhao.encoders.encoder import default_encoder

GOLD = Path(__file__).parents[1] / "tests" / "gold" / "alignment"

STARTS = (0, 3, 7)  # the first 1-1 bead that loses a side

Item = TypeVar("Item")
Link = tuple[tuple[int, ...], tuple[int, ...]]
Aligner = Callable[[Sequence[str], Sequence[str], Sequence[int], Sequence[int]], list[Link]]


def read_side(path: Path) -> tuple[list[str], list[int]]:
    """Sentences of a file and the paragraph of each."""
    sentences: list[str] = []
    paragraphs: list[int] = []
    paragraph = 0
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            sentences.append(line)
            paragraphs.append(paragraph)
        elif sentences:
            paragraph = paragraphs[-1] + 1
    return sentences, paragraphs


def read_gold(path: Path) -> list[Link]:
    """Beads of an ``.align`` file."""
    sides = (line.split(":") for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(tuple(literal_eval(zh.strip())), tuple(literal_eval(en.strip()))) for zh, en in sides]


def ours(
    zh: Sequence[str], en: Sequence[str], zh_paragraphs: Sequence[int], en_paragraphs: Sequence[int]
) -> list[Link]:
    return [(bead.zh, bead.en) for bead in aligned(zh, en, zh_paragraphs, en_paragraphs)]


def aligned(
    zh: Sequence[str], en: Sequence[str], zh_paragraphs: Sequence[int], en_paragraphs: Sequence[int]
) -> list[Bead]:
    """Our beads; paragraphs are told where both sides have several."""
    if zh_paragraphs[-1] and en_paragraphs[-1]:
        return align(zh, en, zh_paragraphs=zh_paragraphs, en_paragraphs=en_paragraphs)
    return align(zh, en)


def ours_without_paragraphs(zh: Sequence[str], en: Sequence[str], *_: Sequence[int]) -> list[Link]:
    return [(bead.zh, bead.en) for bead in align(zh, en)]


def gale_church(zh: Sequence[str], en: Sequence[str], *_: Sequence[int]) -> list[Link]:
    import galechurch

    lines = galechurch.align(list(zh), list(en)).to_pharaoh_lines()
    sides = (line.split(":") for line in lines)
    return [(tuple(literal_eval(left)), tuple(literal_eval(right))) for left, right in sides]


def vecalign(zh: Sequence[str], en: Sequence[str], *_: Sequence[int]) -> list[Link]:
    from sentalign import sentalign

    class Model:
        def encode(self, sentences: Sequence[str], **_: object) -> np.ndarray:
            return default_encoder().encode(list(sentences))

    found = sentalign(list(zh), list(en), encoder=Model())
    return [(tuple(part.src_indices), tuple(part.tgt_indices)) for part in found.alignments]


def score(gold: Sequence[Link], found: Sequence[Link]) -> tuple[int, int, int]:
    """Right beads, beads found, beads wanted."""
    wanted = set(gold)
    return sum(bead in wanted for bead in found), len(found), len(gold)


def f1(hit: int, found: int, wanted: int) -> float:
    return 2 * hit / (found + wanted) if found + wanted else 0.0


def by_kind(gold: Sequence[Link], found: Sequence[Link]) -> Counter[tuple[str, str]]:
    """For each bead type: beads wanted, and how many of them were found."""
    there = set(found)
    counts: Counter[tuple[str, str]] = Counter()
    for zh, en in gold:
        kind = f"{len(zh)}-{len(en)}"
        counts[kind, "wanted"] += 1
        counts[kind, "hit"] += (zh, en) in there
    return counts


def run(
    name: str,
    aligner: Aligner,
    texts: Sequence[tuple[str, list[str], list[int], list[str], list[int], list[Link]]],
) -> None:
    sums = [0, 0, 0]
    kinds: Counter[tuple[str, str]] = Counter()
    seconds, sentences, each = 0.0, 0, []
    for label, zh, zh_paragraphs, en, en_paragraphs, gold in texts:
        start = time.perf_counter()
        found = aligner(zh, en, zh_paragraphs, en_paragraphs)
        seconds += time.perf_counter() - start
        sentences += len(zh) + len(en)
        counts = score(gold, found)
        each.append(f"{label} {f1(*counts):.3f}")
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        kinds += by_kind(gold, found)
    hit, found_count, wanted = sums
    print(
        f"| {name} | {hit / found_count:.3f} | {hit / wanted:.3f} | "
        f"**{f1(hit, found_count, wanted):.3f}** | {sentences / seconds:,.0f} |"
    )
    totals: Counter[str] = Counter({kind: count for (kind, what), count in kinds.items() if what == "wanted"})
    recalls = [f"{kind}: {kinds[kind, 'hit']}/{count}" for kind, count in totals.most_common(7)]
    print(f"  {name}: " + ", ".join(recalls) + "; " + ", ".join(each), file=sys.stderr)


def without(numbers: Sequence[int], gone: set[int]) -> tuple[int, ...]:
    """Numbers that are left, counted again without those that are gone."""
    return tuple(k - sum(out < k for out in gone) for k in numbers if k not in gone)


def left(items: Sequence[Item], gone: set[int]) -> list[Item]:
    """Items that are left without those whose numbers are gone."""
    return [item for k, item in enumerate(items) if k not in gone]


def planted(folder: Path) -> None:
    """Print what becomes of single sentences whose counterpart was taken out."""
    orphans = swallowed = high = hit = total = 0
    for path in sorted((folder / "gold").glob("*.align")):
        sides = [read_side(folder / lang / f"{path.stem}.txt") for lang in ("zh", "en")]
        gold = read_gold(path)
        ones = [bead for bead in gold if len(bead[0]) == len(bead[1]) == 1]
        for start in STARTS:
            gone: tuple[set[int], set[int]] = (set(), set())
            for k, bead in enumerate(ones[start::10]):
                gone[(k + start) % 2].add(bead[(k + start) % 2][0])
            beads = [(without(zh, gone[0]), without(en, gone[1])) for zh, en in gold]
            lonely = [{k for bead in beads if not bead[1 - at] for k in bead[at]} for at in (0, 1)]
            (zh_left, zh_paragraphs), (en_left, en_paragraphs) = (
                (left(sentences, out), left(paragraphs, out))
                for (sentences, paragraphs), out in zip(sides, gone, strict=True)
            )
            found = aligned(zh_left, en_left, zh_paragraphs, en_paragraphs)
            inside = [
                bead.score
                for bead in found
                if bead.zh and bead.en
                for at in (0, 1)
                for k in (bead.zh, bead.en)[at]
                if k in lonely[at]
            ]
            orphans += sum(map(len, lonely))
            swallowed, high = swallowed + len(inside), high + sum(score > 0.9 for score in inside)
            hit += len({(bead.zh, bead.en) for bead in found} & set(beads))
            total += len(found) + len(beads)
    print(
        f"{folder.name}: {orphans} left over; swallowed {swallowed / orphans:.4f}, above 0.9 "
        f"{high / orphans:.4f}; F1 {2 * hit / total:.4f}"
    )


RANGES = ((0.0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.0))


def trust(folder: Path) -> None:
    """Print the share of right beads by score, and what reading the lowest-scored fifth gains."""
    found: list[tuple[float, bool]] = []
    for path in sorted((folder / "gold").glob("*.align")):
        (zh, zh_paragraphs), (en, en_paragraphs) = (
            read_side(folder / lang / f"{path.stem}.txt") for lang in ("zh", "en")
        )
        gold = set(read_gold(path))
        beads = aligned(zh, en, zh_paragraphs, en_paragraphs)
        found += [(bead.score, (bead.zh, bead.en) in gold) for bead in beads]
    print(f"\n{folder.name}: {len(found)} beads\n\n| score | beads | mean score | right |\n|---|---|---|---|")
    for low, high in RANGES:
        some = [one for one in found if low <= one[0] < high or (high == 1.0 and one[0] == 1.0)]
        if some:
            scores, right = zip(*some, strict=True)
            print(f"| {low}–{high} | {len(some)} | {np.mean(scores):.3f} | {np.mean(right):.3f} |")
    found.sort(key=lambda one: one[0])
    fifth = len(found) // 5
    wrong, low_wrong = (sum(not right for _, right in part) for part in (found, found[:fifth]))
    print(
        f"\nThe fifth with the lowest scores ({fifth} beads, up to {found[fifth - 1][0]:.3f}) has "
        f"{low_wrong} of the {wrong} "
        f"wrong beads. Right are {1 - wrong / len(found):.3f} of all beads, and "
        f"{1 - (wrong - low_wrong) / len(found):.3f} "
        "when these are mended."
    )


def speed(folder: Path) -> None:
    """Print the processor time of aligning against that of encoding."""
    sides: tuple[list[str], list[str]] = ([], [])
    for path in sorted((folder / "gold").glob("*.align")):
        for lang, side in zip(("zh", "en"), sides, strict=True):
            side += read_side(folder / lang / f"{path.stem}.txt")[0]
    align(["热身。"], ["Warm up."])
    print(f"\n{folder.name}\n\n| sentences | encoding, s | aligning, s | ratio |\n|---|---|---|---|")
    for size in (1_000, 10_000):
        share = min(size / len(sides[0]), 1.0)
        texts = []
        for side in sides:
            part = side[: int(len(side) * share)]
            copies = -(-size // len(sides[0]))
            texts.append([f"{sentence} ({k})" if k else sentence for k in range(copies) for sentence in part])
        start = time.process_time()
        for text in texts:
            default_encoder().encode(text)
        encoded = time.process_time()
        align(*texts)
        done = time.process_time()
        print(
            f"| {len(texts[0]):,} and {len(texts[1]):,} | {encoded - start:.1f} | {done - encoded:.1f} | "
            f"{(done - encoded) / (encoded - start):.2f} |",
            flush=True,
        )


def main() -> None:
    for option, what in (("--trust", trust), ("--speed", speed)):
        if option in sys.argv[1:]:
            for folder in map(Path, [name for name in sys.argv[1:] if name != option] or [str(GOLD)]):
                what(folder)
            return
    if "--planted" in sys.argv[1:]:
        for folder in map(Path, [name for name in sys.argv[1:] if name != "--planted"] or [str(GOLD)]):
            planted(folder)
        return
    for folder in map(Path, sys.argv[1:] or [str(GOLD)]):
        texts = []
        for gold in sorted((folder / "gold").glob("*.align")):
            zh, zh_paragraphs = read_side(folder / "zh" / f"{gold.stem}.txt")
            en, en_paragraphs = read_side(folder / "en" / f"{gold.stem}.txt")
            texts.append((gold.stem, zh, zh_paragraphs, en, en_paragraphs, read_gold(gold)))
        align(["热身。"], ["Warm up."])
        print(f"\n{folder.name}: {len(texts)} texts, {sum(len(text[5]) for text in texts)} beads\n")
        print("| aligner | precision | recall | strict F1 | sentences/s |\n|---|---|---|---|---|")
        run("Gale-Church (galechurch)", gale_church, texts)
        run("Vecalign's programme (sentalign), same encoder", vecalign, texts)
        if any(text[2][-1] for text in texts):
            run("duizhao, paragraphs not told", ours_without_paragraphs, texts)
        run("duizhao", ours, texts)


if __name__ == "__main__":
    main()
