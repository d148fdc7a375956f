"""French."""

from typing import Final

from tracker.analyse.languages.language import Language

FRENCH: Final = Language(
    code="fr",
    function_words="""
        à après au aucun aussi autre aux avant avec avoir c car ce ces cet cette ceux chez comme contre d dans de
        depuis des deux donc du elle elles en entre est et été être eux fait il ils je j l la le les leur leurs lors
        lui m mais même n ne nos notre nous on ont ou où par pas plus pour qu quand que qui s sa sans se selon ses si
        son sont sous sur ta tous tout toute trop très un une vers vos votre vous y
    """,
    stances="""
        abandon accus affaibl attaqu autoris bloqu brèche censur concession condamn contrain contest craint critiqu
        danger défend dénonc encadr espion exig interdi limit menac obligat oppos pédo porte prédateur protég protect
        recul refus rejet renforc renonc report retir risque sauvegard sécur surveill suspend vie viol
    """,
    denials="pas non jamais sans",
    doubts="peut pourrait présumé",
    qualifiers="doit va tous",
    interrogatives="comment pourquoi qui que quand quel quelle",
    aims="pour",
    saying="dit selon déclare affirme indique annonce",
    labels="live direct exclusif vidéo podcast",
    kickers="en direct | tribune | entretien",
    read_more="lire la suite | en savoir plus | lire l['’]article",
    updated="mis à jour",
    at="à",
    counters=r"\d+ commentaires? | il y a \d+ (?:minutes?|heures?)",
    running_pages="en direct | minute par minute | suivez (?:en|la|le)",
    by="par",
    months="""
        janvier janv jan, fevrier fevr fev, mars mar, avril avr, mai, juin, juillet juill juil, aout aou, septembre
        sept sep, octobre oct, novembre nov, decembre dec
    """,
    weekdays="lundi mardi mercredi jeudi vendredi samedi dimanche",
    near_days="demain",
    ordinals="er | e",
    of="",
    numbers="zéro, un, deux, trois, quatre, cinq, six, sept, huit, neuf, dix, onze, douze",
    million="millions?",
    billion="milliards?",
    percent="pour cent",
    outcomes={
        "death": "mort morte morts tué tuée tués décès décède meurt",
        "murder": "meurtre* assassin*",
        "drowning": "noyé* noyade",
        "injury": "blessé*",
        "shooting": "fusillade",
        "explosion": "explosion*",
        "arrest": "interpell*",
        "charge": "inculp*",
        "conviction": "coupable* condamn*",
        "acquittal": "acquitt* relax*",
        "fine": "amende*",
        "release": "libéré*",
        "find": "retrouvé*",
        "missing": "disparu*",
        "rescue": "sauvé*",
        "identification": "identifié*",
        "cancellation": "annulé* annule*",
        "end": "levé*",
        "extension": "prolong*",
        "delay": "reporté*",
        "beginning": "commence* débute*",
        "opening": "ouvre rouvre",
        "closing": "ferme fermé*",
        "approval": "adopte* approuv*",
        "rejection": "rejette* rejeté*",
        "signing": "signe",
        "ruling": "tranche",
        "resignation": "démission*",
        "appointment": "nommé* élu élue",
        "win": "gagne",
        "loss": "perd",
        "withdrawal": "retiré*",
        "seizure": "saisi*",
        "repair": "rétabli*",
        "stop": "stoppe",
        "rise": "augmente hausse*",
        "cut": "baisse*",
        "ban": "interdit*",
        "confirmation": "confirm*",
        "denial": "dément*",
        "admission": "admite*",
        "evacuation": "évacu*",
        "investigation": "enquête*",
    },
)
