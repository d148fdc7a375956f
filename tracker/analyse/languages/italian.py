"""Italian."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

ITALIAN: Final = Language(
    code="it",
    function_words="""
        ai alla alle allo anche che chi ci come con contro cui da dai dal dalla dalle degli dei del della delle dello
        di dopo e è ed era fra gli ha hanno i il in io la le lo loro ma mai nel nella nelle nello no noi non o per
        perché più poi può quando quanto quella quello questa questo qui se senza si sono sta su sua sugli sui sul
        sulla suo tra tutti tutto un una uno vi
    """,
    stances="""
        abbandon accus attacc autorizz blocc boccia censur condann critic debol difend impon indebol limit minacc
        obbligo oppon pedofil pericol privacy proteg protez respin rinuncia rinvi rischi ritir sicurezz sorveglia
        sospend spia vieta
    """,
    denials="non mai senza",
    doubts="può potrebbe",
    qualifiers="deve tutti",
    interrogatives="come perché chi cosa quando",
    aims="",
    background="dopo | durante | nonostante | prima di",
    saying="dice secondo afferma",
    labels="live diretta esclusiva video aggiornamenti",
    kickers="ultim'ora",
    read_more="continua a leggere | leggi (?:tutto|di più)",
    updated="aggiornato",
    at="alle",
    counters=r"\d+ commenti | \d+ (?:minuti|ore) fa",
    running_pages=r"""
        (?:in )?diretta | minuto per minuto | ultime notizie
        | (?:borsa|piazza affari|ftse mib) (?:\w+ ){0,3}?(?:apre|chiude|in (?:rialzo|calo)|sale|scende)
    """,
    by="di",
    months="""
        gennaio genn gen, febbraio febbr feb, marzo mar, aprile apr, maggio magg mag, giugno giu, luglio lug, agosto
        ago, settembre sett set, ottobre ott, novembre nov, dicembre dic
    """,
    weekdays="lunedì martedì mercoledì giovedì venerdì sabato domenica",
    near_days="oggi domani ieri",
    ordinals="o | a",
    of="",
    numbers="zero, un, due, tre, quattro, cinque, sei, sette, otto, nove, dieci, undici, dodici",
    million="mln | milion[ei]",
    billion="mld | miliard[oi]",
    percent="per cento",
    outcomes={
        "death": "morto morti morta uccis*",
        "murder": "omicid* assassin*",
        "drowning": "annegat*",
        "injury": "ferito feriti ferita",
        "shooting": "sparatoria*",
        "stabbing": "accoltell*",
        "explosion": "esplosione",
        "arrest": "arrestat*",
        "charge": "indagat*",
        "conviction": "colpevol* condannat*",
        "acquittal": "assolt*",
        "sentence": "carcere",
        "lawsuit": "querela",
        "fine": "multa multad*",
        "release": "liberat*",
        "find": "ritrovat*",
        "missing": "scompars*",
        "rescue": "salvat*",
        "identification": "identificato identificata identificati",
        "cancellation": "annullat*",
        "end": "revocat*",
        "extension": "prorog*",
        "delay": "rinvia* rinvio",
        "beginning": "inizia* comincia",
        "opening": "apre riapre",
        "closing": "chiude chius*",
        "approval": "approva*",
        "rejection": "respin* bocciat*",
        "signing": "firma firmat*",
        "ruling": "sentencia*",
        "resignation": "dimett*",
        "appointment": "nominat* eletto",
        "win": "vince perde",
        "withdrawal": "ritirat*",
        "seizure": "sequestrat*",
        "repair": "ripristinat*",
        "stop": "ferma",
        "rise": "aumenta*",
        "cut": "taglia",
        "ban": "vieta* vietat*",
        "confirmation": "conferma*",
        "denial": "nega smentisc*",
        "admission": "ammett*",
        "evacuation": "evacua*",
    },
    speech=Speech(
        verbs="""
            accusa accusato afferma affermano affermato aggiunge aggiunse aggiunto ammesso ammette annuncia annunciato
            assicura assicurato attacca attaccato avverte avvertito avvertono bolla bollato chiama chiede chiedono
            chiesto commenta commentato conclude concluso confida critica criticato definisce definiscono definito
            definì denuncia denunciano denunciato detto dice diceva dichiara dichiarato dichiarò dicono disse insiste
            insistito lamenta lamentato osserva osservato parla parlato precisa precisato prosegue racconta raccontato
            replica replicato riassume ribadisce ribadito ricorda ricordato risponde risposto ritiene sbotta scrisse
            scritto scrive scrivono sostengono sostenuto sostiene sottolinea sottolineato spiega spiegano spiegato
            spiegò tuona twitta twittato
        """,
        participles="aggiungendo affermando dicendo spiegando definendo sottolineando parlando avvertendo",
        according="secondo | per | a detta di | stando a | nelle parole di",
        fillers="""
            ha hanno aveva avevano è sono era anche poi ancora già sempre inoltre ieri oggi invece non si gli le lo
            così infine però lunedì martedì mercoledì giovedì venerdì sabato domenica dal canto suo
        """,
        infinitive="di a da",
        passive="stato stata stati",
        agent="da | dal | dalla | dall[’']",
        pronouns="egli lui lei ella loro noi io",
        who="che cui",
        articles="""
            il lo la i gli le l un uno una del della dei suo sua suoi questo questa alcuni alcune due tre molti un’ l’
        """,
        determiners="il lo la i gli le un una",
        linking="di del della dello dei degli delle dell per in con da dal dalla a al alla presso su",
        breaks="""
            e ed ma o che quando come perché se dove mentre dopo durante lunedì martedì mercoledì giovedì venerdì
            sabato domenica ieri oggi
        """,
        titles=r"""
            sig\.?(?:ra)? | signora? | dott\.?(?:ssa)? | prof\.?(?:essor|essoressa|essa)? | on\.? | onorevole | (?:ex
            |vice)?(?:ministro|ministra|presidente|portavoce|direttore|direttrice|commissario|commissaria|deputato|deputata|senatore|senatrice|avvocato|avvocata|eurodeputato|eurodeputata|garante)
        """,
        naming="""
            cosiddett[oaie] | chiamat[oa] | intitolat[oa] |
            (?:film|libro|romanzo|serie|canzone|album|podcast|programma|documentario|campagna)
        """,
    ),
    opposites="""
        sale aumenta / scende cala, apre / chiude, compra / vende, accetta / rifiuta respinge, più / meno, colpevole /
        innocente, permette / vieta, conferma / smentisce, vince / perde
    """,
)
