"""Polish."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

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
    background="po | podczas | mimo | przed",
    saying="mówi powiedział według twierdzi",
    labels="pilne wideo żywo",
    kickers="na żywo | opinie",
    read_more="czytaj (?:więcej|dalej)",
    updated="aktualizacja",
    at="o",
    counters=r"\d+ komentarzy | \d+ (?:minut|minuty|godzin|godziny) temu",
    running_pages=r"""
        na żywo | relacja na | minuta po minucie | najnowsze informacje
        | (?:wig20|giełda) (?:\w+ ){0,3}?(?:rośnie|spada|zyskuje|traci)
    """,
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
        "win": "wygrywa* przegrywa*",
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
    speech=Speech(
        verbs="""
            apeluje argumentował argumentowała argumentuje czytamy dodaje dodał dodała informuje komentuje krytykuje
            mówi mówią mówił mówiła napisali napisał napisała nazwali nazwał nazwała nazywa ocenia ocenił oceniła
            odpowiada odpowiedział odpowiedziała określa określił określiła ostrzega ostrzegają ostrzegł ostrzegła
            oświadcza oświadczył oświadczyła pisze podkreśla podkreślił podkreśliła poinformował poinformowała
            powiedział powiedziała powiedzieli przekonuje przekonywał przekonywała przestrzega przypomina przypomniał
            przypomniała przyznaje przyznał przyznała pyta relacjonuje skomentował skomentowała skrytykował
            skrytykowała stwierdza stwierdził stwierdziła twierdzi twierdził twierdziła twierdzą tłumaczy tłumaczył
            tłumaczyła uważa uważał wyjaśnia wyjaśnił wyjaśniła zaapelował zaapelowała zapewnia zapewnił zapewniła
            zapytał zapytała zauważa zauważył zauważyła zaznacza zaznaczył zaznaczyła żąda
        """,
        participles="mówiąc dodając podkreślając twierdząc nazywając ostrzegając",
        according="według | zdaniem | jak (?:mówi|twierdzi|pisze|podaje)",
        fillers="""
            to jest są był była było też także potem później jeszcze już wciąż zawsze ponadto wczoraj dziś jednak nie
            się go ją ich mu jej w poniedziałek wtorek środę czwartek piątek sobotę niedzielę
        """,
        infinitive="",
        passive="został została",
        agent="przez",
        pronouns="on ona oni one my ja",
        who="który która którzy które",
        articles="jego jej ich nasz jeden jedna dwóch dwie trzech kilku wielu inny inna pewien",
        determiners="",
        linking="z ze dla w we od przy do na o po",
        breaks="""
            i a ale lub że gdy kiedy jak ponieważ bo jeśli gdzie choć podczas po przed poniedziałek wtorek środę
            czwartek piątek sobotę niedzielę wczoraj dziś
        """,
        titles=r"""
            pan | pani | dr\.? | prof\.? | mec\.? | (?:wice|były |była
            )?(?:minister|premier|prezydent|prezes|rzecznik|rzeczniczka|dyrektor|dyrektorka|komisarz|poseł|posłanka|senator|senatorka|adwokat|profesor|europoseł|europosłanka|szef|szefowa)
        """,
        naming=r"""
            tak zwan\w+ | tzw\. | zatytułowan\w+ |
            (?:film\w*|książ\w+|powieś\w+|serial\w*|piosen\w+|album\w*|podcast\w*|program\w*|dokument\w*|kampani\w+)
        """,
    ),
)
