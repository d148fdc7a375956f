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
    kickers="live | seneste nyt | lige nu | debat | video | podcast",
    read_more="læs mere",
    by="af",
    months="""
        januar jan, februar feb, marts mar, april apr, maj, juni jun, juli jul, august aug, september sept sep,
        oktober okt, november nov, december dec
    """,
    weekdays="",
    ordinals="",
    of="",
    numbers=", , , tre, fire, fem, seks, syv, otte, ni, ti, ,",
    million=r"mio\.?",
    billion="",
    percent="procent",
    negating_ends="løs",
)
