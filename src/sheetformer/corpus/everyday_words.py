"""The words of the everyday grammar: those of `lexicon` and as many again, in the same tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sheetformer.corpus import lexicon as lex
from sheetformer.corpus.lexicon import Forms, Noun, Verb, forms_by_english, rows

# -- nouns -----------------------------------------------------------------------------------------

_MORE_NOUNS = """
pencil pencils lápis lápis m thing; pen pens caneta canetas f thing
bag bags bolsa bolsas f thing; key keys chave chaves f thing
clock clocks relógio relógios m thing; picture pictures foto fotos f thing
bottle bottles garrafa garrafas f thing; plate plates prato pratos m thing
knife knives faca facas f thing; spoon spoons colher colheres f thing
tree trees árvore árvores f thing; boat boats barco barcos m thing
bicycle bicycles bicicleta bicicletas f thing; train trains trem trens m thing
bus buses ônibus ônibus m thing; computer computers computador computadores m thing
coat coats casaco casacos m thing; dress dresses vestido vestidos m thing
newspaper newspapers jornal jornais m text; poem poems poema poemas m text
song songs canção canções f music; music - música - f music
gate gates portão portões m opening
pig pigs porco porcos m animal; duck ducks pato patos m animal
mouse mice rato ratos m animal; lion lions leão leões m animal
rabbit rabbits coelho coelhos m animal; hen hens galinha galinhas f animal
baby babies bebê bebês m person; son sons filho filhos m person
daughter daughters filha filhas f person; husband husbands marido maridos m person
wife wives esposa esposas f person; grandmother grandmothers avó avós f person
grandfather grandfathers avô avôs m person; uncle uncles tio tios m person
aunt aunts tia tias f person; neighbor neighbors vizinho vizinhos m person
banana bananas banana bananas f food; orange oranges laranja laranjas f food
potato potatoes batata batatas f food; tomato tomatoes tomate tomates m food
cookie cookies biscoito biscoitos m food; sandwich sandwiches sanduíche sanduíches m food
meat - carne - f food; rice - arroz - m food; soup - sopa - f food
sugar - açúcar - m food; butter - manteiga - f food; fish - peixe - m food
tea - chá - m drink; juice - suco - m drink; wine - vinho - m drink; beer - cerveja - f drink
house houses casa casas f place; garden gardens jardim jardins m place
school schools escola escolas f place; street streets rua ruas f place
kitchen kitchens cozinha cozinhas f place; park parks parque parques m place
city cities cidade cidades f place; office offices escritório escritórios m place
hospital hospitals hospital hospitais m place; market markets mercado mercados m place
church churches igreja igrejas f place; store stores loja lojas f place
room rooms quarto quartos m place; restaurant restaurants restaurante restaurantes m place
hotel hotels hotel hotéis m place; beach beaches praia praias f place
river rivers rio rios m place; farm farms fazenda fazendas f place
station stations estação estações f place; library libraries biblioteca bibliotecas f place
bathroom bathrooms banheiro banheiros m place; airport airports aeroporto aeroportos m place
forest forests floresta florestas f place
"""

NOUNS: tuple[Noun, ...] = tuple(
    {noun.english["s"]: noun for noun in (*lex.NOUNS, *map(lex.noun, rows(_MORE_NOUNS)))}.values()
)
"""Each noun once; where both tables have it, the kind is that of the table above."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Where somebody can be, and how English says so.
INSIDE = _names("""
garden kitchen park city office room restaurant hotel river forest house school street hospital
market church store library bathroom
""")
SURFACES = _names("table chair bed box book")
HOMES = _names("house city street hotel farm forest room")
WORKPLACES = _names("""
garden school kitchen city office hospital market store restaurant hotel farm library
""")

# -- adjectives ------------------------------------------------------------------------------------

ADJECTIVES: Mapping[str, Forms] = {
    **lex.ADJECTIVES,
    **forms_by_english("""
fast rápido; slow lento; easy fácil fácil fáceis fáceis; difficult difícil difícil difíceis difíceis
important importante; interesting interessante; sweet doce; fresh fresco; full cheio; empty vazio
heavy pesado; dark escuro; brown marrom marrom marrons marrons; gray cinza cinza cinza cinza
pink rosa rosa rosa rosa; thin magro; fat gordo; brave corajoso; lazy preguiçoso; late atrasado
broken quebrado; wet molhado; dry seco; funny engraçado; angry bravo; lost perdido; modern moderno
nice legal legal legais legais; quiet quieto; noisy barulhento
"""),
}

COLOURS = lex.COLOURS | {"brown", "gray", "pink"}

_SIZE = ("big", "small")
_AGE = ("new", "old")
_LOOKS = ("beautiful", "ugly")
_PRICE = ("expensive", "cheap")
_TASTE = ("good", "bad", "sweet", "fresh")
_MIND = ("intelligent", "brave", "lazy", "funny", "nice", "kind", "famous", "important")
_BODY = ("tall", "strong", "weak", "young", "old", "thin", "fat", "beautiful", "ugly")

