"""Polish."""

from typing import Final

from tracker.analyse.languages.language import Language

POLISH: Final = Language(
    code="pl",
    function_words="""
        aby ale bardzo bez bo być był była było były by co czy dla do gdy gdzie go i ich im ja jak jako je jednak jego
        jej jest jeszcze już każdy które który która których którzy lub ma mają może można na nad nam nas nie nią niż
        o od oraz po pod przed przez przy są się ta tak także tam te tego tej ten też to tu tych tylko tym u w we więc
        wszystkie z za ze że
    """,
    stances="""
        atak blokad broni bezpiecz cenzur chroni groźb inwigil kryty nakaz obow odrzuc ogranicz ochron osłab ostrzeg
        pedofil porzuc prywatn przymus ryzyko sprzeciw tyln wycof wymus wstrzym zagroż zakaz żąda
    """,
    qualifiers="nie bez może musi wszyscy rzekomy",
    saying="mówi powiedział według twierdzi",
    labels="pilne wideo żywo",
    kickers="na żywo | opinie",
    read_more="czytaj (?:więcej|dalej)",
    running_pages="na żywo | relacja na | minuta po minucie | najnowsze informacje",
    by="za",
    months="""
        styczen stycznia sty, luty lutego lut, marzec marca mar, kwiecien kwietnia kwi, maj maja, czerwiec czerwca
        cze, lipiec lipca lip, sierpien sierpnia sie, wrzesien wrzesnia wrz, pazdziernik pazdziernika paz, listopad
        listopada lis, grudzien grudnia gru
    """,
    weekdays="poniedziałek wtorek środa środę czwartek piątek sobota sobotę niedziela niedzielę dziś jutro wczoraj",
    ordinals="",
    of="",
    numbers="zero, jeden, dwa, trzy, cztery, pięć, sześć, siedem, osiem, dziewięć, dziesięć, jedenaście, dwanaście",
    million="mln | milion | miliony | milionów",
    billion="mld | miliard | miliardy | miliardów",
    percent=r"procent | proc\.",
)
