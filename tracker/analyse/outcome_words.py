"""Words that say what became of a matter: deaths, arrests, verdicts, votes, closures. Ten languages, no I/O.

Words of one group say the same, so one of them in place of another is no news. `arrest*` stands for every word that
begins so.
"""

from collections import defaultdict
from typing import Final

_OUTCOMES = """
dead death die dies died dying kill kills killed killing killings fatal fatally deadly deceased slain passing tot tote
    toten getötet stirbt starb gestorben todesopfer mort morte morts tué tuée tués décès décède meurt muere* muerte
    muerto* muerta* murió fallec* morto morti morta uccis* dood doden sterft overleden döda dödad* dödats omkom død
    døde dræbt* ginie zmarł* zabit* morre* morreu mortos
| murder* homicide* manslaughter mord* ermordet meurtre* homicidio* asesin* omicid* assassin* moord* vermoord*
    zabójstw* homicídio*
| drown* ertrunken noyé* noyade ahogad* annegat* verdronken drunkna* drukn* utonął utonęł* afog*
| injured injures injury injuries wounded wounds verletzt* blessé* herido* herida* ferito feriti ferita gewond*
    skadad* skadats kvæstet kvæstede ranny ranni rannych ferido*
| shot shoots shooting shootings gunman gunfire schüsse erschossen fusillade tiroteo* sparatoria* schietpartij
    skottloss* skudt skyderi* strzelanin* tiroteio*
| stabbed stabbing stabbings stabs messerangriff* apuñal* accoltell* neergestoken knivskuren knivstukket nożown*
    esfaque*
| crashes crashed collision collides collided derails derailed
| explodes exploded explosion* blast erupts erupted explosión esplosione explosie explosão wybuch*
| arrest* nabbed detain detains detained custody caught festgenommen festnahme* verhaft* interpell* detenid* detiene*
    arrestat* aangehouden opgepakt gripen gripna gripits anhåll* anhold* pågreb* zatrzym* areszt* preso presa presos
    detido*
| charged charges indict* prosecut* arraign* accused angeklagt anklage* inculp* imputad* indagat* aangeklaag* åtal*
    tiltal* sigtet oskarż* arguido*
| convict* guilty schuldig* verurteil* coupable* condamn* culpable* condenad* colpevol* condannat* veroordeel*
    skyldig* dömd dömda döms dømt skazan* winny culpad*
| acquit* cleared exonerat* freigesprochen acquitt* relax* absuel* assolt* vrijgesproken friad* frikend* uniewinni*
    absolv*
| sentenced sentencing jailed imprisoned haftstrafe* gefängnis* prisión cárcel carcere celstraf* fängelse fængsel
    więzien* prisão
| pleads pleaded plea
| sue sues sued suing lawsuit* klagt verklagt* klage querella* querela stämmer stämt sagsøg* pozew pozywa processa
| fined bußgeld* amende* multa multad* boete* böter bøde* grzywn*
| freed bailed freigelassen libéré* liberad* liberat* vrijgelaten frigiv* zwolnion*
| found locate locates located find reunited gefunden aufgefunden retrouvé* hallad* encontrad* ritrovat* gevonden
    teruggevonden hittad* fundet odnalezion* znalezion*
| missing vermisst* disparu* desaparec* scompars* vermist* försvunn* savnet* zaginion* zaginął
| rescue rescues rescued gerettet sauvé* rescatad* salvat* gered räddad* reddet uratowan* resgatad*
| identify identifies identified ids identifiziert identifié* identificad* identificato identificata identificati
    geïdentificeerd identifierad* identificeret zidentyfikowan*
| cancel* scrap scraps scrapped abgesagt annulé* annule* cancelad* annullat* afgelast* inställd* inställt aflyst*
    odwołan*
| lifted lifts expired expires ended ends aufgehoben levé* levantad* revocat* opgeheven hävd* hävs ophæv* zniesion*
| issued
| extended extends verlängert prolong* prorrog* prorog* verleng* förläng* forlæng* przedłuż*
| postpone* delayed delays suspend* verschoben verschieb* reporté* aplaza* rinvia* rinvio uitgesteld uppskjut* udskyd*
    udsat przełoż* odroczon* adia adiad*
| begin begins began begun underway start starts started kicks resume resumes resumed beginnt gestartet commence*
    débute* empieza comienza inizia* comincia begint börjar begynder rozpocz* começa*
| opens opened reopens reopened eröffnet ouvre rouvre abre reabre apre riapre opent heropent öppnar åbner genåbner
    otwiera
| closes closed closure shut shuts schließt geschlossen ferme fermé* cierra cerrad* chiude chius* sluit gesloten
    stänger stängs lukker lukket zamyka zamknięt* fecha fechad*
| approve* passes passed adopts adopted agrees agree agreed ratif* beschließt beschlossen gebilligt verabschiedet
    adopte* approuv* aprueba aprob* approva* goedgekeurd godkän* antar antog vedtag* vedtaget godkend* przyjęł*
    przyjął uchwal* aprova*
| reject* denies denied vetoes vetoed abgelehnt ablehn* rejette* rejeté* rechaz* respin* bocciat* verwerpt verworpen
    avslår avslog forkast* afvis* odrzuc* rejeita*
| signed unterzeichnet signe firma firmat* firmó ondertekent ondertekend undertecknar underskriv* podpis* assina*
| overturn* struck repeal* annulled quashed upheld upholds ruled ruling urteil* gekippt kippt tranche falla fallo*
    sentencia* oordeelt uitspraak dommen orzek* orzeczen*
| resign* quits quit ousted sacked zurückgetreten démission* dimite dimisión dimett* opgestapt aftreden avgår fratræd*
    rezygnuj* demite*
| appoint* elected nominat* ernannt gewählt nommé* élu élue nombrad* elegid* nominat* eletto benoemd* gekozen utsedd
    udnævnt valgt mianowan* wybran* nomead* eleito
| win wins won victory beat beats gewinnt siegt gagne gana vince wint vinner vinder wygrywa* vence
| lose loses defeat* eliminated verliert perd pierde perde verliest förlorar taber przegrywa*
| weaken* downgrad* strengthens strengthened upgraded landfall
| recalled withdraw* zurückgezogen retiré* retirad* ritirat* ingetrokken indraget trukket wycof*
| seized seizes beschlagnahmt saisi* incautad* sequestrat*
| repaired restored hersteld repariert wiederhergestellt rétabli* restablecid* ripristinat*
| stripped
| grounds grounded
| stops stopped stopping halts halted stoppt stoppe detiene ferma stopt stoppar wstrzym*
| raises hikes hiked increases increased erhöht augmente hausse* sube alza aumenta* verhoogt höjer hæver podnosi
    podwyż*
| lowers slashes slashed senkt baisse* baja recorta* taglia verlaagt sänker sænker obniża* corta reduz*
| ban bans banned verboten verbietet interdit* prohíb* prohib* vieta* vietat* verbod* verboden förbjud* forbyd* zakaz*
    proíb*
| confirm* bestätigt conferma* bevestig* bekräft* bekræft* potwierdz*
| disputes disputed dementiert bestreitet dément* desmient* niega nega smentisc* ontken* förnekar nægter zaprzecz*
| admits admitted confess* gesteht admite* confiesa ammett* bekent erkänn* erkend* przyzna*
| apologi* entschuldigt disculp* excuus ursäkt* undskyld* przeprosi* desculp*
| evacuat* evakuier* évacu* evacua* ewaku*
| investigat* probe probes inquiry ermittel* enquête* investig* onderzoek* utred* efterforsk* śledztw*
"""


def _groups() -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Return the group of each whole word, and of each beginning by its first three letters."""
    whole: dict[str, int] = {}
    beginnings: dict[str, dict[str, int]] = defaultdict(dict)
    for number, entries in enumerate(_OUTCOMES.split("|")):
        for entry in entries.split():
            if entry.endswith("*"):
                beginnings[entry[:3]].setdefault(entry[:-1], number)
            else:
                whole.setdefault(entry, number)
    return whole, dict(beginnings)


_WHOLE, _BEGINNINGS = _groups()
_NONE: Final[dict[str, int]] = {}


def outcome_of(word: str) -> int | None:
    """Return the number of the group a folded word belongs to; None if it says no outcome."""
    if word in _WHOLE:
        return _WHOLE[word]
    starts = _BEGINNINGS.get(word[:3], _NONE)
    return next((group for start, group in starts.items() if word.startswith(start)), None)
