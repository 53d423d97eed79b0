"""The words of the phrase grammar: English, Brazilian Portuguese, and what agrees with what.

Tables are text, so that a reader who knows Portuguese can check them at a glance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Gender = Literal["m", "f"]
Number = Literal["s", "p"]
Person = Literal["1s", "3s", "1p", "3p"]

Forms = tuple[str, str, str, str]
"""The four forms of a word that agrees: masculine, feminine; then the same two in the plural."""


def agree(forms: Forms, gender: Gender, number: Number) -> str:
    """Pick the form of a gender (`m`, `f`) and a number (`s`, `p`).

    >>> agree(DETERMINERS["the"], "f", "p")
    'as'
    """
    return forms[2 * (number == "p") + (gender == "f")]


def _forms(text: str) -> Forms:
    """Four forms as written, or those of a regular adjective in -o, -a or -e."""
    words = text.split()
    if len(words) == 4:
        return words[0], words[1], words[2], words[3]
    (word,) = words
    feminine = word[:-1] + "a" if word.endswith("o") else word
    return word, feminine, word + "s", feminine + "s"


def rows(table: str) -> list[list[str]]:
    """Split a table into entries (one a line, or several between semicolons) and words."""
    return [entry.split() for entry in table.strip().replace(";", "\n").splitlines()]


def forms_by_english(table: str) -> dict[str, Forms]:
    """Words that agree, by their English; regular ones need one form."""
    return {row[0]: _forms(" ".join(row[1:])) for row in rows(table)}


@dataclass(frozen=True)
class Pronoun:
    """A subject pronoun with what its verb and its adjectives agree with."""

    english: str
    be: str
    portuguese: str
    person: Person
    gender: Gender

    @property
    def number(self) -> Number:
        """Singular or plural, as the adjective sees it."""
        return "p" if self.person in ("1p", "3p") else "s"


# "you" is você (third person verb); without more context the masculine stands for a mixed group.
PRONOUNS: tuple[Pronoun, ...] = (
    Pronoun("I", "am", "eu", "1s", "m"),
    Pronoun("you", "are", "você", "3s", "m"),
    Pronoun("he", "is", "ele", "3s", "m"),
    Pronoun("she", "is", "ela", "3s", "f"),
    Pronoun("we", "are", "nós", "1p", "m"),
    Pronoun("they", "are", "eles", "3p", "m"),
)

_PERSONS: tuple[Person, ...] = ("1s", "3s", "1p", "3p")


def conjugation(text: str) -> dict[Person, str]:
    """The present tense of eu, ele, nós and eles, by person."""
    return dict(zip(_PERSONS, text.split(), strict=True))


SER: Mapping[Person, str] = conjugation("sou é somos são")
ESTAR: Mapping[Person, str] = conjugation("estou está estamos estão")


@dataclass(frozen=True)
class Verb:
    """A transitive verb: English base and third person, Portuguese forms, kinds of its object."""

    base: str
    third: str
    forms: Mapping[Person, str]
    kinds: frozenset[str]
    takes_de: bool


# base, third person, eu, ele, nós, eles, kinds of object; "de" where Portuguese says it
_VERBS = """
have  has    tenho    tem       temos       têm       thing,animal,text,food
like  likes  gosto    gosta     gostamos    gostam    thing,animal,text,food,drink,person,opening de
want  wants  quero    quer      queremos    querem    thing,animal,text,food,drink
see   sees   vejo     vê        vemos       veem      thing,animal,text,person,opening
buy   buys   compro   compra    compramos   compram   thing,animal,text,food,drink
love  loves  amo      ama       amamos      amam      animal,person
need  needs  preciso  precisa   precisamos  precisam  thing,text,food,drink de
sell  sells  vendo    vende     vendemos    vendem    thing,animal,text,food
find  finds  encontro encontra  encontramos encontram thing,animal,text,person
eat   eats   como     come      comemos     comem     food
drink drinks bebo     bebe      bebemos     bebem     drink
read  reads  leio     lê        lemos       leem      text
write writes escrevo  escreve   escrevemos  escrevem  text
open  opens  abro     abre      abrimos     abrem     opening
close closes fecho    fecha     fechamos    fecham    opening
"""


def verb(row: list[str]) -> Verb:
    """A verb of a table: its English forms, its Portuguese ones, kinds of object, perhaps "de"."""
    forms = conjugation(" ".join(row[2:6]))
    return Verb(row[0], row[1], forms, frozenset(row[6].split(",")), row[-1] == "de")


VERBS: tuple[Verb, ...] = tuple(verb(row) for row in rows(_VERBS))

# Verbs said with a place, and the places where they sound right.
PLACE_VERBS: tuple[tuple[Verb, frozenset[str]], ...] = (
    (
        Verb("live", "lives", conjugation("moro mora moramos moram"), frozenset(), False),
        frozenset({"house", "city", "street"}),
    ),
    (
        Verb("work", "works", conjugation("trabalho trabalha trabalhamos trabalham"),
             frozenset(), False),
        frozenset({"garden", "school", "kitchen", "city", "office", "hospital", "market", "store"}),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Noun:
    """A noun in both languages with its Portuguese gender and what kind of thing it names."""

    english: Mapping[Number, str]
    portuguese: Mapping[Number, str]
    gender: Gender
    kind: str

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Singular and plural, or singular alone for what is not counted."""
        return tuple(self.english)


