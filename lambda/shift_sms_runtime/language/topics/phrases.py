"""Finds the phrases of topics in a text."""

from collections.abc import Collection, Iterator

from shift_sms_runtime.language.lexicon import Lexicon, Topic, WordClass
from shift_sms_runtime.language.tokenizer import LONGEST_PHRASE, Tokens
from shift_sms_runtime.records import record


@record
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
    wanted = frozenset(classes)
    return [list(_phrases(tokens, span, lexicon, topics, wanted)) for span in tokens.clauses]


def _phrases(
    tokens: Tokens,
    span: tuple[int, int],
    lexicon: Lexicon,
    topics: Collection[Topic],
    classes: frozenset[WordClass],
) -> Iterator[TopicPhrase]:
    first, end = span
    while first < end:
        for count in range(min(LONGEST_PHRASE, end - first), 0, -1):
            folded = tokens.phrase(first, count)
            found: frozenset[Topic] = frozenset()
            if folded in lexicon.listed_in_topics:
                found = frozenset(topic for topic in topics if folded in lexicon.topics[topic])
            known = lexicon.classes_of(folded) & classes
            if found or known or count == 1:
                yield TopicPhrase(folded, found, known, tokens.words[first].start)
                first += count
                break
