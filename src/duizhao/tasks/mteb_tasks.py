"""Bitext mining in MTEB: for each sentence of one column, find its translation in another column.

    import mteb
    from duizhao.tasks.mteb_tasks import DuizhaoBitextMining

    mteb.evaluate(mteb.get_model("sentence-transformers/LaBSE"), DuizhaoBitextMining())

The data come from the installed package. If the environment variable ``DUIZHAO_RELEASE`` is set when this
module is imported, they come from that release. The protocol (cosine, nearest neighbour, F1) is that of MTEB
(Muennighoff et al. 2023).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import numpy as np
from mteb import TaskMetadata
from mteb.abstasks import AbsTaskBitextMining
from mteb.models import ModelMeta
from mteb.models.abs_encoder import AbsEncoder
from numpy.typing import NDArray

import duizhao
from duizhao.encoders import Encoder
from duizhao.languages import COLUMNS
from duizhao.release import ALL, read_manifest
from duizhao.schema import SPLIT, home
from duizhao.tasks.documents import bitext, choose_split, named_release

RELEASE = Path(named_release() or home("dataset"))
"""The folder of the release that is read."""

PAIRS = {
    "zh_hans-en": ("zh_hans", "en"),
    "zh_hant-en": ("zh_hant", "en"),
    "zh_hans-zh_hant": ("zh_hans", "zh_hant"),
}
"""The subsets of the task, and the two columns of each."""

_LANGUAGES = {column.key: column.iso for column in COLUMNS}


def _revision() -> str:
    """Return part of the hash of the sentences.

    MTEB stores results by revision, so other data need another revision.
    """
    split = choose_split(RELEASE)
    hashes = [
        digest
        for name, digest in sorted(read_manifest(RELEASE)["files"].items())
        if re.search(r"(?:\A|/)sentences/.*\.parquet\Z", name)
        and (split == ALL or name == f"sentences/{split}.parquet")
    ]
    one = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    return str(one)[:12]


class DuizhaoBitextMining(AbsTaskBitextMining):
    """The bitext mining task of MTEB over `PAIRS`."""

    metadata = TaskMetadata(
        name="DuizhaoBitextMining",
        description=(
            "News articles in Simplified Chinese, Traditional Chinese and English, one bead of sentences "
            "after the other."
        ),
        dataset={"path": "duizhao", "revision": _revision()},
        type="BitextMining",
        category="t2t",
        modalities=["text"],
        eval_splits=[SPLIT],
        eval_langs={
            subset: [_LANGUAGES[source], _LANGUAGES[target]] for subset, (source, target) in PAIRS.items()
        },
        main_score="f1",
        date=("2023-11-18", "2023-12-09"),
        domains=["News", "Written"],
        task_subtypes=[],
        license="cc-by-4.0",
        annotations_creators="derived",
        dialect=[],
        sample_creation="machine-translated and verified",
        bibtex_citation="",
        prompt="Retrieve parallel sentences in Chinese and English.",
    )

    def load_data(self, num_proc: int | None = None, **kwargs: Any) -> None:
        """Read the sentences from the release. MTEB's own method would download them from the Hub."""
        import datasets

        self.dataset = {}
        for subset in self.hf_subsets:
            rows = bitext(*PAIRS[subset], RELEASE)
            columns = {
                "sentence1": [row["source"] for row in rows],
                "sentence2": [row["target"] for row in rows],
            }
            self.dataset[subset] = datasets.DatasetDict({SPLIT: datasets.Dataset.from_dict(columns)})
        self.data_loaded = True


class EncoderForMTEB(AbsEncoder):
    """An encoder of `duizhao.encoders` for MTEB: ``EncoderForMTEB(default_encoder(), "duizhao/default")``."""

    def __init__(self, encoder: Encoder, name: str) -> None:
        self.model = encoder
        self.mteb_model_meta = ModelMeta.create_empty(
            {
                "name": name,
                "revision": duizhao.__version__,
                "embed_dim": encoder.dimension,
                "framework": ["NumPy"],
            }
        )

    def encode(self, inputs: Any, **_: Any) -> NDArray[np.float32]:
        """Return unit vectors, float32 ``[n, dimension]``, of the texts in all batches."""
        texts = [text for batch in inputs for text in batch["text"]]
        return np.asarray(self.model.encode(texts), dtype=np.float32)