# Said with ser: what something is.
SER_ADJECTIVES: Mapping[str, tuple[str, ...]] = {
    "thing": (*sorted(COLOURS), *_SIZE, *_AGE, *_LOOKS, *_PRICE, "heavy", "modern", "good", "long"),
    "text": (*_AGE, "good", "bad", "long", "short", "beautiful", "easy", "difficult", "important",
             "interesting", "funny"),
    "music": ("good", "bad", "beautiful", "old", "new", "long", "short", "slow", "interesting"),
    "opening": (*sorted(COLOURS), *_SIZE, *_AGE, "heavy"),
    "animal": ("white", "black", "brown", "gray", *_SIZE, "old", "beautiful", "strong", "fast",
               "slow", "intelligent", "fat", "thin", "brave", "lazy"),
    "person": (*_MIND, *_BODY, "happy", "rich", "poor"),
    "food": (*_TASTE, *_PRICE),
    "drink": (*_TASTE, *_PRICE),
    "place": (*_SIZE, *_AGE, *_LOOKS, *_PRICE, "white", "yellow", "modern", "dark", "noisy",
              "quiet", "important", "famous"),
}  # fmt: skip

# Said with estar: how something is just now.
ESTAR_ADJECTIVES: Mapping[str, tuple[str, ...]] = {
    "thing": ("clean", "dirty", "broken", "wet", "dry", "full", "empty"),
    "text": ("ready", "wet", "lost"),
    "music": ("ready",),
    "opening": ("open", "closed", "clean", "dirty", "broken"),
    "animal": ("tired", "sick", "clean", "dirty", "alone", "wet", "angry", "lost"),
    "person": ("tired", "sick", "sad", "ready", "busy", "worried", "alone", "nervous", "late",
               "angry", "wet", "lost"),
    "food": ("cold", "hot", "ready", "dry"),
    "drink": ("hot", "cold", "ready"),
    "place": ("open", "closed", "clean", "dirty", "full", "empty"),
}  # fmt: skip

# Beside a noun. "poor" is left out because its place changes the meaning (pobre homem).
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(dict.fromkeys(word for word in (*SER_ADJECTIVES[kind], *more) if word != "poor"))
    for kind, more in {
        "thing": ("clean", "dirty", "broken", "wet", "dry", "empty"),
        "text": ("lost",),
        "music": ("sad", "happy"),
        "opening": ("open", "closed", "dirty"),
        "animal": ("sick", "tired", "dirty", "wet"),
        "person": ("sad", "tired", "sick", "busy", "nervous", "angry"),
        "food": ("cold", "hot"),
        "drink": ("cold", "hot"),
        "place": ("clean", "dirty", "empty"),
    }.items()
}

# One of each group at most: nothing is big and small, or red and blue.
GROUPS: tuple[frozenset[str], ...] = (
    COLOURS,
    *(
        frozenset(group.split())
        for group in (
            "big small", "new old modern young", "expensive cheap", "good bad nice", "long short",
            "hot cold", "beautiful ugly", "strong weak", "rich poor", "happy sad angry",
            "fat thin",
            "clean dirty", "easy difficult", "fast slow lazy", "full empty", "wet dry",
            "open closed",
            "quiet noisy", "tall short small big", "sweet fresh",
            "famous important", "brave lazy", "busy lazy", "sick strong",
        )
    ),
)  # fmt: skip

NOT_GRADED = COLOURS | {"new", "ready", "open", "closed", "alone", "broken", "lost", "modern"}

# What only a bad joke says of people.
NOT_OF_PEOPLE = _names("easy cheap full empty open closed dry fresh heavy dark long new")

# English adjectives that Portuguese says with a noun, of people and animals: estar com fome.
FEELINGS: Mapping[str, str] = {
    "hungry": "com fome",
    "thirsty": "com sede",
    "afraid": "com medo",
    "cold": "com frio",
    "hot": "com calor",
}

# -- what stands before a noun ---------------------------------------------------------------------

NUMERALS: Mapping[str, Forms] = {
    **{word: lex.DETERMINERS[word] for word in ("two", "three", "four", "five", "ten")},
    **forms_by_english("""
six - - seis seis; seven - - sete sete; eight - - oito oito; nine - - nove nove
"""),
}
AMOUNTS: Mapping[str, Forms] = forms_by_english("""
many - - muitos muitas; some - - alguns algumas; few - - poucos poucas
""")
DETERMINERS: Mapping[str, Forms] = {**lex.DETERMINERS, **NUMERALS, **AMOUNTS}

# -- verbs -----------------------------------------------------------------------------------------

_MORE_VERBS = """
wash   washes  lavo     lava     lavamos     lavam     thing,animal,opening
use    uses    uso      usa      usamos      usam      thing
bring  brings  trago    traz     trazemos    trazem    thing,text,food,drink
help   helps   ajudo    ajuda    ajudamos    ajudam    person
call   calls   chamo    chama    chamamos    chamam    person
visit  visits  visito   visita   visitamos   visitam   person,place
know   knows   conheço  conhece  conhecemos  conhecem  person,place,text,music
hear   hears   ouço     ouve     ouvimos     ouvem     person,animal,music
sing   sings   canto    canta    cantamos    cantam    music
cook   cooks   cozinho  cozinha  cozinhamos  cozinham  food
make   makes   faço     faz      fazemos     fazem     food,drink
carry  carries carrego  carrega  carregamos  carregam  thing,text,food
lose   loses   perco    perde    perdemos    perdem    thing,text
paint  paints  pinto    pinta    pintamos    pintam    thing,opening,place
hate   hates   odeio    odeia    odiamos     odeiam    thing,animal,food,drink,person,music,place
choose chooses escolho  escolhe  escolhemos  escolhem  thing,text,food,music
clean  cleans  limpo    limpa    limpamos    limpam    thing,opening,place
send   sends   mando    manda    mandamos    mandam    text,thing
"""

