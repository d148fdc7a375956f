"""Spanish."""

from typing import Final

from tracker.analyse.languages.language import Language

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
    qualifiers="nunca sin puede debe podría todos presunto",
    saying="dice dijo según afirma asegura anuncia",
    labels="directo vivo exclusiva vídeo última",
    kickers="en directo | en vivo | última hora | opinión | análisis",
    read_more="leer más | seguir leyendo",
    running_pages="en (?:vivo|directo) | minuto a minuto | última hora",
    by="por",
    months="""
        enero ene, febrero feb, marzo mar, abril abr, mayo may, junio jun, julio jul, agosto ago, septiembre setiembre
        sept sep set, octubre oct, noviembre nov, diciembre dic
    """,
    weekdays="lunes martes miércoles jueves viernes sábado domingo",
    ordinals="o | a",
    of="del?",
    numbers="cero, un, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once, doce",
    million="millón | millones",
    billion="mil millones",
    percent="por ciento",
)
