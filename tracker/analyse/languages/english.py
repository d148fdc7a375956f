"""English."""

from typing import Final

from tracker.analyse.languages.language import Language
from tracker.analyse.languages.speech import Speech

ENGLISH: Final = Language(
    code="en",
    function_words="""
        a about after again against all also although am an and any are as at be because been before being between
        both but by can could did do does doing down during each even for from further get had has have having he her
        here hers him his how if in into is it its itself just like may me might more most much must my new no nor not
        now of off on once one only or other our out over own s said same say says she should since so some still such
        t than that the their theirs them then there these they this those through to too two under until up us very
        was we were what when where which while who whom why will with would you your
    """,
    stances="""
        abandon accus allow attack axe axed axes backed backing backdoor ban banned bans banning block bow bows cave
        caves ceding censor clash climbdown compromis concession condemn controvers crackdown criticis criticiz curb
        danger defeat defend defian delay demand ditch dilut drop enforce exempt expand fail fear forc halt harm limit
        loophole mandat menace oppos order outlaw outrag overhaul overreach paedo pedo pause postpon predator privacy
        protect protest quash refus reject resist restrict retreat revolt risk row safeguard safer safety save scan
        scrap scrutin secur shelv shield slam snoop soften spy stall strengthen struck support surrender surveil
        suspend threat tough u-turn undermin victor victim violat voluntar vow warn water weaken withdraw
    """,
    denials="not no never without none nobody",
    doubts="may might could alleged allegedly suspected only ex former",
    qualifiers="will must can cannot won wins lost first last all some now",
    interrogatives="how what why who which when where can could should do does did is are will would",
    aims="to help helping",
    background="after | following | amid | amidst | over | during | since | despite | before | ahead of | accused of",
    saying="""
        say says said saying tell tells told claim claims claimed state states stated according add adds added report
        reports reported announce announces announced insist insists insisted reveal reveals revealed
    """,
    labels="""
        live update updates updated exclusive video watch breaking latest photos pictures gallery podcast audio
        analysis explainer explained opinion news today liveblog blog ticker
    """,
    kickers=r"""
        breaking news | updated? \d+ | in pictures | comment | column | editorial | interview | review | factbox |
        listen | just in | developing | revealed | corrected
    """,
    read_more="""
        (?:click here to )?(?:read|see|find out|learn|view) (?:more|the full (?:story|article))[^.]{0,60}
        | continue reading[^.]{0,80} | full story | keep reading
        | the post .{1,200} (?:first appeared|appeared first) on .{1,60}
    """,
    updated="(?:last )?(?:updated|published|posted)",
    at="on | at",
    counters=r"""
        \d+ (?:comments?|replies|shares?|likes?|views?|watching(?: now)?|viewers)
        | (?:\d+|an?|one) (?:seconds?|minutes?|mins?|hours?|hrs?) ago
    """,
    running_pages=r"""
        (?:live|latest|breaking|daily|rolling) (?:news (?:and )?)?(?:updates?|coverage|tracker|briefing|scores?)
        | as it happened | how (?:the day|it) unfolded | what we know | today.s (?:top )?(?:headlines|stories)
        | (?:morning|evening|daily|weekly|news) (?:briefing|bulletin|digest|forecast|quiz|round-?up)
        | (?:latest|rolling) (?:news|updates?|figures|numbers|rules|advice) | things (?:you need )?to know
        | (?:weather|storm|frost|freeze|wind|flood|heat|snow|tornado|thunderstorm|fire weather|travel)
        (?:impact )?(?:alerts?|advisor(?:y|ies)|watch(?:es)?|warnings?)
        | weather forecast | storm team | code blue | (?:chance|risk) of (?:rain|snow|showers|storms|thunderstorms)
        | (?:rain|snow|showers|storms|thunderstorms) (?:possible|likely|expected) | sunny spells
        | (?:cooler|warmer|colder|hot|dry|wet|humid|windy|chilly)(?:,| and| but| with)
        (?:less |more )?(?:cooler|warmer|colder|hot|dry|wet|humid|windy|chilly|sunny|cloudy)
        | market (?:wrap|report|close) | stock market (?:today|live) | markets? today
        | (?:wall street|wall st|s&p 500|nasdaq|dow(?: jones)?|ftse(?: 100)?|asx(?: 200)?|sti|straits times index|nikkei
        |hang seng|kospi|sensex|nifty|psei|nzx(?: 50)?)(?: [\w&]+){0,3}?
        (?:opens?|to open|closes?|ends?|finish(?:es)?|rises?|falls?|gains?|slips?|slides?|jumps?|drops?|edges?|climbs?
        |rall(?:y|ies)|slumps?|surges?|tumbles?|dips?|eases?|retreats?|plunges?|up|down|higher|lower|mixed|flat)
        | (?:stocks|(?:asian|european|us|world|global) shares|share ?market|peso|ringgit|rupee|sterling|bitcoin
        |(?:nz|aussie|australian|canadian|us) dollar|gold(?: prices?)?|(?:oil|crude)(?: prices?)?)
        (?:open|close|end|finish|rise|fall|gain|slip|slide|jump|drop|edge|climb|slump|surge|tumble|dip|ease|weaken
        |strengthen|top|retreat|plunge|sink|soar|give up|rally|rallie)(?:s|es)?
        | (?:transfer|trade) (?:rumours?|rumors?|gossip) | live scores? | winning numbers | lotto results?
        | traffic update | what to watch | the week in | medal (?:table|tally|count) | typhoon signal
        | weather(?=:) | (?:daily|\d+ new) (?:[\w-]+ ){0,2}cases
    """,
    by="by",
    months="""
        january jan, february feb, march mar, april apr, may, june jun, july jul, august aug, september sept sep,
        october oct, november nov, december dec
    """,
    weekdays="monday tuesday wednesday thursday friday saturday sunday",
    near_days="today tonight tomorrow yesterday",
    ordinals="st | nd | rd | th",
    of="of",
    numbers="""
        zero, one first, two second, three third, four fourth, five fifth, six sixth, seven seventh, eight eighth,
        nine ninth, ten tenth, eleven, twelve
    """,
    million="m | mn | millions?",
    billion="b | bn | billions?",
    percent="percent | per cent | pct",
    outcomes={
        "death": """
            dead death dies died dying kill kills killed killing killings fatal fatally deadly deceased slain
        """,
        "murder": "murder* homicide* manslaughter",
        "drowning": "drown*",
        "injury": "injured wounded wounds",
        "shooting": "shot shoots shooting shootings gunman gunfire",
        "stabbing": "stabbed stabbing stabbings stabs",
        "crash": "crashes crashed collision collides collided derails derailed",
        "destruction": "destroys destroyed gutted",
        "explosion": "explodes exploded explosion* blast erupts erupted",
        "arrest": "arrest* surrendered surrenders nabbed detain detains detained custody",
        "charge": "charged charges indict* prosecut* arraign* accused",
        "conviction": "convict* guilty",
        "acquittal": "acquit* cleared exonerat*",
        "sentence": "sentenced sentencing jailed imprisoned",
        "plea": "pleads pleaded",
        "lawsuit": "sue sues sued suing lawsuit*",
        "fine": "fined",
        "release": "freed bailed",
        "find": "found locate locates located find reunited",
        "missing": "missing",
        "rescue": "rescues rescued",
        "identification": "identify identifies identified ids",
        "cancellation": "cancel* scrap scraps scrapped",
        "end": "lifted expired expires ended ends averted",
        "issue": "issued",
        "extension": "extended extends",
        "delay": "postpone* delayed delays suspend*",
        "beginning": "begin begins began begun underway starts started resume resumes resumed",
        "opening": "opened reopens reopened",
        "closing": "closes closed closure shut shuts",
        "approval": "approve* passes passed adopts adopted agrees agree agreed ratif*",
        "rejection": "reject* denies denied vetoes vetoed",
        "signing": "signed",
        "ruling": "overturn* repeal* annulled quashed upheld upholds ruling",
        "resignation": "resign* quits quit ousted sacked sacks",
        "appointment": "appoint* elected nominat*",
        "win": "win wins won victory beat beats survives survived defeat* eliminated loses",
        "strength": "weaken* downgrad* strengthens strengthened upgraded landfall",
        "withdrawal": "withdraw*",
        "seizure": "seized seizes",
        "repair": "repaired restored",
        "stripping": "stripped",
        "grounding": "grounded",
        "stop": "halts halted",
        "rise": "hikes hiked",
        "cut": "lowers slashes slashed",
        "ban": "ban bans banned",
        "denial": "disputes disputed",
        "admission": "admits admitted confess*",
        "apology": "apologi*",
        "evacuation": "evacuat*",
        "investigation": "investigat* probe probes inquiry",
    },
    speech=Speech(
        verbs="""
            began begins started went goes
            accused accuses acknowledge acknowledged acknowledges add added adds admit admits admitted advise advised
            advises advocated affirmed agree agreed agrees allege alleged alleges alluded announce announced announces
            answer answered answers argue argued argues ask asked asks assert asserted asserts assured attacked barked
            beamed believe believes bellowed blamed blames blasted boast boasted boasts branded call called calls
            caution cautioned cautions chanted charged chimed cited cites claim claimed claims commented complain
            complained complains conceded concedes conclude concluded concludes condemned confess confessed confirm
            confirmed confirms contend contended contends continue continued continues counter countered counters
            cried criticised criticized criticizes declare declared declares demanded demands demurred denied denies
            denounced deride derided describe described describes dismissed dubbed echoed elaborated emailed
            emphasised emphasized exclaimed exclaims exhorted explain explained explains expressed expresses feel
            feels fumed growled gushed hailed hinted hypothesized imagined insist insisted insists interjected joke
            joked jokes labeled labelled lamented laughed likened likens listed lists mocked mocks mused note noted
            notes observe observed observes offered opined photographed pleaded pledged pointed posted praised praises
            predicted predicts proclaimed promised promises proposed protested questioned quip quipped quips quoted
            quotes ranted reacted read reads reasoned recall recalled recalls recounted referred reiterated remark
            remarked remember remembered remembers repeated replied replies reported reports respond responded
            responds retaliated retorted retweeted revealed ridiculed riffed ruled said sang say says scoffed shot
            shouted shouts sighed sings slammed snapped spat speculated stated stress stressed stresses suggest
            suggested suggests talked teased tell tells testified thanked think thinks thought thundered told touted
            tweet tweeted tweets urge urged urges vow vowed vows warn warned warns whispered wonder wondered wonders
            worried write writes wrote yelled
        """,
        participles="""
            adding announcing arguing asking asserting branding calling claiming complaining concluding declaring
            denouncing describing dismissing explaining insisting joking labeling labelling noting predicting promising
            pointing praising quoting referring remarking repeating replying saying shouting stating stressing
            suggesting telling touting tweeting urging vowing warning writing yelling
        """,
        according="according to | in the words of",
        fillers="""
            also then later once recently again still even just now never always often repeatedly has have had would
            will did does do could should may might must can is was were are been being not immediately first himself
            herself themselves further too only already simply however meanwhile instead yet specifically moreover
            suddenly maybe perhaps today tonight yesterday monday tuesday wednesday thursday friday saturday sunday
        """,
        infinitive="to",
        passive="was were been being is are be",
        agent="by",
        pronouns="he him she they we i it you",
        who="who which",
        articles="""
            the a an one another his her their its our my some several many most other two three four five this that
            these those
        """,
        determiners="the a an his her their its our my",
        linking="for of at from with to on in by",
        breaks="""
            and but that when while as because if who which whom whose where after before during since until although
            though so in on at by with about via following adding saying noting referring citing speaking calling put
            puts sent sends made makes took takes came comes got gets tried tries gave gives released issued published
            explaining describing arguing recalling warning among amid through according last this earlier later
            monday tuesday wednesday thursday friday saturday sunday yesterday today
        """,
        titles=r"""
            mrs?\.? | ms\.? | miss | dr\.? | prof(?:essor)?\.? | sir | dame | lord | lady | baroness | the rev\.? |
            sens?\.? | reps?\.? | gov\.? | gen\.? | lt\.? | col\.? | sgt\.? | capt\.? | president | (?:prime |home
            |foreign |justice )?minister | (?:former|then|late) | senators? | representative | congress(?:man|woman) |
            governor | mayor | secretary | chancellor | commissioner | chief | director | general | judge | justice |
            chairman | chairwoman | spokes(?:man|woman|person) | mp | mep | king | queen | prince | pope
        """,
        naming="""
            so-called | titled | entitled | known as | nicknamed | headlined
            | (?:book|novel|film|movie|song|album|podcast|series|documentary|memoir|episode)
        """,
        given_names="will",
        inverts=False,
    ),
    hints={
        "death": """
            die lives life loses toll tragedy tragic mourn* tribute* funeral perish* massacre* body bodies
            drown* shot passing succumb* fatalit* farewell assassinat* execut* electrocut* crushed obituar*
            suicide murder* homicide*
        """,
        "murder": "kill* slain slaying dead death dies died assassinat*",
        "injury": "hurt hospital* critical struck mauled bitten hit injury injuries injures",
        "shooting": "gun guns fire bullet* gunned shots",
        "stabbing": "knif* blade machete slash*",
        "crash": """
            smash* accident hit hits wreck rollover collide crash* collision* derail* pile* plunge* tracks
            overturn* slam* struck strikes down
        """,
        "explosion": "bomb* blow* blew spew* detonat*",
        "destruction": """
            raze* rips tears ravage* burn* flatten* engulf* level* gut guts ruin* wreck* destruct*
        """,
        "arrest": """
            held hold nabs cuffed captured apprehended caught nab picks picked rounded captur* booked catch*
        """,
        "charge": "charge accuse accuses faces dock court trial booked",
        "sentence": "jail prison bars behind locked years life sent term",
        "plea": "plead plea guilty",
        "lawsuit": "legal suit court",
        "fine": "fine fines penalty slapped pay pays penalties",
        "release": "free release releases released walks",
        "find": "discover* recover* uncover* unearth* spot spotted turns turned track*",
        "missing": "search* hunt* vanish* disappear* lost whereabouts gone seen",
        "rescue": "rescue save* plucked pulled safe safety brought",
        "identification": "name names named",
        "cancellation": """
            axe axed axes call called calls off drop dropped drops ditch* shelve* pull pulls end ends ended
            withdraw* not no nix* kills
        """,
        "end": """
            over stop* finish* lift ease* end expire scrap* cancel* drop* axe* withdraw* remove* lifts longer
            conclud* wrap* off
        """,
        "issue": "issues",
        "extension": "longer extend prolong*",
        "delay": "off back push* hold wait later",
        "beginning": """
            open opens kick off launch* opening resume start* begin* kicks way back track restart*
        """,
        "opening": "open opening launch* return* back unveil* reopen cuts ribbon opens",
        "closing": "close closing shutdown shutter* ceas* limits quits ends",
        "approval": """
            ok oks okays okayed green nod backs backed yes clears pass votes voted agree deal thumbs ahead
            greenlight* accept* reach* endors*
        """,
        "rejection": """
            no refus* turn turns down rebuff* snub* block* dismiss* thrown reject deny nix* kill* not against
            fails
        """,
        "signing": "deal sign signs pen ink*",
        "ruling": "court judge rules decision verdict struck ruled",
        "resignation": """
            step steps stepping down leave* leaving exit* depart* out goes go sack sacking fired door axe* dump*
            loses dismiss* remove*
        """,
        "appointment": """
            new pick picks picked chosen taps tapped takes name names named choose* select* hire* elects become*
        """,
        "win": """
            through rall* lift* over homer* stun* outlast* overcome* champion* triumph* cruis* edge* down downs
            toppl* sink sinks thrash* advanc* past tops crowned gold dominat* defeat* outclass* into out beaten
            exit* crash* bow bows knocked lose lost hammer* topple* pip* claim* take takes took see sees good
            best* rout* trounc* crush* fall falls struck stripped ok oks approv*
        """,
        "withdrawal": "recall recalls pull pulls pulled exit* leave* drop drops recalled",
        "seizure": "seize haul bust confiscat* grab* intercept*",
        "grounding": "grounds bar barred",
        "stop": "halt stop block* ban* suspend* pause* stops stopped stopping",
        "rise": "up higher raise hike raises increases increased",
        "cut": "lower down cuts cut slash trim* reduc*",
        "ban": "outlaw* prohibit* bar bars barred no struck",
        "denial": "deny denies denied reject* dismiss*",
        "admission": "admit guilty owns owned",
        "apology": "sorry regret*",
        "evacuation": "flee* leave homes",
        "investigation": "examin* look looks review* inquest opens",
        "acquittal": "innocent clear clears",
        "strength": "strength* lose loses gather* ashore hits hit",
        "repair": "fix* back",
    },
    synonyms="""
        virus covid coronavirus covid19, uk britain british, us usa america american, children kids child kid,
        police cops officers, mum mom mother, dad father, teen teens teenager teenagers, probe investigation inquiry,
        government govt, amid as, set due, row dispute, plan plans scheme project, firm company firms companies,
        bill bills legislation, jailed imprisoned, dead dies died, woman lady, parliament mps, website site, county co,
        ave avenue, st street, rd road, begin begins start starts, help aid
    """,
    amounts="nearly almost half quarter double twice",
    name_prefixes="north south east west northern southern eastern western new old anti pro non ex",
    negating_ends="less free",
    opposites="""
        rise rises rose rising up higher increase increases grow grows soar soars climb climbs /
        fall falls fell falling down lower decrease decreases shrink shrinks drop drops slump slumps,
        hire hires hiring / fire fires firing sack sacks,
        open opens opened reopen reopens reopened / close closes closed shut shuts closing,
        keep keeps kept / scrap scraps scrapped drop drops dropped ditch ditches,
        agree agrees agreed / disagree disagrees refuse refuses refused split splits,
        back backs backed support supports supported / oppose opposes opposed reject rejects rejected,
        accept accepts accepted / reject rejects rejected refuse refuses,
        approve approves approved pass passes passed / reject rejects rejected block blocks blocked veto vetoes,
        admit admits admitted / deny denies denied,
        confirm confirms confirmed / deny denies denied doubt doubts, guilty / innocent, positive / negative,
        legal / illegal, lawful / unlawful, safe / unsafe, alive / dead, win wins won / lose loses lost,
        find finds found / lose loses lost, allow allows allowed let lets / ban bans banned forbid forbids bar bars,
        begin begins start starts resume resumes / end ends stop stops halt halts, join joins / leave leaves quit quits,
        stay stays remain remains / leave leaves go goes, buy buys / sell sells, gain gains / loss losses,
        more / fewer less, for / against, arrives / departs, succeed succeeds / fail fails failed,
        lift lifts lifted ease eases / impose imposes imposed tighten tightens
    """,
)
