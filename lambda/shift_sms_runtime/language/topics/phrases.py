"""Finds the phrases of topics in a text."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from shift_sms_runtime.language.lexicon import Lexicon, Topic, WordClass
from shift_sms_runtime.language.tokenizer import Tokens

_LONGEST_PHRASE = 5


@dataclass(frozen=True)
class TopicPhrase:
    """A word or phrase of a text, with its topics and classes. It may have neither."""

    folded: str
    topics: frozenset[Topic]
    classes: frozenset[WordClass]
    start: int
    """Where it begins in the text."""

    def is_any(self, *topics: Topic) -> bool:
        """Whether the phrase has one of these topics."""
        return not self.topics.isdisjoint(topics)

    def is_class(self, *classes: WordClass) -> bool:
        """Whether the phrase has one of these classes."""
        return not self.classes.isdisjoint(classes)


def clauses(
    tokens: Tokens, lexicon: Lexicon, topics: Collection[Topic], classes: Collection[WordClass] = ()
) -> list[list[TopicPhrase]]:
    """Divides a text into clauses, and each clause into phrases, the longest first.

    Args:
        tokens: The text.
        lexicon: The words of one language.
        topics: The topics to look for.
        classes: The classes of words to look for.
    """
    words = [(word.folded, word.start) for word in tokens.words]
    ends = [i + 1 for i in range(len(words) - 1) if tokens.ends_clause(i)]
    spans = zip([0, *ends], [*ends, len(words)], strict=True)
    wanted = frozenset(classes)
    return [
        list(_phrases(words[start:stop], lexicon, topics, wanted)) for start, stop in spans if start < stop
    ]


def _phrases(
    words: Sequence[tuple[str, int]],
    lexicon: Lexicon,
    topics: Collection[Topic],
    classes: frozenset[WordClass],
) -> Iterator[TopicPhrase]:
    first = 0
    while first < len(words):
        for count in range(min(_LONGEST_PHRASE, len(words) - first), 0, -1):
            folded = " ".join(word for word, _ in words[first : first + count])
            found: frozenset[Topic] = frozenset()
            if folded in lexicon.listed_in_topics:
                found = frozenset(topic for topic in topics if folded in lexicon.topics[topic])
            known = lexicon.classes_of(folded) & classes
            if found or known or count == 1:
                yield TopicPhrase(folded, found, known, words[first][1])
                first += count
                break
