"""What is measured: which method on which documents, and with which seeds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.bench.learning.cells import Key, material, settings_digest
from bot.bench.learning.data import Document
from bot.bench.learning.methods import Method, Methods, SequenceMethod


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: every method on every document, with every seed."""

    documents: Sequence[Document]
    sequences: Sequence[Sequence[Document]]
    methods: Methods
    seeds: int

    def document_cells(self) -> Iterator[tuple[Method, Document, Key]]:
        """Document by document, so that a stopped run has as much of every method."""
        for seed in range(1, self.seeds + 1):
            for document in self.documents:
                for method in self.methods.documents:
                    settings = settings_digest(method.settings)
                    key = Key(method.name, material([document]), seed, settings)
                    yield method, document, key

    def sequence_cells(
        self,
    ) -> Iterator[tuple[SequenceMethod, Sequence[Document], Sequence[Key]]]:
        """Each sequence with the keys of its steps, the base's first."""
        for seed in range(1, self.seeds + 1):
            for documents in self.sequences:
                for method in self.methods.sequences:
                    settings = settings_digest(method.settings)
                    key = Key(method.name, material(documents), seed, settings)
                    steps = range(len(documents) + 1)
                    yield method, documents, [replace(key, step=i) for i in steps]
