"""Questions of the everyday grammar, what there is, and what this is."""

from __future__ import annotations

from sheetformer.corpus import everyday_words as words
from sheetformer.corpus import lexicon as lex
from sheetformer.corpus.everyday_being import be_form, is_passing
from sheetformer.corpus.everyday_circumstances import now, place, time
from sheetformer.corpus.everyday_clauses import NOTHING, join_object, thing_done
from sheetformer.corpus.everyday_phrases import (
    ANY,
    PRONOUNS,
    Draw,
    OddError,
    bare,
    indefinite_phrase,
    known_phrase,
    noun_phrase,
    someone,
)
from sheetformer.corpus.lexicon import Number, agree
from sheetformer.corpus.phrases import Pair, align, join
from sheetformer.corpus.sentences import MARK, Subject


def there_is(draw: Draw) -> Pair:
    """There is a dog in the garden; there is no milk; are there apples on the table ?"""
    where = place(draw, "there")
    form = draw.one("sssnqq")
    number: Number = "s" if draw.often(0.5) else "p"
    if form == "n":
        return _there_is_no(draw, number, where)
    if draw.often(0.3):
        number, thing = _bare(draw)
    else:
        thing = indefinite_phrase(draw, ANY, "there", number).pair
    be = "is" if number == "s" else "are"
    if form == "q":
        return join([align(f"{be} there", "há"), thing, where, MARK])
    return join([align(f"there {be}", "há"), thing, where])


def _there_is_no(draw: Draw, number: Number, where: Pair) -> Pair:
    """There is no dog, não há nenhum cachorro; there are no dogs; there is no milk."""
    noun = draw.noun(ANY, "there", counted=number == "p")
    be = "is" if number == "s" else "are"
    none = ""
    if number == "s" and len(noun.numbers) == 2:
        none = " nenhuma" if noun.gender == "f" else " nenhum"
    no = Pair(("there", be, "no"), ("não", "há"), ((2, 0), (0, 1), (1, 1)))
    if none:
        no = Pair(no.source, (*no.target, none.strip()), (*no.sure, (2, 2)))
    return join([no, align(noun.english[number], noun.portuguese[number]), where])


def _bare(draw: Draw) -> tuple[Number, Pair]:
    thing = bare(draw, ANY, "there")
    plural = {noun.english["p"] for noun in words.NOUNS if len(noun.numbers) == 2}
    return "p" if thing.source[-1] in plural else "s", thing


def presentation(draw: Draw) -> Pair:
    """This is my house; those are not your books; is that a cat ?"""
    found = noun_phrase(draw, ANY, "be", adjectives=1)
    first, number = draw.one((("this", "s"), ("that", "s"), ("these", "p"), ("those", "p")))
    twice = {"this", "that", "these", "those", *words.AMOUNTS}
    if number != found.number or found.pair.source[0] in twice:
        raise OddError
    pointing = align(first, agree(lex.DETERMINERS[first], found.gender, found.number))
    who = Subject(pointing, found.be, found.person, found.gender, found.number, found.kind)
    return be_form(draw, who, "é" if number == "s" else "são", found.pair)


def question_of_be(draw: Draw) -> Pair:
    """Where is my book ? how are you ? who is that man ? why are they sad ? what is this ?"""
    which = draw.one(("where", "where", "who", "how", "why", "what"))
    if which == "what":
        word, thing = draw.one((("this", "isto"), ("that", "isso")))
        return join([align("what", "o que"), align("is", "é"), align(word, thing), MARK])
    kinds = ("person",) if which in ("who", "how") else ANY
    who = draw.one(PRONOUNS) if draw.often(0.45) else known_phrase(draw, kinds, "be")
    ser, estar = lex.SER[who.person], lex.ESTAR[who.person]
    if which == "why":
        adjective = draw.one(words.ESTAR_ADJECTIVES[who.kind])
        state = align(adjective, agree(words.ADJECTIVES[adjective], who.gender, who.number))
        if not is_passing(adjective) or adjective in who.pair.source:
            raise OddError
        said = [align("why", "por que"), align(who.be, estar), who.pair, state, MARK]
        return join(said, [0, 2, 1, 3, 4])
    if which == "who":
        return join([align("who", "quem"), align(who.be, ser), who.pair, MARK])
    word = {"where": "onde", "how": "como"}[which]
    # Brazilian order: onde ele está, but onde está o gato; so with como.
    order = [0, 2, 1, 3, 4] if len(who.pair.source) == 1 else None
    when = now(draw) if draw.often(0.15) else NOTHING
    return join([align(which, word), align(who.be, estar), who.pair, when, MARK], order)


