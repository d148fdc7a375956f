"""Words that carry an argument: adding or removing one in a headline changes whose view it takes. Ten languages."""

from collections import defaultdict

_STARTS = {
    "en": """
abandon accus allow attack axe axed axes backed backing backdoor ban banned bans banning block bow bows cave caves
ceding censor clash climbdown compromis concession condemn controvers crackdown criticis criticiz curb danger defeat
defend defian delay demand ditch dilut drop enforce exempt expand fail fear forc halt harm limit loophole mandat
menace oppos order outlaw outrag overhaul overreach paedo pedo pause postpon predator privacy protect protest quash
refus reject resist restrict retreat revolt risk row safeguard safer safety save scan scrap scrutin secur shelv shield
slam snoop soften spy stall strengthen struck support surrender surveil suspend threat tough u-turn undermin victor
victim violat voluntar vow warn water weaken withdraw
""",
    "de": """
ablehn abschwäch angriff aufgeben aufheb aushöhl begrenz bedroh bekämpf beschränk blockier durchleucht eindämm
einschränk entschärf erzwing fordert freiwillig gefahr gefährd gegner geleakt hintertür kippt kippen kontroll kritik
massenüberwach missbrauch niederlage pausier pflicht privatsphäre rückzieher scheiter schnüffel schutz schwäch schütz
spionage sperr stopp streich streit täter überwach untergrab verbiet verbot verschärf verteidig vertag verweiger
verwässer verzicht warnt widerstand zensur zwang
""",
    "fr": """
abandon accus affaibl attaqu autoris bloqu brèche censur concession condamn contrain contest craint critiqu danger
défend dénonc encadr espion exig interdi limit menac obligat oppos pédo porte prédateur protég protect recul refus
rejet renforc renonc report retir risque sauvegard sécur surveill suspend vie viol
""",
    "es": """
abandon amenaz aplaz ataqu autoriz bloque censur conden critic debilit defien defend denunci exig frena impid limit
menores obliga opon oposici peligr pederast permit posterg privacid prohib proteg protec puerta rechaz recort refuerz
retir retroced riesgo segurid suspend vigil viola
""",
    "it": """
abbandon accus attacc autorizz blocc boccia censur condann critic debol difend impon indebol limit minacc obbligo
oppon pedofil pericol privacy proteg protez respin rinuncia rinvi rischi ritir sicurezz sorveglia sospend spia vieta
""",
    "nl": """
aanval afgezwakt afschaf afzwak bedreig beperk bescherm blokkeer censuur dwing eist gevaar inperk intrek kinderporno
kritiek massasurveillance meekijk privacy protest risico schrap spion stopt tegen uitstel verbied verbod verdedig
verplicht verwerp verzwak vrijwillig waarschuw weiger
""",
    "sv": """
avvisa begräns bakdörr fara försvag förbjud förbud försvar hot integritet kräver kritik kritis massövervak motstånd
pedofil pausa risk skjuter skrota skydd stopp säkerhet tvinga tvång uppskjut varna vägra övervak
""",
    "da": """
advar afvis angreb bagdør beskyt begræns droppe farlig forbud forbyd forsvar frivillig kritik kræver modstand overvåg
pauser pædofil risiko skrot sikkerhed stopper svække tvang tvinge trusl udskyd udsæt
""",
    "pl": """
atak blokad broni bezpiecz cenzur chroni groźb inwigil kryty nakaz obow odrzuc ogranicz ochron osłab ostrzeg pedofil
porzuc prywatn przymus ryzyko sprzeciw tyln wycof wymus wstrzym zagroż zakaz żąda
""",
    "pt": """
abandon adia ameaç ataca autoriz bloque cede censur conden contesta critic defend enfraquec exig limit obriga opõe
pedófil perigo permit privacidade proíb proib protec proteg recua recus reforç rejeit retira risco seguranç suspend
vigil
""",
}

_TELLING = {
    "en": """
not no never without none nobody may might could will must can cannot won wins lost only alleged allegedly suspected
former ex first last all some now
""",
    "de": """
nicht kein keine keinen nie ohne darf muss soll kann könnte wird mutmaßlich angeblich alle
""",
    "fr": """
pas non jamais sans peut doit pourrait va tous présumé
""",
    "es": """
nunca sin puede debe podría todos presunto
""",
    "it": """
mai senza può deve potrebbe tutti
""",
    "nl": """
niet geen nooit zonder mag moet kan zou zal vermeende
""",
    "sv": """
inte ingen aldrig utan får måste ska alla misstänkt
""",
    "da": """
ikke ingen uden må skal vil formodet
""",
    "pl": """
nie bez może musi wszyscy rzekomy
""",
    "pt": """
não sem pode vai alegado
""",
}


def _by_beginning() -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for start in dict.fromkeys(" ".join(_STARTS.values()).split()):
        groups[start[:3]].append(start)
    return {beginning: tuple(starts) for beginning, starts in groups.items()}


STANCE = _by_beginning()
"""Word beginnings by their first three letters, case-folded."""

TELLING = frozenset(" ".join(_TELLING.values()).split())
"""Words that always change the sense when added or removed: negations, degrees of certainty, quantities."""
