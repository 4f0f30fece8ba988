"""The words of all languages, as one employee uses them."""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property, reduce

from shift_sms_runtime.language.lexicon import Lexicon, fold
from shift_sms_runtime.records import record


@record
class Lexicons:
    """The words of the employee's language, and those of the other languages.

    The files of the other languages are read when a text needs them: a cold start reads those of one language.
    """

    words: Lexicon
    """The words of the employee's language alone."""
    own: Lexicon
    """The same, and the English words that mean nothing else in it."""
    read_others: Callable[[], Sequence[Lexicon]] = tuple
    """Returns the words of each other language."""

    @cached_property
    def others(self) -> tuple[Lexicon, ...]:
        """The words of each other language alone."""
        return tuple(self.read_others())

    @cached_property
    def by_language(self) -> tuple[Lexicon, ...]:
        """The words of each language and those understood everywhere. The employee's language comes first."""
        everywhere = [lexicon.understood_everywhere for lexicon in (self.own, *self.others)]
        return tuple(reduce(Lexicon.extended_by, everywhere, lexicon) for lexicon in (self.own, *self.others))

    @cached_property
    def together(self) -> Lexicon:
        """The words of all languages. A word has the classes of the first language that lists it."""
        return reduce(Lexicon.extended_by, self.others, self.own)

    def decisive_languages(self, words: Collection[str]) -> list[int]:
        """Returns the positions in `by_language` of the languages in which a text has to be understood.

        The first is the main language, which lists most of the words. The others list all of them.
        """
        phrases = [" ".join(map(fold, phrase.split())) for phrase in words]
        listed = [
            sum(bool(lexicon.classes_of(phrase)) for phrase in phrases)
            for lexicon in (self.words, *self.others)
        ]
        main = listed.index(max(listed))
        return [main, *(i for i, count in enumerate(listed) if i != main and count == len(phrases))]
