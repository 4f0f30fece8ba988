"""Recognizes opt-outs in plain words: "please stop texting me", "no more messages", "leave me alone".

A text opts out only if everything in it is understood, as a text books only what is understood. "don't text me before
9" and "stop by at 8" are read by a person.
"""

from collections.abc import Sequence

from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import TopicPhrase, clauses

_TOPICS = (Topic.OPT_OUT, Topic.ENDING, Topic.TEXTS, Topic.BESIDE_OPT_OUT, Topic.NOT_OPT_OUT)
_BESIDE = (WordClass.GREETING, WordClass.POLITE, WordClass.FILLER, WordClass.THANKS, WordClass.FAREWELL)
"""The classes of words that may stand beside an opt-out."""


def is_opt_out(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a text asks in plain words for no more texts."""
    found = clauses(tokens, lexicon, _TOPICS, _BESIDE)
    phrases = [phrase for clause in found for phrase in clause]
    if any(phrase.is_any(Topic.NOT_OPT_OUT) or not (phrase.topics or phrase.classes) for phrase in phrases):
        return False
    asks = "?" in tokens.text
    return any(_opts_out(clause, lexicon, asks=asks) for clause in found)


def _opts_out(clause: Sequence[TopicPhrase], lexicon: Lexicon, *, asks: bool) -> bool:
    senders = lexicon.grammar[GrammarRole.SENDER]
    # "can i stop?" and "i can stop now" are about the sender.
    is_order = not asks and not any(phrase.folded.partition(" ")[0] in senders for phrase in clause)
    ending = False
    for phrase in clause:
        if phrase.is_any(Topic.OPT_OUT) and (is_order or " " in phrase.folded):
            return True
        if ending and phrase.is_any(Topic.TEXTS):
            return True
        ending = ending or phrase.is_any(Topic.ENDING)
    return False
