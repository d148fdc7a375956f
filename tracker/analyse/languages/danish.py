"""Danish."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

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
    denials="ikke ingen uden",
    doubts="formodet",
    qualifiers="må skal vil",
    interrogatives="hvordan hvorfor hvad hvem",
    aims="",
    background="efter | på grund af | trods",
    saying="siger ifølge oplyser",
    labels="live seneste video podcast",
    kickers="seneste nyt | lige nu | debat",
    read_more="læs mere",
    updated="opdateret",
    at=r"kl\.?",
    counters=r"\d+ kommentarer | for \d+ (?:minutter|timer) siden",
    running_pages=r"""
        seneste nyt | følg (?:med )?live
        | (?:børsen|aktier(?:ne)?|c25) (?:\w+ ){0,3}?(?:åbner|lukker|stiger|falder)
    """,
    by="af",
    months="""
        januar jan, februar feb, marts mar, april apr, maj, juni jun, juli jul, august aug, september sept sep,
        oktober okt, november nov, december dec
    """,
    weekdays="mandag tirsdag onsdag torsdag fredag lørdag søndag",
    near_days="",
    ordinals="",
    of="",
    numbers="nul, , , tre, fire, fem, seks, syv, otte, ni, ti, elleve, tolv",
    million=r"mio\.? | million(?:er)?",
    billion=r"mia\.? | milliard(?:er)?",
    percent="procent",
    outcomes={
        "death": "død døde dræbt*",
        "murder": "mord*",
        "drowning": "drukn*",
        "injury": "kvæstet kvæstede",
        "shooting": "skudt skyderi*",
        "stabbing": "knivstukket",
        "arrest": "anhold* pågreb*",
        "charge": "tiltal* sigtet",
        "conviction": "skyldig* dømt",
        "acquittal": "frikend*",
        "sentence": "fængsel",
        "lawsuit": "sagsøg*",
        "fine": "bøde*",
        "release": "frigiv*",
        "find": "fundet",
        "missing": "savnet*",
        "rescue": "reddet",
        "identification": "identificeret",
        "cancellation": "aflyst*",
        "end": "ophæv*",
        "extension": "forlæng*",
        "delay": "udskyd* udsat",
        "beginning": "begynder",
        "opening": "åbner genåbner",
        "closing": "lukker lukket",
        "approval": "vedtag* vedtaget godkend*",
        "rejection": "forkast* afvis*",
        "signing": "underskriv*",
        "ruling": "dommen",
        "resignation": "fratræd*",
        "appointment": "udnævnt valgt",
        "win": "vinder taber",
        "withdrawal": "trukket",
        "rise": "hæver",
        "cut": "sænker",
        "ban": "forbyd*",
        "confirmation": "bekræft*",
        "denial": "nægter",
        "admission": "erkend*",
        "apology": "undskyld*",
        "investigation": "efterforsk*",
    },
    negating_ends="løs",
    speech=Speech(
        verbs="""
            advarede advarer beskrev beskriver erkender erkendte fastslog fastslår forklarede forklarer forklaret
            fortalt fortalte fortsatte fortsætter fortæller hævdede hævder kalder kaldt kaldte konstaterede
            konstaterer kritiserede kritiserer krævede kræver lovede lover lyder lød mener mente oplyser oplyste
            påpegede påpeger sagde sagt siger siges skrev skrevet skriver spurgte spørger svarede svarer synes
            tilføjede tilføjer troede tror udtaler udtalt udtalte understregede understreger vurderede vurderer
        """,
        participles="sigende",
        according=r"ifølge | med \w+ ord",
        fillers="""
            har havde er var bliver blev også siden senere igen endnu altid allerede derefter videre dog i går dag
            ikke sig det ham hende dem mandag tirsdag onsdag torsdag fredag lørdag søndag
        """,
        infinitive="at",
        passive="blev bliver blevet",
        agent="af",
        pronouns="han ham honom hun hende de vi jeg man",
        who="som der",
        articles="en et den det de hans hendes sin sit deres vores flere to tre nogle denne andre",
        determiners="en et",
        linking="på for fra ved af hos i til med",
        breaks="""
            og men eller at når som mens efter før hvor om fordi mandag tirsdag onsdag torsdag fredag lørdag søndag
            til under over
        """,
        titles=r"""
            hr\.? | fru | dr\.? | professor(?:en)? |
            \w*(?:minister|ministeren|præsident|præsidenten|talsperson|talspersonen|talsmand|talsmanden|talskvinde|chef|chefen|kommissær|kommissæren|ordfører|ordføreren|direktør|direktøren|generalsekretær|generalsekretæren|forsker|forskeren|advokat|anklager|formand|formanden)
        """,
        naming="""
            såkaldte? | (?:filmen|bogen|romanen|serien|sangen|albummet|podcasten|programmet|dokumentaren|kampagnen)
        """,
    ),
)
