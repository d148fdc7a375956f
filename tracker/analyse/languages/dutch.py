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
    qualifiers="niet geen nooit zonder mag moet kan zou zal vermeende",
    saying="zegt zei volgens meldt",
    labels="live liveblog update video podcast",
    kickers="opinie | column | interview",
    read_more="lees (?:verder|meer)",
    running_pages="liveblog | volg (?:hier )?live | laatste nieuws",
    by="van",
    months="""
        januari jan, februari febr feb, maart mrt, april apr, mei, juni jun, juli jul, augustus aug, september sept
        sep, oktober okt, november nov, december dec
    """,
    weekdays="maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    ordinals="e",
    of="",
    numbers="nul, , twee, drie, vier, vijf, zes, zeven, acht, negen, tien, elf, twaalf",
    million="mln | miljoen",
    billion="mrd | bln | miljard",
    percent="procent | pct",
    negating_ends="loos",
)
