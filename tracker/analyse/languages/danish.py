"""Danish."""

from typing import Final

from tracker.analyse.languages.language import Language

DANISH: Final = Language(
    code="da",
    function_words="""
        af at blev bliver da de dem den denne der deres det dette dig din du efter eller en end er et for fra få før
        ham han har have hendes hun hvad hvem hver hvis hvor i ikke ind jeg kan kun man med meget men mere mod ned
        nogle nu når og også om op os over på sig sin skal som til ud under var ved vi vil være
    """,
    stances="""
        advar afvis angreb bagdør beskyt begræns droppe farlig forbud forbyd forsvar frivillig kritik kræver modstand
        overvåg pauser pædofil risiko skrot sikkerhed stopper svække tvang tvinge trusl udskyd udsæt
    """,
    qualifiers="ikke ingen uden må skal vil formodet",
    saying="siger ifølge oplyser",
    labels="live seneste video podcast",
    kickers="seneste nyt | lige nu | debat",
    read_more="læs mere",
    running_pages="seneste nyt | følg (?:med )?live",
    by="af",
    months="""
        januar jan, februar feb, marts mar, april apr, maj, juni jun, juli jul, august aug, september sept sep,
        oktober okt, november nov, december dec
    """,
    weekdays="mandag tirsdag onsdag torsdag fredag lørdag søndag",
    ordinals="",
    of="",
    numbers="nul, , , tre, fire, fem, seks, syv, otte, ni, ti, elleve, tolv",
    million=r"mio\.? | million(?:er)?",
    billion=r"mia\.? | milliard(?:er)?",
    percent="procent",
    negating_ends="løs",
)
