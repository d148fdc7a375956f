"""Swedish."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

SWEDISH: Final = Language(
    code="sv",
    function_words="""
        alla allt att av bara blev blir då de den denna deras dess det detta dig din du efter ej eller en ett för från
        får ha hade han har hon hur i icke inte jag kan kommer man med men mer min mot mycket när något nu och också
        om oss på samt sedan sig sin ska skulle som så till under upp ut utan vad var vara vi vid vill än är över
    """,
    stances="""
        avvisa begräns bakdörr fara försvag förbjud förbud försvar hot integritet kräver kritik kritis massövervak
        motstånd pedofil pausa risk skjuter skrota skydd stopp säkerhet tvinga tvång uppskjut varna vägra övervak
    """,
    denials="inte ingen aldrig utan",
    doubts="får kan misstänkt",
    qualifiers="måste ska alla",
    interrogatives="hur varför vad vem när",
    aims="att",
    background="efter | trots | före",
    saying="säger enligt uppger",
    labels="live direkt senaste video podcast",
    kickers="senaste nytt | just nu | debatt",
    read_more="läs mer",
    updated="uppdaterad",
    at=r"kl\.?",
    counters=r"\d+ kommentarer | för \d+ (?:minuter|timmar) sedan",
    running_pages=r"""
        direktrapport | senaste nytt | följs? live
        | (?:börsen|omxs30) (?:\w+ ){0,3}?(?:öppnar|stänger|stiger|faller|upp|ned)
    """,
    by="av",
    months="""
        januari jan, februari feb, mars mar, april apr, maj, juni jun, juli jul, augusti aug, september sept sep,
        oktober okt, november nov, december dec
    """,
    weekdays="måndag tisdag onsdag torsdag fredag lördag söndag",
    near_days="idag imorgon igår",
    ordinals=":a | :e",
    of="",
    numbers="noll, , två, tre, fyra, fem, sex, sju, åtta, nio, tio, elva, tolv",
    million="miljon | miljoner",
    billion="miljard | miljarder",
    percent="procent",
    outcomes={
        "death": "döda dödad* dödats omkom",
        "murder": "mord*",
        "drowning": "drunkna*",
        "injury": "skadad* skadats",
        "shooting": "skottloss*",
        "stabbing": "knivskuren",
        "arrest": "gripen gripna gripits anhåll*",
        "charge": "åtal*",
        "conviction": "skyldig* dömd dömda döms",
        "acquittal": "friad*",
        "sentence": "fängelse",
        "lawsuit": "stämmer stämt",
        "fine": "böter",
        "find": "hittad*",
        "missing": "försvunn*",
        "rescue": "räddad*",
        "identification": "identifierad*",
        "cancellation": "inställd* inställt",
        "end": "hävd* hävs",
        "extension": "förläng*",
        "delay": "uppskjut*",
        "beginning": "börjar",
        "opening": "öppnar",
        "closing": "stänger stängs",
        "approval": "godkän* antar antog",
        "rejection": "avslår avslog",
        "signing": "undertecknar",
        "resignation": "avgår",
        "appointment": "utsedd",
        "win": "vinner förlorar",
        "withdrawal": "indraget",
        "stop": "stoppar",
        "rise": "höjer",
        "cut": "sänker",
        "ban": "förbjud*",
        "confirmation": "bekräft*",
        "denial": "förnekar",
        "admission": "erkänn*",
        "apology": "ursäkt*",
        "investigation": "utred*",
    },
    negating_ends="lös",
    speech=Speech(
        verbs="""
            anser ansåg berättade berättar beskrev beskriver betonade betonar fortsatte fortsätter frågade frågar
            förklarade förklarar hävdade hävdar kallade kallar kallat kommenterade kommenterar konstaterade
            konstaterar kritiserade kritiserar krävde kräver lovade lovar lyder löd medgav medger menade menar
            påpekade påpekar sa sade sagt skrev skriver skrivit slog slår svarade svarar säger tillade tillägger
            trodde tror twittrade twittrar tycker tyckte understryker underströk uppgav uppger utropar uttrycker
            uttryckte varnade varnar
        """,
        participles="sägande",
        according=r"enligt | med \w+ ord",
        fillers="""
            har hade är var blir blev också sedan senare igen ännu alltid redan därefter vidare dock i går idag inte
            sig det honom henne dem måndag tisdag onsdag torsdag fredag lördag söndag
        """,
        infinitive="att",
        passive="blev blir blivit",
        agent="av",
        pronouns="han ham honom hon henne de vi jag man",
        who="som vilken",
        articles="en ett den det de hans hennes sin sitt deras vår flera två tre några denna andra",
        determiners="en ett",
        linking="på för från vid av hos i till med inom",
        breaks="""
            och men eller att när som medan efter innan där om eftersom måndag tisdag onsdag torsdag fredag lördag
            söndag till under
        """,
        titles=r"""
            herr | fru | dr\.? | professor(?:n)? |
            \w*(?:minister|ministern|president|presidenten|talesperson|talespersonen|chef|chefen|kommissionär|kommissionären|ledamot|ledamoten|direktör|direktören|generalsekreterare|forskare|forskaren|advokat|åklagare|pressekreterare)
        """,
        naming="""
            så kallade? | så kallat |
            (?:filmen|boken|romanen|serien|låten|albumet|podden|programmet|dokumentären|kampanjen)
        """,
    ),
)
