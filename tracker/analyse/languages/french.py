"""French."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

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
    background="après | suite à | lors de | pendant | malgré | depuis | avant",
    saying="dit selon déclare affirme indique annonce",
    labels="live direct exclusif vidéo podcast",
    kickers="en direct | tribune | entretien",
    read_more="lire la suite | en savoir plus | lire l['’]article",
    updated="mis à jour",
    at="à",
    counters=r"\d+ commentaires? | il y a \d+ (?:minutes?|heures?)",
    running_pages=r"""
        en direct | minute par minute | suivez (?:en|la|le) | l'essentiel de l'actualité
        | (?:bourse(?: de paris)?|cac 40) (?:\w+ ){0,3}?(?:ouvre|clôture|termine|finit|en
        (?:hausse|baisse)|progresse|recule)
        | bulletin météo
    """,
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
        "win": "gagne perd",
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
    speech=Speech(
        verbs="""
            affirmait affirme affirment affirmé ajoutait ajoute ajouté alerte alerté annonce annoncé appelle appelé
            assurait assure assuré averti avertit commente commenté conclu conclut confie confié critique critiqué
            demande demandé disait disent dit dit-on déclarait déclare déclaré dénonce dénoncent dénoncé estimait
            estime estiment estimé expliquait explique expliquent expliqué fustige fustigé indiquait indique indiqué
            insiste insisté juge jugé lance lancé martelé martèle parle parlent parlé plaide plaidé poursuit poursuivi
            précisait précise précisé prévenu prévient qualifie qualifient qualifié raconte raconté rappelle rappelé
            reconnaît reconnu redoute regrette regretté renchérit réclame réclamé réplique répliqué répond répondu
            résume résumé souligna souligne souligné soutenu soutient tonne tweete tweeté témoigne témoigné écrit
            écrivait écrivent
        """,
        participles="""
            ajoutant affirmant déclarant expliquant estimant précisant dénonçant qualifiant soulignant assurant
            évoquant parlant rappelant appelant jugeant
        """,
        according="selon | d[’']après | pour | aux yeux de",
        fillers="""
            a ont avait avaient est sont était aussi ensuite encore déjà également toujours ainsi puis même hier ne
            pas plus se s lui leur en y l t lundi mardi mercredi jeudi vendredi samedi dimanche pour sa part
        """,
        infinitive="de à",
        passive="été",
        agent="par",
        pronouns="il lui elle ils elles on nous je",
        who="qui",
        articles="""
            le la les l un une des ce cette ces son sa ses leur leurs notre plusieurs deux trois certains du l’ d’
        """,
        determiners="le la les un une son sa",
        linking="de du des d la pour chez à au aux en dans sur avec par auprès",
        breaks="""
            et mais ou que qu qu’il quand lorsque comme car si dont où alors depuis après avant lors dans lundi mardi
            mercredi jeudi vendredi samedi dimanche hier sur auprès
        """,
        titles=r"""
            m\.? | mme\.? | mmes? | dr\.? | le docteur | maître | me |
            (?:ex-|vice-)?(?:ministre|président|présidente|porte-parole|directeur|directrice|commissaire|député|députée|sénateur|sénatrice|avocat|avocate|professeur|eurodéputé|eurodéputée)
        """,
        naming="""
            soi-disant | fameu(?:x|se) | intitulée? | baptisée? |
            (?:film|livre|roman|série|chanson|album|podcast|émission|documentaire|campagne)
        """,
    ),
    opposites="""
        hausse augmente monte / baisse recule diminue, ouvre / ferme, achète / vend, accepte / refuse rejette, plus /
        moins, coupable / innocent, autorise / interdit, confirme / dément, gagne / perd
    """,
)
