"""Portuguese."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

PORTUGUESE: Final = Language(
    code="pt",
    function_words="""
        ainda ao aos às até com como contra da das de dela dele depois desde do dos e é ela ele eles em entre era essa
        esse esta está estão este eu foi foram há isso isto já lhe mais mas me mesmo meu muito na não nas nem no nos
        num numa o os ou para pela pelas pelo pelos por porque qual quando que quem são se segundo sem ser seu seus só
        sobre sua suas também te tem ter um uma
    """,
    stances="""
        abandon adia ameaç ataca autoriz bloque cede censur conden contesta critic defend enfraquec exig limit obriga
        opõe pedófil perigo permit privacidade proíb proib protec proteg recua recus reforç rejeit retira risco
        seguranç suspend vigil
    """,
    denials="não sem",
    doubts="pode alegado",
    qualifiers="vai",
    interrogatives="como quem porquê",
    aims="para",
    background="após | depois de | durante | apesar de | antes de",
    saying="diz disse segundo",
    labels="ao vivo última vídeo",
    kickers="ao vivo | última hora | exclusivo | opinião",
    read_more="leia mais | ler mais | continuar a ler | saiba mais",
    updated="atualizado",
    at="às",
    counters=r"\d+ comentários | há \d+ (?:minutos|horas)",
    running_pages=r"""
        ao (?:vivo|minuto) | últimas notícias
        | (?:bolsa|ibovespa|psi|dólar) (?:\w+ ){0,3}?(?:abre|fecha|sobe|cai|em (?:alta|queda|baixa))
    """,
    by="por",
    months="""
        janeiro jan, fevereiro fev, marco mar, abril abr, maio mai, junho jun, julho jul, agosto ago, setembro set,
        outubro out, novembro nov, dezembro dez
    """,
    weekdays="segunda terça quarta quinta sexta sábado domingo",
    near_days="hoje amanhã ontem",
    ordinals="o | a",
    of="de",
    numbers="zero, , dois, três, quatro, cinco, seis, sete, oito, nove, dez, onze, doze",
    million="milhão | milhões",
    billion="mil milhões | bilhão | bilhões",
    percent="por cento",
    outcomes={
        "death": "morre* morreu morto mortos",
        "murder": "homicídio* assassin*",
        "drowning": "afog*",
        "injury": "ferido*",
        "shooting": "tiroteio*",
        "stabbing": "esfaque*",
        "explosion": "explosão",
        "arrest": "preso presa presos detido*",
        "charge": "arguido*",
        "conviction": "culpad* condenad*",
        "acquittal": "absolv*",
        "sentence": "prisão",
        "lawsuit": "processa",
        "fine": "multa multad*",
        "release": "liberad*",
        "find": "encontrad*",
        "missing": "desaparec*",
        "rescue": "resgatad*",
        "identification": "identificad*",
        "cancellation": "cancelad*",
        "end": "levantad*",
        "extension": "prorrog* prolong*",
        "delay": "adia adiad*",
        "beginning": "começa*",
        "opening": "abre reabre",
        "closing": "fecha fechad*",
        "approval": "aprova*",
        "rejection": "rejeita*",
        "signing": "assina*",
        "resignation": "demite*",
        "appointment": "nomead* eleito",
        "win": "vence perde",
        "withdrawal": "retirad*",
        "rise": "aumenta*",
        "cut": "corta reduz*",
        "ban": "proíb*",
        "confirmation": "confirm*",
        "denial": "nega",
        "admission": "admite*",
        "apology": "desculp*",
        "investigation": "investig*",
    },
    speech=Speech(
        verbs="""
            acrescenta acrescentou admite admitiu afirma afirmado afirmam afirmaram afirmou alerta alertam alertaram
            alertou anuncia anunciou argumenta argumentou avisa avisaram avisou chama chamaram chamou classifica
            classificaram classificou comenta comentou conclui concluiu considera considerou conta contou critica
            criticaram criticou declara declarou defende defendem defendeu denuncia denunciaram denunciou descreve
            descreveu destaca destacou disse disseram dito diz dizem escreve escreveram escreveu exige exigiu explica
            explicam explicaram explicou garante garantiu insiste insistiu lamenta lamentou lembra lembrou observa
            observou pede pedem pediu pergunta perguntou questiona questionou reconhece reconheceu refere referiu
            relata relatou responde respondeu ressalta ressaltou resume resumiu salienta salientou sublinha sublinhou
            tuitou
        """,
        participles="acrescentando afirmando dizendo explicando alertando classificando sublinhando",
        according="segundo | de acordo com o? | para | conforme | nas palavras de",
        fillers="""
            tem têm tinha havia é são era também depois logo ontem hoje já ainda sempre além disso não se lhe lhes o a
            assim então no entanto porém segunda terça quarta quinta sexta sábado domingo por seu lado
        """,
        infinitive="de a para",
        passive="sido foi",
        agent="por | pelo | pela",
        pronouns="ele ela eles elas nós eu",
        who="que quem",
        articles="""
            o a os as um uma uns umas seu sua seus suas este esta vários várias alguns dois três outro outra do da
        """,
        determiners="os as um uma",
        linking="de do da dos das por pelo pela para em no na com ao à sobre junto",
        breaks="""
            e mas ou que quando como porque se onde embora enquanto após durante segunda-feira terça-feira
            quarta-feira quinta-feira sexta-feira sábado domingo ontem hoje
        """,
        titles=r"""
            sra?\.? | dom | dona | dra?\.? | prof(?:essora|essor|\.)? |
            (?:ex-|vice-)?(?:ministro|ministra|presidente|porta-voz|diretor|diretora|comissário|comissária|deputado|deputada|senador|senadora|advogado|advogada|eurodeputado|eurodeputada|procurador|procuradora)
        """,
        naming="""
            chamad[oa]s? | denominad[oa]s? | intitulad[oa]s? |
            (?:filme|livro|romance|série|canção|álbum|podcast|programa|documentário|campanha)
        """,
    ),
)
