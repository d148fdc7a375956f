"""Portuguese."""

from typing import Final

from tracker.analyse.languages.language import Language

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
    saying="diz disse segundo",
    labels="ao vivo última vídeo",
    kickers="ao vivo | última hora | exclusivo | opinião",
    read_more="leia mais | ler mais | continuar a ler | saiba mais",
    updated="atualizado",
    at="às",
    counters=r"\d+ comentários | há \d+ (?:minutos|horas)",
    running_pages="ao (?:vivo|minuto) | últimas notícias",
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
        "win": "vence",
        "loss": "perde",
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
)
