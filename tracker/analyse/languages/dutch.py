"""Dutch."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

DUTCH: Final = Language(
    code="nl",
    function_words="""
        aan al alle als bij dan dat de deze die dit door dus een en er geen had hebben heeft het hij hoe hun ik in is
        je kan kunnen maar meer met mijn moet na naar niet nog nu of om omdat onder ons ook op over te tegen toch toen
        tot tussen uit van veel volgens voor waar was wat we wel werd wie wij wordt worden ze zei zich zij zijn zo
        zonder zou
    """,
    stances="""
        aanval afgezwakt afschaf afzwak bedreig beperk bescherm blokkeer censuur dwing eist gevaar inperk intrek
        kinderporno kritiek massasurveillance meekijk privacy protest risico schrap spion stopt tegen uitstel verbied
        verbod verdedig verplicht verwerp verzwak vrijwillig waarschuw weiger
    """,
    denials="niet geen nooit zonder",
    doubts="mag zou vermeende",
    qualifiers="moet kan zal",
    interrogatives="hoe waarom wat wie",
    aims="te",
    background="na | tijdens | wegens | ondanks | vanwege",
    saying="zegt zei volgens meldt",
    labels="live liveblog update video podcast",
    kickers="opinie | column | interview",
    read_more="lees (?:verder|meer)",
    updated="bijgewerkt",
    at="om",
    counters=r"\d+ reacties | \d+ (?:minuten|uur) geleden",
    running_pages=r"""
        liveblog | volg (?:hier )?live | laatste nieuws
        | (?:beurs|aex|damrak) (?:\w+ ){0,3}?(?:opent|sluit|hoger|lager|stijgt|daalt) | weerbericht
    """,
    by="van",
    months="""
        januari jan, februari febr feb, maart mrt, april apr, mei, juni jun, juli jul, augustus aug, september sept
        sep, oktober okt, november nov, december dec
    """,
    weekdays="maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    near_days="vandaag morgen gisteren",
    ordinals="e",
    of="",
    numbers="nul, , twee, drie, vier, vijf, zes, zeven, acht, negen, tien, elf, twaalf",
    million="mln | miljoen",
    billion="mrd | bln | miljard",
    percent="procent | pct",
    outcomes={
        "death": "dood doden sterft overleden",
        "murder": "moord* vermoord*",
        "drowning": "verdronken",
        "injury": "gewond*",
        "shooting": "schietpartij",
        "stabbing": "neergestoken",
        "explosion": "explosie",
        "arrest": "aangehouden opgepakt",
        "charge": "aangeklaag*",
        "conviction": "schuldig* veroordeel*",
        "acquittal": "vrijgesproken",
        "sentence": "celstraf*",
        "fine": "boete*",
        "release": "vrijgelaten",
        "find": "gevonden teruggevonden",
        "missing": "vermist*",
        "rescue": "gered",
        "identification": "geïdentificeerd",
        "cancellation": "afgelast*",
        "end": "opgeheven",
        "extension": "verleng*",
        "delay": "uitgesteld",
        "beginning": "begint",
        "opening": "opent heropent",
        "closing": "sluit gesloten",
        "approval": "goedgekeurd",
        "rejection": "verwerpt verworpen",
        "signing": "ondertekent ondertekend",
        "ruling": "oordeelt uitspraak",
        "resignation": "opgestapt aftreden",
        "appointment": "benoemd* gekozen",
        "win": "wint verliest",
        "withdrawal": "ingetrokken",
        "repair": "hersteld",
        "stop": "stopt",
        "rise": "verhoogt",
        "cut": "verlaagt",
        "ban": "verbod* verboden",
        "confirmation": "bevestig*",
        "denial": "ontken*",
        "admission": "bekent",
        "apology": "excuus",
        "evacuation": "evacua*",
        "investigation": "onderzoek*",
    },
    negating_ends="loos",
    speech=Speech(
        verbs="""
            aldus antwoordde antwoordt bekritiseerde bekritiseert beloofde belooft benadrukt benadrukte betoogde
            betoogt beweerde beweert concludeerde concludeert denkt eist eiste erkende erkent genoemd geschreven
            gesteld gewaarschuwd gezegd hekelde hekelt herhaalde herhaalt klaagde klaagt laat legde legt licht liet
            meldde meldt noemde noemden noemen noemt oordeelde oordeelt pleit pleitte reageerde reageert riep roept
            schreef schrijft schrijven sprak spreekt stelde stellen stelt tekent twitterde twittert uit verklaard
            verklaarde verklaart vertelde vertelt vinden vindt voegde voegt vond vraagt vroeg waarschuwde waarschuwen
            waarschuwt zeggen zegt zei zeiden
        """,
        participles="zeggend",
        according="volgens | in de woorden van",
        fillers="""
            heeft hebben had hadden is was wordt werd ook toen later weer nog steeds al altijd daarna verder gisteren
            vandaag echter zich het hem haar hun maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
        """,
        infinitive="te",
        passive="werd werden wordt worden",
        agent="door",
        pronouns="hij hem zij ze wij we ik men",
        who="die wie dat",
        articles="de het een zijn haar hun onze deze dit enkele meerdere twee drie andere",
        determiners="de het een",
        linking="van voor bij uit namens in op aan met tegen",
        breaks="""
            en maar of dat omdat als toen terwijl nadat voordat waar wanneer want hoewel tegenover tegen maandag
            dinsdag woensdag donderdag vrijdag zaterdag zondag gisteren vandaag over tijdens
        """,
        titles=r"""
            (?:de )?heer | mevrouw | dr\.? | prof(?:essor)?\.? | (?:oud-|ex-|demissionair
            )?\w*(?:minister|staatssecretaris|president|woordvoerder|woordvoerster|directeur|commissaris|kamerlid|europarlementariër|hoogleraar|advocaat|onderzoeker)
        """,
        naming="""
            zogenoemde | zogeheten | zogenaamde | getiteld |
            (?:film|boek|roman|serie|lied|album|podcast|programma|documentaire|campagne)
        """,
    ),
    opposites="""
        stijgt stijgen / daalt dalen, opent open / sluit dicht, koopt / verkoopt, accepteert / weigert, meer / minder,
        schuldig / onschuldig, bevestigt / ontkent, wint / verliest
    """,
)
