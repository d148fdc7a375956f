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
    denials="nie bez",
    doubts="może rzekomy",
    qualifiers="musi wszyscy",
    interrogatives="jak dlaczego co kto kiedy",
    aims="żeby aby",
    saying="mówi powiedział według twierdzi",
    labels="pilne wideo żywo",
    kickers="na żywo | opinie",
    read_more="czytaj (?:więcej|dalej)",
    updated="aktualizacja",
    at="o",
    counters=r"\d+ komentarzy | \d+ (?:minut|minuty|godzin|godziny) temu",
    running_pages="na żywo | relacja na | minuta po minucie | najnowsze informacje",
    by="za",
    months="""
        styczen stycznia sty, luty lutego lut, marzec marca mar, kwiecien kwietnia kwi, maj maja, czerwiec czerwca
        cze, lipiec lipca lip, sierpien sierpnia sie, wrzesien wrzesnia wrz, pazdziernik pazdziernika paz, listopad
        listopada lis, grudzien grudnia gru
    """,
    weekdays="poniedziałek wtorek środa środę czwartek piątek sobota sobotę niedziela niedzielę",
    near_days="dziś jutro wczoraj",
    ordinals="",
    of="",
    numbers="zero, jeden, dwa, trzy, cztery, pięć, sześć, siedem, osiem, dziewięć, dziesięć, jedenaście, dwanaście",
    million="mln | milion | miliony | milionów",
    billion="mld | miliard | miliardy | miliardów",
    percent=r"procent | proc\.",
    outcomes={
        "death": "ginie zmarł* zabit*",
        "murder": "zabójstw*",
        "drowning": "utonął utonęł*",
        "injury": "ranny ranni rannych",
        "shooting": "strzelanin*",
        "stabbing": "nożown*",
        "explosion": "wybuch*",
        "arrest": "zatrzym* areszt*",
        "charge": "oskarż*",
        "conviction": "skazan* winny",
        "acquittal": "uniewinni*",
        "sentence": "więzien*",
        "lawsuit": "pozew pozywa",
        "fine": "grzywn*",
        "release": "zwolnion*",
        "find": "odnalezion* znalezion*",
        "missing": "zaginion* zaginął",
        "rescue": "uratowan*",
        "identification": "zidentyfikowan*",
        "cancellation": "odwołan*",
        "end": "zniesion*",
        "extension": "przedłuż*",
        "delay": "przełoż* odroczon*",
        "beginning": "rozpocz*",
        "opening": "otwiera",
        "closing": "zamyka zamknięt*",
        "approval": "przyjęł* przyjął uchwal*",
        "rejection": "odrzuc*",
        "signing": "podpis*",
        "ruling": "orzek* orzeczen*",
        "resignation": "rezygnuj*",
        "appointment": "mianowan* wybran*",
        "win": "wygrywa*",
        "loss": "przegrywa*",
        "withdrawal": "wycof*",
        "stop": "wstrzym*",
        "rise": "podnosi podwyż*",
        "cut": "obniża*",
        "ban": "zakaz*",
        "confirmation": "potwierdz*",
        "denial": "zaprzecz*",
        "admission": "przyzna*",
        "apology": "przeprosi*",
        "evacuation": "ewaku*",
        "investigation": "śledztw*",
    },
)
