"""English sentences of known words that the everyday grammar does not build, and what they mean.

They show what a translator does where it has learned nothing: of each it should say so, or be
right. Several translations stand between slashes.
"""

from __future__ import annotations

_SENTENCES = """
the dog that I see is black | o cachorro que eu vejo é preto
I see the dog and it is black | eu vejo o cachorro e ele é preto
she is not a doctor but a teacher | ela não é médica mas professora
my mother and I are happy | minha mãe e eu somos felizes / minha mãe e eu estamos felizes
you and I are friends | você e eu somos amigos
open the door | abra a porta
close the window | feche a janela
do not open the door | não abra a porta
read this book | leia este livro
help me | me ajude
drink your milk | beba seu leite
wash the plates | lave os pratos
go home | vá para casa
always drink water | sempre beba água
never open this box | nunca abra esta caixa
send me the letter | me mande a carta / mande a carta para mim
how big is the house ? | qual é o tamanho da casa ?
how old are you ? | quantos anos você tem ?
how many are there ? | quantos há ?
how beautiful you are | como você é bonito / como você é bonita
what is in the box ? | o que há na caixa ? / o que está na caixa ?
what is on the table ? | o que há na mesa ? / o que está na mesa ?
what is it ? | o que é ? / o que é isso ?
what a beautiful house | que casa bonita
who is it ? | quem é ?
who is with you ? | quem está com você ?
where are you and your sister ? | onde estão você e sua irmã ?
I am not always happy | eu nem sempre estou feliz / eu nem sempre sou feliz
she does not always drink coffee | ela nem sempre bebe café
I have a black and white cat | eu tenho um gato preto e branco
there is a dog and a cat in the garden | há um cachorro e um gato no jardim
there are two dogs and three cats | há dois cachorros e três gatos
is there no milk ? | não há leite ?
are you not tired ? | você não está cansado ?
is she not your sister ? | ela não é sua irmã ?
do you not like me ? | você não gosta de mim ?
does he not work at home ? | ele não trabalha em casa ?
I know that she is tired | eu sei que ela está cansada
I know you like me | eu sei que você gosta de mim
she wants me to read | ela quer que eu leia
I want you to help me | eu quero que você me ajude
we like to eat and drink | nós gostamos de comer e beber
I wash and clean the kitchen | eu lavo e limpo a cozinha
the man with the hat is my uncle | o homem de chapéu é meu tio / o homem com o chapéu é meu tio
because she is tired she sleeps | porque ela está cansada ela dorme
when I am tired I sleep | quando eu estou cansado eu durmo
when she reads she is happy | quando ela lê ela é feliz / quando ela lê ela está feliz
I do not know where he lives | eu não sei onde ele mora
I do not know who you are | eu não sei quem você é
do you know where the station is ? | você sabe onde está a estação ? / você sabe onde é a estação ?
the house where I live is old | a casa onde eu moro é velha
the man who sells bread is my neighbor | o homem que vende pão é meu vizinho
today is monday | hoje é segunda
I am now tired | eu estou agora cansado
at night the city is beautiful | à noite a cidade é bonita
in the morning it is cold | de manhã está frio / de manhã faz frio
every day is beautiful | todos os dias são bonitos / todo dia é bonito
every house is old | toda casa é velha
every dog likes meat | todo cachorro gosta de carne
no man is happy | nenhum homem é feliz
many are poor | muitos são pobres
some like coffee | alguns gostam de café
two of my friends are sick | dois dos meus amigos estão doentes
she too is tired | ela também está cansada
I work too | eu também trabalho / eu trabalho também
me too | eu também
not now | agora não
I am with you | eu estou com você
are you with me ? | você está comigo ?
she is with her mother | ela está com a mãe dela / ela está com sua mãe
the flowers are for you | as flores são para você
these books are for her | estes livros são para ela
is this for me ? | isto é para mim ?
the rich and the poor | os ricos e os pobres
I like red | eu gosto de vermelho
black is beautiful | preto é bonito
my house is near | minha casa é perto / minha casa está perto
his is new | o dele é novo / a dele é nova
she sends me a letter | ela me manda uma carta
I bring you coffee | eu te trago café
he makes her a cake | ele faz um bolo para ela
she makes me happy | ela me faz feliz
I find it difficult | eu acho difícil
I see him run | eu o vejo correr
we hear her sing | nós a ouvimos cantar
I cannot | eu não posso
can you ? | você pode ?
I do not | eu não
do you ? | você ?
is she ? | ela é ? / ela está ?
to sleep is important | dormir é importante
it is important to read | é importante ler
it is nice to see you | é bom te ver
it is easy to cook rice | é fácil cozinhar arroz
it is too late to work | é tarde demais para trabalhar
I am happy to see you | eu estou feliz em te ver
she is afraid of dogs | ela tem medo de cachorros / ela está com medo de cachorros
the bag is full of apples | a bolsa está cheia de maçãs
a cup of tea | uma xícara de chá
I want a cup of coffee | eu quero uma xícara de café
two bottles of wine | duas garrafas de vinho
a picture of me | uma foto minha
the day is beautiful | o dia é bonito / o dia está bonito
she sleeps in the morning and works at night | ela dorme de manhã e trabalha à noite
I live and work in the city | eu moro e trabalho na cidade
the teacher is tired | o professor está cansado / a professora está cansada
I see the doctor | eu vejo o médico / eu vejo a médica
my doctor is young | meu médico é jovem / minha médica é jovem
"""

OUTSIDE: tuple[tuple[tuple[str, ...], frozenset[tuple[str, ...]]], ...] = tuple(
    (
        tuple(english.split()),
        frozenset(tuple(each.split()) for each in portuguese.split("/")),
    )
    for english, portuguese in (line.split("|") for line in _SENTENCES.strip().splitlines())
)
"""Each with the translations that are right."""