def question_of_verb(draw: Draw) -> Pair:
    """What do you want ? where does she live ? when do they work ? why do you cry ?"""
    which = draw.one(("what", "what", "where", "when", "why", "who"))
    who = someone(draw)
    do = Pair(("does" if who.third_singular else "do",), (), ())
    if which in ("what", "who"):
        return _question_of_object(draw, which, who, do)
    word = {"where": "onde", "when": "quando", "why": "por que"}[which]
    alone = (*words.ALONE, *(verb for verb, _ in words.HOME_VERBS))
    verb = draw.one(alone) if draw.often(0.5) else draw.one(words.VERBS)
    if which in ("where", "when") and verb.base in words.STATES and (which, verb.base) != (
        "where", "live",
    ):  # fmt: skip
        raise OddError
    rest = ("alone", NOTHING) if verb in alone else thing_done(draw, who, verb)
    done = join_object(*rest[:1], verb, verb.base, who, rest[1])
    return join([align(which, word), do, who.pair, done, MARK])


def _question_of_object(draw: Draw, which: str, who: Subject, do: Pair) -> Pair:
    verb = words.DO if which == "what" and draw.often(0.12) else draw.one(words.VERBS)
    if which == "who" and verb.base not in words.PERSONAL:
        raise OddError
    if which == "what" and verb.kinds <= {"person"}:
        raise OddError
    word = {"what": "o que", "who": "quem"}[which]
    if verb.takes_de:
        word = {"what": "do que", "who": "de quem"}[which]
    when = time(draw) if draw.often(0.25) else NOTHING
    return join([align(which, word), do, who.pair, align(verb.base, verb.forms[who.person]),
                 when, MARK])  # fmt: skip


def who(draw: Draw) -> Pair:
    """Who opens the door ? who is tired ? who is in the garden ?"""
    subject = Subject(align("who", "quem"), "is", "3s", "m", "s", "person")
    if draw.often(0.3):
        if draw.often(0.5):
            return join([subject.pair, align("is", "está"), place(draw), MARK])
        adjective = draw.one((*words.SER_ADJECTIVES["person"], *words.ESTAR_ADJECTIVES["person"]))
        verb = "está" if is_passing(adjective) else "é"
        state = align(adjective, agree(words.ADJECTIVES[adjective], "m", "s"))
        when = now(draw) if is_passing(adjective) and draw.often(0.3) else NOTHING
        return join([subject.pair, align("is", verb), state, when, MARK])
    verb = draw.one((*words.VERBS, *words.ALONE))
    rest = ("alone", NOTHING) if verb in words.ALONE else thing_done(draw, subject, verb)
    done = join_object(*rest[:1], verb, verb.third, subject, rest[1])
    when = time(draw) if draw.often(0.3) else NOTHING
    return join([subject.pair, done, when, MARK])


def how_many(draw: Draw) -> Pair:
    """How many books do you have ? how many dogs are there in the park ?"""
    verb = draw.one(verb for verb in words.VERBS if not verb.takes_de)
    there = draw.often(0.4)
    noun = draw.noun(ANY if there else verb.kinds, "how many", counted=True)
    many = align("how many", "quantas" if noun.gender == "f" else "quantos")
    things = align(noun.english["p"], noun.portuguese["p"])
    if there:
        return join([many, things, align("are there", "há"), place(draw), MARK])
    asked = someone(draw)
    do = Pair(("does" if asked.third_singular else "do",), (), ())
    return join([many, things, do, asked.pair, align(verb.base, verb.forms[asked.person]), MARK])