# A dash: not counted, so no plural.
_NOUNS = """
house houses casa casas f thing; car cars carro carros m thing; table tables mesa mesas f thing
chair chairs cadeira cadeiras f thing; bed beds cama camas f thing
flower flowers flor flores f thing; shirt shirts camisa camisas f thing
hat hats chapéu chapéus m thing; shoe shoes sapato sapatos m thing
phone phones telefone telefones m thing; ball balls bola bolas f thing
cup cups xícara xícaras f thing; book books livro livros m text
letter letters carta cartas f text; story stories história histórias f text
door doors porta portas f opening; window windows janela janelas f opening
box boxes caixa caixas f opening; dog dogs cachorro cachorros m animal
cat cats gato gatos m animal; bird birds pássaro pássaros m animal
horse horses cavalo cavalos m animal; cow cows vaca vacas f animal; fish - peixe - m animal
boy boys menino meninos m person; girl girls menina meninas f person
man men homem homens m person; woman women mulher mulheres f person
child children criança crianças f person; mother mothers mãe mães f person
father fathers pai pais m person; brother brothers irmão irmãos m person
sister sisters irmã irmãs f person; friend friends amigo amigos m person
apple apples maçã maçãs f food; egg eggs ovo ovos m food; cake cakes bolo bolos m food
bread - pão - m food; cheese - queijo - m food; water - água - f drink; milk - leite - m drink
coffee - café - m drink
"""


def _by_number(singular: str, plural: str) -> dict[Number, str]:
    return {"s": singular} if plural == "-" else {"s": singular, "p": plural}


def _gender(letter: str) -> Gender:
    return "f" if letter == "f" else "m"


def noun(row: list[str]) -> Noun:
    """A noun of a table: English singular and plural, Portuguese ones, gender, kind."""
    return Noun(_by_number(row[0], row[1]), _by_number(row[2], row[3]), _gender(row[4]), row[5])


NOUNS: tuple[Noun, ...] = tuple(noun(row) for row in rows(_NOUNS))

PLACES: Mapping[str, tuple[str, Gender]] = {
    row[0]: (row[1], _gender(row[2]))
    for row in rows("""
house casa f; garden jardim m; school escola f; street rua f; kitchen cozinha f; park parque m
city cidade f; office escritório m; hospital hospital m; market mercado m; church igreja f
store loja f
""")
}

ADJECTIVES: Mapping[str, Forms] = forms_by_english("""
red vermelho; white branco; black preto; yellow amarelo; green verde; blue azul azul azuis azuis
big grande; small pequeno; new novo; old velho; beautiful bonito; ugly feio; expensive caro
cheap barato; good bom boa bons boas; bad ruim ruim ruins ruins; long longo; short curto
clean limpo; dirty sujo; open aberto; closed fechado; hot quente; cold frio; ready pronto
happy feliz feliz felizes felizes; tall alto; strong forte; weak fraco; rich rico; poor pobre
famous famoso; intelligent inteligente; young jovem jovem jovens jovens
kind gentil gentil gentis gentis; tired cansado; sick doente; sad triste; busy ocupado
worried preocupado; alone sozinho; nervous nervoso
""")

