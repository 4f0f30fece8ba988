"""Recognizes opt-outs in plain words: "please stop texting me", "no more messages", "leave me alone".

One clause must opt out, with no unknown word before it does. The other clauses may give reasons. Words that limit the
request prevent an opt-out: "don't text me before 9" is read by a person. A single word, such as "stop", opts out
only if everything in the text is understood.
"""

from collections.abc import Sequence
from itertools import takewhile

from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import TopicPhrase, clauses

_TOPICS = (
    Topic.OPT_OUT,
    Topic.ENDING,
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


def is_opt_out(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a text asks in plain words for no more texts."""
    found = clauses(tokens, lexicon, _TOPICS, _BESIDE)
    phrases = [phrase for clause in found for phrase in clause]
    if any(phrase.is_any(Topic.NOT_OPT_OUT) for phrase in phrases) or any(map(_is_limited, found)):
        return False
    please, negations = lexicon.grammar[GrammarRole.PLEASE], lexicon.grammar[GrammarRole.NOT]
    if any(_opts_out(clause, please, negations) for clause in found):
        return True
    senders = lexicon.grammar[GrammarRole.SENDER]
    # "can i stop?" and "i can stop now" are about the sender.
    about_sender = any(phrase.folded.partition(" ")[0] in senders for phrase in phrases)
    is_order = all(map(_is_known, phrases)) and "?" not in tokens.text and not about_sender
    return is_order and any(phrase.is_any(Topic.OPT_OUT) for phrase in phrases)


def _is_limited(clause: Sequence[TopicPhrase]) -> bool:
    """Whether a phrase limits what a clause asks for. "I left in March" is a reason."""
    request = takewhile(lambda phrase: not phrase.is_any(Topic.LEAVING), clause)
    return any(map(_limits, request))


def _opts_out(clause: Sequence[TopicPhrase], please: frozenset[str], negations: frozenset[str]) -> bool:
    """Whether a clause opts out in several words. Any words may follow: "stop texting me you muppets".

    Any words may stand before "please": "wrong guy please delete my number".
    """
    ending, understood = False, True
    for i, phrase in enumerate(clause):
        if not understood and not please.isdisjoint(phrase.folded.split()):
            ending, understood = False, True
        understood = understood and _is_known(phrase)
        if not understood:
            continue
        # "Leave me alone" needs no object, German "hört auf" may have another one than texts.
        is_whole = not phrase.is_any(Topic.ENDING) or all(map(_is_known, clause))
        if phrase.is_any(Topic.OPT_OUT) and " " in phrase.folded and is_whole:
            return not _is_negated(clause[:i], negations)
        if ending and phrase.is_any(Topic.TEXTS, Topic.TEXTING_ME):
            rest = takewhile(lambda after: please.isdisjoint(after.folded.split()), clause[i:])
            if _names_sender_or_texts(phrase) or all(map(_is_known, rest)):
                return True
        ending = ending or phrase.is_any(Topic.ENDING)
    return False


def _is_negated(before: Sequence[TopicPhrase], negations: frozenset[str]) -> bool:
    """Whether the last of the phrases is a negation: "don't delete my number"."""
    return bool(before) and before[-1].folded in negations


def _names_sender_or_texts(phrase: TopicPhrase) -> bool:
    """Whether a phrase of texts has several words, such as "texting me", so that it is about the sender's texts."""
    return " " in phrase.folded or phrase.is_any(Topic.TEXTING_ME)


def _is_known(phrase: TopicPhrase) -> bool:
    return bool(phrase.topics or phrase.classes)


def _limits(phrase: TopicPhrase) -> bool:
    """Whether a phrase limits what the text asks for, or names a time: "before 9", "tonight"."""
    names_time = phrase.classes == {WordClass.TIME} and not phrase.topics
    return (phrase.is_any(Topic.LIMITING) and len(phrase.topics) == 1 and not phrase.classes) or names_time
