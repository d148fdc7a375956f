"""Spanish."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

SPANISH: Final = Language(
    code="es",
    function_words="""
        al algo ante antes así como con contra cual cuando de del desde donde dos el ella ellos en entre era es esa
        ese eso esta está estas este esto están fue ha han hasta hay la las le les lo los más me mi muy ni no nos o
        otra otro para pero poco por porque que qué quien se según ser si sí sin sobre solo son su sus también tan
        tiene todo todos tras un una uno y ya
    """,
    stances="""
        abandon amenaz aplaz ataqu autoriz bloque censur conden critic debilit defien defend denunci exig frena impid
        limit menores obliga opon oposici peligr pederast permit posterg privacid prohib proteg protec puerta rechaz
        recort refuerz retir retroced riesgo segurid suspend vigil viola
    """,
    denials="no nunca sin",
    doubts="puede podría presunto",
    qualifiers="debe todos",
    interrogatives="qué cómo quién cuándo",
    aims="para",
    background="tras | después de | durante | pese a | antes de",
    saying="dice dijo según afirma asegura anuncia",
    labels="directo vivo exclusiva vídeo última",
    kickers="en directo | en vivo | última hora | opinión | análisis",
    read_more="leer más | seguir leyendo",
    updated="actualizado",
    at="a las",
    counters=r"\d+ comentarios? | hace \d+ (?:minutos?|horas?)",
    running_pages=r"""
        en (?:vivo|directo) | minuto a minuto | última hora
        | (?:bolsa|ibex(?: 35)?|wall street) (?:\w+ ){0,3}?(?:abre|cierra|sube|cae|baja|gana|pierde)
    """,
    by="por",
    months="""
        enero ene, febrero feb, marzo mar, abril abr, mayo may, junio jun, julio jul, agosto ago, septiembre setiembre
        sept sep set, octubre oct, noviembre nov, diciembre dic
    """,
    weekdays="lunes martes miércoles jueves viernes sábado domingo",
    near_days="hoy mañana ayer",
    ordinals="o | a",
    of="del?",
    numbers="cero, un, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once, doce",
    million="millón | millones",
    billion="mil millones",
    percent="por ciento",
    outcomes={
        "death": "muere* muerte muerto* muerta* murió fallec*",
        "murder": "homicidio* asesin*",
        "drowning": "ahogad*",
        "injury": "herido* herida*",
        "shooting": "tiroteo*",
        "stabbing": "apuñal*",
        "explosion": "explosión",
        "arrest": "detenid* detiene*",
        "charge": "imputad*",
        "conviction": "culpable* condenad*",
        "acquittal": "absuel*",
        "sentence": "prisión cárcel",
        "lawsuit": "querella*",
        "fine": "multa multad*",
        "release": "liberad*",
        "find": "hallad* encontrad*",
        "missing": "desaparec*",
        "rescue": "rescatad*",
        "identification": "identificad*",
        "cancellation": "cancelad*",
        "end": "levantad*",
        "extension": "prorrog*",
        "delay": "aplaza*",
        "beginning": "empieza comienza",
        "opening": "abre reabre",
        "closing": "cierra cerrad*",
        "approval": "aprueba aprob*",
        "rejection": "rechaz*",
        "signing": "firma firmó",
        "ruling": "falla fallo*",
        "resignation": "dimite dimisión",
        "appointment": "nombrad* elegid*",
        "win": "gana vence pierde",
        "withdrawal": "retirad*",
        "seizure": "incautad*",
        "repair": "restablecid*",
        "stop": "detiene",
        "rise": "sube alza aumenta*",
        "cut": "baja recorta*",
        "ban": "prohíb* prohib*",
        "confirmation": "confirm*",
        "denial": "desmient* niega",
        "admission": "admite* confiesa",
        "apology": "disculp*",
        "evacuation": "evacua*",
        "investigation": "investig*",
    },
    speech=Speech(
        verbs="""
            admite admitió advertido advierte advierten advirtió afirma afirmado afirman afirmó agrega agregó alerta
            alertó anuncia anunció apunta apuntó asegura asegurado aseguran aseguró añade añadieron añadió califica
            calificado califican calificó comenta comentó concluye concluyó considera consideró contó cree critica
            criticado critican criticó cuenta declara declarado declaró decía defendió defiende denuncia denunciado
            denuncian denunció dice dicen dicho dijeron dijo escribe escribió escrito explica explicado explicaron
            explicó expresa expresó indica indicó insiste insistió lamenta lamentó llama llamó manifestó manifiesta
            opina opinó pide piden pidió precisa precisó pregunta preguntó recalca recalcó reclama reclamó reconoce
            reconoció recordó recuerda relata relató responde respondió resume resumió señala señalado señalan señaló
            sostiene sostuvo subraya subrayó tacha tachó tilda tildó tuiteó zanja zanjó
        """,
        participles="añadiendo afirmando diciendo asegurando señalando advirtiendo calificando explicando",
        according="según | a juicio de | para | en palabras de | de acuerdo con",
        fillers="""
            ha han había habían es son era también después luego ayer hoy ya además siempre todavía aún no se le les
            lo así entonces incluso sin embargo lunes martes miércoles jueves viernes sábado domingo por su parte
        """,
        infinitive="de a para",
        passive="sido",
        agent="por",
        pronouns="él ella ellos ellas nosotros yo",
        who="quien que quienes",
        articles="""
            el la los las un una unos unas su sus este esta estos varios varias algunos dos tres otro otra del
        """,
        determiners="el la los las un una su",
        linking="de del por para en con a al ante sobre según desde",
        breaks="""
            y e pero o que cuando como porque si donde aunque mientras tras durante ante lunes martes miércoles jueves
            viernes sábado domingo ayer hoy este esta
        """,
        titles=r"""
            sra?\.? | don | doña | dra?\.? |
            (?:ex)?(?:ministro|ministra|presidente|presidenta|portavoz|director|directora|comisario|comisaria|diputado|diputada|senador|senadora|abogado|abogada|profesor|profesora|eurodiputado|eurodiputada)
        """,
        naming="""
            llamad[oa]s? | denominad[oa]s? | titulad[oa]s? |
            (?:película|libro|novela|serie|canción|disco|podcast|programa|documental|campaña)
        """,
    ),
    opposites="""
        sube aumenta / baja cae, abre / cierra, compra / vende, acepta / rechaza, más / menos, culpable / inocente,
        permite / prohíbe, confirma / desmiente niega, gana / pierde
    """,
)
