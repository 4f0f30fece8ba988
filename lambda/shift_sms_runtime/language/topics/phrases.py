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
    ends = [i for i in range(len(tokens.words) - 1) if tokens.ends_clause(i)]
    starts = [0, *(end + 1 for end in ends)]
    stops = [*(end + 1 for end in ends), len(tokens.words)]
    return [
        list(_phrases(tokens, range(start, stop), lexicon, topics, classes))
        for start, stop in zip(starts, stops, strict=True)
        if start < stop
    ]


def _phrases(
    tokens: Tokens,
    positions: Sequence[int],
    lexicon: Lexicon,
    topics: Collection[Topic],
    classes: Collection[WordClass],
) -> Iterator[TopicPhrase]:
    first, stop = positions[0], positions[-1] + 1
    while first < stop:
        for count in range(min(_LONGEST_PHRASE, stop - first), 0, -1):
            words = tokens.words[first : first + count]
            folded = " ".join(word.folded for word in words)
            found = frozenset(topic for topic in topics if folded in lexicon.topics[topic])
            known = frozenset(kind for kind in classes if folded in lexicon.words[kind])
            if found or known or count == 1:
                yield TopicPhrase(folded, found, known, words[0].start)
                first += count
                break
