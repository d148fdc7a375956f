"""German."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

GERMAN: Final = Language(
    code="de",
    function_words="""
        aber alle als am an auch auf aus bei bin bis das dass dem den denn der des die dies diese dieser dieses
        doch du durch ein eine einem einen einer eines er es für gegen hat hatte haben ich ihr ihre im in ist ja jetzt
        kann kein keine können man mehr mit muss nach nicht noch nun nur ob oder ohne sei sein seine sich sie sind so
        soll sollen über um und uns unter vom von vor war waren was weil wenn wer werden wie wieder will wir wird wo
        wurde zu zum zur zwischen
    """,
    stances="""
        ablehn abschwäch angriff aufgeben aufheb aushöhl begrenz bedroh bekämpf beschränk blockier durchleucht eindämm
        einschränk entschärf erzwing fordert freiwillig gefahr gefährd gegner geleakt hintertür kippt kippen kontroll
        kritik massenüberwach missbrauch niederlage pausier pflicht privatsphäre rückzieher scheiter schnüffel schutz
        schwäch schütz spionage sperr stopp streich streit täter überwach untergrab verbiet verbot verschärf verteidig
        vertag verweiger verwässer verzicht warnt widerstand zensur zwang
    """,
    denials="nicht kein keine keinen nie ohne",
    doubts="darf kann könnte mutmaßlich angeblich",
    qualifiers="muss soll wird alle",
    interrogatives="wie was warum wer wann welche",
    aims="zu",
    background="nach | wegen | trotz | während | seit | vor",
    saying="sagt sagte sagen laut meldet erklärt erklärte zufolge",
    labels="live liveticker liveblog blog ticker update video podcast eilmeldung aktuell exklusiv kommentar",
    kickers="eil | analyse | interview | live-blog",
    read_more="(?:hier )?weiterlesen | mehr lesen | zum artikel",
    updated="aktualisiert | stand",
    at="um",
    counters=r"\d+ kommentare? | vor \d+ (?:minuten?|stunden?)",
    running_pages=r"""
        live-?ticker | im (?:liveticker|liveblog|live-blog) | newsblog | (?:der|die) lage im überblick
        | wetterbericht | börsenticker
        | (?:dax|börse|anleger|aktien|wall street) (?:\w+ ){0,3}?(?:startet|schließt|steigt|fällt|im
        (?:plus|minus)|fester|schwächer)
        | das wetter
    """,
    by="von | mit Material von",
    months="""
        januar janner jan, februar feber feb, marz maerz mrz mar, april apr, mai, juni jun, juli jul, august aug,
        september sept sep, oktober okt, november nov, dezember dez
    """,
    weekdays="montag dienstag mittwoch donnerstag freitag samstag sonntag",
    near_days="heute morgen",
    ordinals="",
    of="",
    numbers="null, eins, zwei, drei, vier, fünf, sechs, sieben, acht, neun, zehn, elf, zwölf",
    million=r"mio\.? | million(?:en)?",
    billion=r"mrd\.? | milliarden?",
    percent="prozent",
    outcomes={
        "death": "tote toten getötet stirbt starb gestorben todesopfer",
        "murder": "mord* ermordet",
        "drowning": "ertrunken",
        "injury": "verletzt*",
        "shooting": "schüsse erschossen",
        "stabbing": "messerangriff*",
        "arrest": "festgenommen festnahme* verhaft*",
        "charge": "angeklagt anklage*",
        "conviction": "schuldig* verurteil*",
        "acquittal": "freigesprochen",
        "sentence": "haftstrafe* gefängnis*",
        "lawsuit": "klagt verklagt* klage",
        "fine": "bußgeld*",
        "release": "freigelassen",
        "find": "gefunden aufgefunden",
        "missing": "vermisst*",
        "rescue": "gerettet",
        "identification": "identifiziert",
        "cancellation": "abgesagt",
        "end": "aufgehoben",
        "extension": "verlängert",
        "delay": "verschoben verschieb*",
        "beginning": "beginnt gestartet",
        "opening": "eröffnet",
        "closing": "schließt geschlossen",
        "approval": "beschließt beschlossen gebilligt verabschiedet",
        "rejection": "abgelehnt ablehn*",
        "signing": "unterzeichnet",
        "ruling": "urteil* gekippt kippt",
        "resignation": "zurückgetreten",
        "appointment": "ernannt gewählt",
        "win": "gewinnt siegt verliert",
        "withdrawal": "zurückgezogen",
        "seizure": "beschlagnahmt",
        "repair": "repariert wiederhergestellt",
        "stop": "stoppt",
        "rise": "erhöht",
        "cut": "senkt",
        "ban": "verboten verbietet",
        "confirmation": "bestätigt",
        "denial": "dementiert bestreitet",
        "admission": "gesteht",
        "apology": "entschuldigt",
        "evacuation": "evakuier*",
        "investigation": "ermittel*",
    },
    negating_ends="los lose loses",
    speech=Speech(
        verbs="""
            antwortet antwortete begründet begründete behauptet behauptete bekräftigt bekräftigte berichten berichtet
            berichtete betont betonte betonten bezeichnen bezeichnet bezeichnete bezeichneten ergänzt ergänzte erklärt
            erklärte erklärten erzählt erzählte erzählten findet fordert forderte forderten fragt fragte fügte genannt
            gesagt geschrieben heißt hieß hält kommentiert kommentierte kontert konterte kritisiert kritisierte
            kritisierten lobt lobte mahnt mahnte mahnten meint meinte nannte nannten nennt rief räumte sagen sagt
            sagte sagten schreibt schrieb schrieben sprach spricht stellt stellte teilte twitterte unterstreicht
            unterstrich urteilt urteilte verlangt verlangte verlangten versprach verspricht verteidigt verteidigte
            warf warnt warnte warnten wirft zitiert zitierte äußert äußerte
        """,
        participles="hinzufügend",
        according="laut | nach angaben (?:von|der|des) | zufolge | so",
        fillers="""
            sind seien sei waren hat haben hatte hatten ist war wird wurde auch dann später erneut wieder noch immer
            nur jetzt nun zuletzt zudem dazu daraufhin weiter gestern heute jedoch aber dagegen dabei sich es ihm ihr
            ihnen montag dienstag mittwoch donnerstag freitag samstag sonntag am
        """,
        infinitive="zu",
        passive="wurde wurden wird werden worden",
        agent="von",
        pronouns="er ihm sie man wir ich",
        who="der die das welcher welche",
        articles="""
            der die das den dem des ein eine einer eines seine sein seiner ihre ihr ihrer unser unsere mehrere viele
            einige zwei drei dieser diese
        """,
        determiners="eine einer eines seine ihre",
        linking="von vom der des bei beim für aus zum zur in im am an auf mit nach gegenüber",
        breaks="""
            und aber oder dass weil wenn als während nachdem bevor wo wie ob denn sondern gegenüber am um über seit
            durch zum gestern heute montag dienstag mittwoch donnerstag freitag samstag sonntag daß
        """,
        titles=r"""
            \w*(?:minister|präsident|sprecher|kommissar|chef|direktor|kanzler|abgeordnete|beauftragte|expert|forscher)(?:in|e|r|en)?
            | herr | frau | dr\.? | prof(?:essorin|essor|\.)? | eu-\w+ | \w+-politiker(?:in)?
        """,
        naming="""
            sogenannte[nrs]? | so genannte[nrs]? |
            (?:roman|film|buch|serie|lied|song|album|podcast|sendung|titel|titels|doku|spielfilm|kampagne|aktion)
        """,
        capitalises_nouns=True,
    ),
    opposites="""
        steigt steigen höher / fällt sinkt sinken niedriger, öffnet / schließt, kauft / verkauft, stimmt / lehnt,
        dafür / dagegen, mehr / weniger, schuldig / unschuldig, erlaubt / verbietet verboten, bestätigt / dementiert,
        gewinnt / verliert
    """,
)
