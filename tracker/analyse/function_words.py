"""Function words (articles, prepositions, pronouns) of ten languages, which do not tell what an article is about."""

_WORDS = {
    "en": """
a about after again against all also although am an and any are as at be because been before being between both but by
can could did do does doing down during each even for from further get had has have having he her here hers him his
how if in into is it its itself just like may me might more most much must my new no nor not now of off on once one
only or other our out over own s said same say says she should since so some still such t than that the their theirs
them then there these they this those through to too two under until up us very was we were what when where which
while who whom why will with would you your
""",
    "de": """
aber alle als am an auch auf aus bei bin bis das dass daß dem den denn der des die dies diese dieser dieses doch du
durch ein eine einem einen einer eines er es für gegen hat hatte haben ich ihr ihre im in ist ja jetzt kann kein keine
können man mehr mit muss nach nicht noch nun nur ob oder ohne sei sein seine sich sie sind so soll sollen über um und
uns unter vom von vor war waren was weil wenn wer werden wie wieder will wir wird wo wurde zu zum zur zwischen
""",
    "fr": """
à après au aucun aussi autre aux avant avec avoir c car ce ces cet cette ceux chez comme contre d dans de depuis des
deux donc du elle elles en entre est et été être eux fait il ils je j l la le les leur leurs lors lui m mais même n ne
nos notre nous on ont ou où par pas plus pour qu quand que qui s sa sans se selon ses si son sont sous sur ta tous
tout toute trop très un une vers vos votre vous y
""",
    "es": """
al algo ante antes así como con contra cual cuando de del desde donde dos el ella ellos en entre era es esa ese eso
esta está estas este esto están fue ha han hasta hay la las le les lo los más me mi muy ni no nos o otra otro para
pero poco por porque que qué quien se según ser si sí sin sobre solo son su sus también tan tiene todo todos tras un
una uno y ya
""",
    "it": """
ai alla alle allo anche che chi ci come con contro cui da dai dal dalla dalle degli dei del della delle dello di dopo
e è ed era fra gli ha hanno i il in io la le lo loro ma mai nel nella nelle nello no noi non o per perché più poi può
quando quanto quella quello questa questo qui se senza si sono sta su sua sugli sui sul sulla suo tra tutti tutto un
una uno vi
""",
    "nl": """
aan al alle als bij dan dat de deze die dit door dus een en er geen had hebben heeft het hij hoe hun ik in is je kan
kunnen maar meer met mijn moet na naar niet nog nu of om omdat onder ons ook op over te tegen toch toen tot tussen uit
van veel volgens voor waar was wat we wel werd wie wij wordt worden ze zei zich zij zijn zo zonder zou
""",
    "sv": """
alla allt att av bara blev blir då de den denna deras dess det detta dig din du efter ej eller en ett för från får ha
hade han har hon hur i icke inte jag kan kommer man med men mer min mot mycket när något nu och också om oss på samt
sedan sig sin ska skulle som så till under upp ut utan vad var vara vi vid vill än är över
""",
    "da": """
af at blev bliver da de dem den denne der deres det dette dig din du efter eller en end er et for fra få før ham han
har have hendes hun hvad hvem hver hvis hvor i ikke ind jeg kan kun man med meget men mere mod ned nogle nu når og
også om op os over på sig sin skal som til ud under var ved vi vil være
""",
    "pl": """
aby ale bardzo bez bo być był była było były by co czy dla do gdy gdzie go i ich im ja jak jako je jednak jego jej
jest jeszcze już każdy które który która których którzy lub ma mają może można na nad nam nas nie nią niż o od oraz po
pod przed przez przy są się ta tak także tam te tego tej ten też to tu tych tylko tym u w we więc wszystkie z za ze że
""",
    "pt": """
ainda ao aos às até com como contra da das de dela dele depois desde do dos e é ela ele eles em entre era essa esse
esta está estão este eu foi foram há isso isto já lhe mais mas me mesmo meu muito na não nas nem no nos num numa o os
ou para pela pelas pelo pelos por porque qual quando que quem são se segundo sem ser seu seus só sobre sua suas também
te tem ter um uma
""",
}

FUNCTION_WORDS = frozenset(" ".join(_WORDS.values()).split())
"""Case-folded, accents kept."""
