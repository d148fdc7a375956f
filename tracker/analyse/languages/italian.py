"""Italian."""

from typing import Final

from tracker.analyse.languages.language import Language

ITALIAN: Final = Language(
    code="it",
    function_words="""
        ai alla alle allo anche che chi ci come con contro cui da dai dal dalla dalle degli dei del della delle dello
        di dopo e è ed era fra gli ha hanno i il in io la le lo loro ma mai nel nella nelle nello no noi non o per
        perché più poi può quando quanto quella quello questa questo qui se senza si sono sta su sua sugli sui sul
        sulla suo tra tutti tutto un una uno vi
    """,
    stances="""
        abbandon accus attacc autorizz blocc boccia censur condann critic debol difend impon indebol limit minacc
        obbligo oppon pedofil pericol privacy proteg protez respin rinuncia rinvi rischi ritir sicurezz sorveglia
        sospend spia vieta
    """,
    qualifiers="mai senza può deve potrebbe tutti",
    saying="dice secondo afferma",
    labels="live diretta esclusiva video aggiornamenti",
    kickers="ultim'ora",
    read_more="continua a leggere | leggi (?:tutto|di più)",
    running_pages="(?:in )?diretta | minuto per minuto | ultime notizie",
    by="di",
    months="""
        gennaio genn gen, febbraio febbr feb, marzo mar, aprile apr, maggio magg mag, giugno giu, luglio lug, agosto
        ago, settembre sett set, ottobre ott, novembre nov, dicembre dic
    """,
    weekdays="lunedì martedì mercoledì giovedì venerdì sabato domenica",
    ordinals="o | a",
    of="",
    numbers="zero, un, due, tre, quattro, cinque, sei, sette, otto, nove, dieci, undici, dodici",
    million="mln | milion[ei]",
    billion="mld | miliard[oi]",
    percent="per cento",
)
