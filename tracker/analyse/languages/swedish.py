"""Swedish."""

from typing import Final

from tracker.analyse.languages.language import Language

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
    qualifiers="inte ingen aldrig utan får måste ska alla misstänkt",
    saying="säger enligt uppger",
    labels="live direkt senaste video podcast",
    kickers="senaste nytt | just nu | debatt",
    read_more="läs mer",
    running_pages="direktrapport | senaste nytt | följs? live",
    by="av",
    months="""
        januari jan, februari feb, mars mar, april apr, maj, juni jun, juli jul, augusti aug, september sept sep,
        oktober okt, november nov, december dec
    """,
    weekdays="måndag tisdag onsdag torsdag fredag lördag söndag idag imorgon igår",
    ordinals=":a | :e",
    of="",
    numbers="noll, , två, tre, fyra, fem, sex, sju, åtta, nio, tio, elva, tolv",
    million="miljon | miljoner",
    billion="miljard | miljarder",
    percent="procent",
    negating_ends="lös",
)
