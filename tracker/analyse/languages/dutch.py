"""Dutch."""

from typing import Final

from tracker.analyse.languages.language import Language

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
    saying="zegt zei volgens meldt",
    labels="live liveblog update video podcast",
    kickers="opinie | column | interview",
    read_more="lees (?:verder|meer)",
    updated="bijgewerkt",
    at="om",
    counters=r"\d+ reacties | \d+ (?:minuten|uur) geleden",
    running_pages="liveblog | volg (?:hier )?live | laatste nieuws",
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
        "win": "wint",
        "loss": "verliest",
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
)
