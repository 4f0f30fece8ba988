"""Recognizes opt-outs in plain words: "please stop texting me", "no more messages", "leave me alone".

One clause must opt out, with no unknown word before it does. The other clauses may give reasons. Words that limit the
request prevent an opt-out: "don't text me before 9" is read by a person. A single word, such as "stop", opts out
only if everything in the text is understood.
"""

from collections.abc import Sequence
from itertools import pairwise, takewhile

from shift_sms_runtime.language.lexicon import GrammarRole, GrammarWords, Lexicon, Topic, WordClass
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import TopicPhrase, clauses

_TOPICS = (
    Topic.OPT_OUT,
    Topic.ENDING,
    Topic.REMOVING,
    Topic.RECORD,
    Topic.AFTER_REASON,
    Topic.TEXTS,
    Topic.TEXTING_ME,
    Topic.BESIDE_OPT_OUT,
    Topic.NOT_OPT_OUT,
    Topic.LIMITING,
    Topic.LEAVING,
)
_BESIDE = (
    WordClass.GREETING,
    WordClass.POLITE,
    WordClass.FILLER,
    WordClass.THANKS,
    WordClass.FAREWELL,
    WordClass.TIME,
)
"""The classes of words that are known. All but times may stand beside an opt-out."""
_BETWEEN = (WordClass.FILLER, WordClass.POLITE)
"""The classes of words that may stand between a verb and the record that it removes."""


def is_opt_out(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a text asks in plain words for no more texts."""
    found = clauses(tokens, lexicon, _TOPICS, _BESIDE)
    phrases = [phrase for clause in found for phrase in clause]
    if any(phrase.is_any(Topic.NOT_OPT_OUT) for phrase in phrases) or any(map(_is_limited, found)):
        return False
    negations = lexicon.grammar[GrammarRole.NOT]
    parts = [
        part for clause in found for part in _without_reasons(clause, lexicon.grammar[GrammarRole.PLEASE])
    ]
    if any(_opts_out(part, negations) or _removes_record(part, lexicon.grammar) for part in parts):
        return True
    senders = lexicon.grammar[GrammarRole.SENDER]
    # "can i stop?" and "i can stop now" are about the sender.
    about_sender = any(phrase.folded.partition(" ")[0] in senders for phrase in phrases)
    is_order = all(map(_is_known, phrases)) and "?" not in tokens.text and not about_sender
    return is_order and any(
        phrase.is_any(Topic.OPT_OUT) and not (i and _has_word(clause[i - 1], negations))
        for clause in found
        for i, phrase in enumerate(clause)
    )


def _is_limited(clause: Sequence[TopicPhrase]) -> bool:
    """Whether a phrase limits what a clause asks for. "I left in March" is a reason."""
    request = takewhile(lambda phrase: not phrase.is_any(Topic.LEAVING), clause)
    return any(map(_limits, request))


def _without_reasons(clause: Sequence[TopicPhrase], please: frozenset[str]) -> list[Sequence[TopicPhrase]]:
    """Divides a clause where a request may begin: "wrong guy | please delete my number", "I left | so stop texting me".

    The parts go on to the end of the clause.
    """
    begins = [0]
    begins += [i for i, phrase in enumerate(clause) if not please.isdisjoint(phrase.folded.split())]
    begins += [i + 1 for i, phrase in enumerate(clause) if phrase.is_any(Topic.AFTER_REASON)]
    return [clause[begin:] for begin in dict.fromkeys(begins)]


def _opts_out(clause: Sequence[TopicPhrase], negations: frozenset[str]) -> bool:
    """Whether a clause opts out in several words. Any words may follow: "stop texting me you muppets"."""
    ending = False
    for i, phrase in enumerate(clause):
        if not _is_known(phrase):
            return False
        # "Leave me alone" needs no object, German "hört auf" may have another one than texts.
        is_whole = not phrase.is_any(Topic.ENDING, Topic.REMOVING) or all(map(_is_known, clause))
        if phrase.is_any(Topic.OPT_OUT) and " " in phrase.folded and is_whole:
            return not (i and _has_word(clause[i - 1], negations))
        if ending and phrase.is_any(Topic.TEXTS, Topic.TEXTING_ME):
            rest = takewhile(lambda after: not after.is_class(WordClass.POLITE), clause[i:])
            return _names_sender_or_texts(phrase) or all(map(_is_known, rest))
        ending = ending or phrase.is_any(Topic.ENDING)
    return False


def _removes_record(clause: Sequence[TopicPhrase], grammar: GrammarWords) -> bool:
    """Whether a clause asks to remove the sender's number, or the sender from a list: "delete my contact details".

    Nothing but words without a meaning of their own may stand between: "delete my shift from the list" is another
    request.
    """
    found = [i for i, phrase in enumerate(clause) if phrase.is_any(Topic.REMOVING, Topic.RECORD)]
    for first, second in pairwise(found):
        verb, record = sorted((clause[first], clause[second]), key=lambda phrase: phrase.is_any(Topic.RECORD))
        rest = (*clause[:first], *clause[first + 1 : second])
        if (
            verb.is_any(Topic.REMOVING)
            and record.is_any(Topic.RECORD)
            and (_has_word(record, grammar[GrammarRole.MY]) or _is_about_sender(verb, clause, grammar))
            and all(phrase.is_class(*_BETWEEN) for phrase in clause[first + 1 : second])
            and all(map(_is_known, rest))
        ):
            return not any(_has_word(phrase, grammar[GrammarRole.NOT]) for phrase in rest)
    return False


def _is_about_sender(verb: TopicPhrase, clause: Sequence[TopicPhrase], grammar: GrammarWords) -> bool:
    """Whether the sender is to be removed: "take me off", "be removed from", German "mich ... löschen"."""
    return " " in verb.folded or any(_has_word(phrase, grammar[GrammarRole.ME]) for phrase in clause)


def _has_word(phrase: TopicPhrase, words: frozenset[str]) -> bool:
    """Whether a phrase is one of these words, or has one."""
    return phrase.folded in words or not words.isdisjoint(phrase.folded.split())


def _names_sender_or_texts(phrase: TopicPhrase) -> bool:
    """Whether a phrase of texts has several words, such as "texting me", so that it is about the sender's texts."""
    return " " in phrase.folded or phrase.is_any(Topic.TEXTING_ME)


def _is_known(phrase: TopicPhrase) -> bool:
    return bool(phrase.topics or phrase.classes)


def _limits(phrase: TopicPhrase) -> bool:
    """Whether a phrase limits what the text asks for, or names a time: "before 9", "tonight"."""
    names_time = phrase.classes == {WordClass.TIME} and not phrase.topics
    return (phrase.is_any(Topic.LIMITING) and len(phrase.topics) == 1 and not phrase.classes) or names_time