_MORE_OBJECTS = {
    "have": "person,place,music",
    "like": "place,music",
    "want": "place",
    "see": "place",
    "buy": "place",
    "love": "place,music,food,drink,text",
    "need": "person,place",
    "sell": "place,drink",
    "find": "place",
    "write": "music",
}


def _wider(verb: Verb) -> Verb:
    more = frozenset(_MORE_OBJECTS.get(verb.base, "").split(",")) - {""}
    return replace(verb, kinds=verb.kinds | more)


VERBS: tuple[Verb, ...] = (*map(_wider, lex.VERBS), *map(lex.verb, rows(_MORE_VERBS)))

_ALONE = """
sleep  sleeps  durmo    dorme    dormimos   dormem    person,animal
run    runs    corro    corre    corremos   correm    person,animal
walk   walks   caminho  caminha  caminhamos caminham  person,animal
swim   swims   nado     nada     nadamos    nadam     person,animal
play   plays   brinco   brinca   brincamos  brincam   person,animal
wait   waits   espero   espera   esperamos  esperam   person,animal
rest   rests   descanso descansa descansamos descansam person,animal
dance  dances  danço    dança    dançamos   dançam    person
study  studies estudo   estuda   estudamos  estudam   person
cry    cries   choro    chora    choramos   choram    person
laugh  laughs  rio      ri       rimos      riem      person
travel travels viajo    viaja    viajamos   viajam    person
"""

ALONE: tuple[Verb, ...] = tuple(map(lex.verb, rows(_ALONE)))
"""Verbs without an object; their kinds are those of the subject."""

BOTH_WAYS = frozenset({"read", "write", "eat", "sing", "cook", "paint"})
"""Verbs that need no object."""

DO = lex.verb(rows("do does faço faz fazemos fazem thing")[0])
GO = lex.verb(rows("go goes vou vai vamos vão place")[0])
HOME_VERBS: tuple[tuple[Verb, frozenset[str]], ...] = (
    (lex.PLACE_VERBS[0][0], HOMES),
    (lex.PLACE_VERBS[1][0], WORKPLACES),
)
PERSONAL = frozenset(
    verb.base for verb in VERBS if "person" in verb.kinds and verb.base not in ("have",)
)
"""Verbs whose object can be "me" or "him"."""

# -- small words -----------------------------------------------------------------------------------

ADVERBS: Mapping[str, str] = {
    "always": "sempre",
    "never": "nunca",
    "often": "frequentemente",
    "sometimes": "às vezes",
    "usually": "geralmente",
}

STATES = frozenset({"have", "like", "want", "love", "need", "know", "hate", "live"})
"""Verbs that say what is so for long, not what is done at a time."""

TIMES: Mapping[str, str] = {
    "today": "hoje",
    "at night": "à noite",
    "in the morning": "de manhã",
    "in the afternoon": "à tarde",
    "every day": "todos os dias",
    "every night": "todas as noites",
    "every week": "toda semana",
    "on sunday": "no domingo",
    "on saturday": "no sábado",
    "on monday": "na segunda",
    "on friday": "na sexta",
}
NOW: Mapping[str, str] = {"now": "agora", "today": "hoje", "again": "de novo"}


@dataclass(frozen=True)
class ObjectPronoun:
    """An object pronoun, before the verb (te amo) and behind a preposition (de você)."""

    english: str
    clitic: str
    behind: str
    excluded: frozenset[str]


OBJECT_PRONOUNS: tuple[ObjectPronoun, ...] = (
    ObjectPronoun("me", "me", "mim", frozenset({"I", "we"})),
    ObjectPronoun("you", "te", "você", frozenset({"you"})),
    ObjectPronoun("him", "o", "ele", frozenset()),
    ObjectPronoun("her", "a", "ela", frozenset()),
    ObjectPronoun("us", "nos", "nós", frozenset({"I", "we"})),
    ObjectPronoun("them", "os", "eles", frozenset()),
)

# With a preposition that melts into the pronoun.
MELTED: Mapping[tuple[str, str], str] = {
    ("de", "ele"): "dele", ("de", "ela"): "dela", ("de", "eles"): "deles",
    ("com", "mim"): "comigo", ("com", "nós"): "conosco",
}  # fmt: skip

PROFESSIONS: Mapping[str, Forms] = {
    **lex.PROFESSIONS,
    **forms_by_english("""
driver motorista motorista motoristas motoristas
baker padeiro; farmer agricultor agricultora agricultores agricultoras
"""),
}