COLOURS = frozenset({"red", "white", "black", "yellow", "green", "blue"})

# Said with ser: what something is.
SER_ADJECTIVES: Mapping[str, tuple[str, ...]] = {
    "thing": (*sorted(COLOURS), "big", "small", "new", "old", "beautiful", "ugly", "expensive",
              "cheap"),
    "text": ("new", "old", "good", "bad", "long", "short", "beautiful"),
    "opening": (*sorted(COLOURS), "big", "small", "new", "old"),
    "animal": ("white", "black", "big", "small", "old", "beautiful", "strong", "intelligent"),
    "person": ("happy", "tall", "strong", "weak", "rich", "poor", "famous", "intelligent",
               "beautiful", "young", "kind"),
    "food": ("good", "expensive", "cheap"),
    "drink": ("good", "expensive", "cheap"),
}  # fmt: skip

# Said with estar: how something is just now.
ESTAR_ADJECTIVES: Mapping[str, tuple[str, ...]] = {
    "thing": ("clean", "dirty"),
    "text": ("ready",),
    "opening": ("open", "closed", "clean", "dirty"),
    "animal": ("tired", "sick", "clean", "dirty", "alone"),
    "person": ("tired", "sick", "sad", "ready", "busy", "worried", "alone", "nervous"),
    "food": ("cold", "ready"),
    "drink": ("hot", "cold", "ready"),
}

# Beside a noun: "poor" is left out because its place changes the meaning (pobre homem).
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    **{kind: SER_ADJECTIVES[kind] for kind in ("thing", "text", "opening", "animal")},
    "person": ("tall", "strong", "rich", "famous", "intelligent", "beautiful", "young", "happy"),
    "food": ("good", "cold"),
    "drink": ("hot", "cold", "good"),
}

NOT_GRADED = COLOURS | {"new", "ready", "open", "closed", "alone"}

OPPOSITES = frozenset(
    frozenset(pair.split())
    for pair in (
        "big small", "new old", "expensive cheap", "good bad", "long short", "hot cold",
        "beautiful ugly", "strong weak", "rich poor", "young old", "happy sad", "clean dirty",
    )
)  # fmt: skip

DETERMINERS: Mapping[str, Forms] = forms_by_english("""
the o a os as; my meu minha meus minhas; your seu sua seus suas; our nosso nossa nossos nossas
this este esta - -; that aquele aquela - -; these - - estes estas; those - - aqueles aquelas
a um uma - -; two - - dois duas; three - - três três; four - - quatro quatro
five - - cinco cinco; ten - - dez dez
""")

NUMERALS = frozenset({"two", "three", "four", "five", "ten"})
POSSESSIVES = frozenset({"my", "your", "our"})
NOT_OWNED = frozenset({"man", "woman"})  # minha mulher is "my wife"

# "his book" is "o livro dele": the article in front, whose it is behind.
OWNERS: Mapping[str, str] = {"his": "dele", "her": "dela", "their": "deles"}

# English word: masculine and feminine, singular and plural.
PROFESSIONS: Mapping[str, Forms] = forms_by_english("""
doctor médico médica médicos médicas; teacher professor professora professores professoras
nurse enfermeiro enfermeira enfermeiros enfermeiras
engineer engenheiro engenheira engenheiros engenheiras
student estudante estudante estudantes estudantes; singer cantor cantora cantores cantoras
writer escritor escritora escritores escritoras; lawyer advogado advogada advogados advogadas
""")

CONTRACTIONS: Mapping[str, Mapping[str, str]] = {
    preposition: {
        article: letter + article
        for article in ("o", "a", "os", "as", "este", "esta", "estes", "estas",
                        "aquele", "aquela", "aqueles", "aquelas")
    }
    for preposition, letter in (("de", "d"), ("em", "n"))
}  # fmt: skip
