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
    running_pages="""
        (?:live|latest|breaking|daily|rolling) (?:news (?:and )?)?(?:updates?|coverage|tracker|briefing)
        | as it happened | how (?:the day|it) unfolded
        | (?:morning|evening|daily|weekly) (?:briefing|bulletin|digest|forecast)
        | latest (?:news|updates?|figures|rules|advice) | weather (?:impact )?alert | weather forecast | storm team
        | market (?:wrap|report|close) | stock market (?:today|live) | traffic update
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
    billion="bn | billions?",
    percent="percent | per cent | pct",
    outcomes={
        "death": """
            dead death die dies died dying kill kills killed killing killings fatal fatally deadly deceased slain
            passing
        """,
        "murder": "murder* homicide* manslaughter",
        "drowning": "drown*",
        "injury": "injured injures injury injuries wounded wounds",
        "shooting": "shot shoots shooting shootings gunman gunfire",
        "stabbing": "stabbed stabbing stabbings stabs",
        "crash": "crashes crashed collision collides collided derails derailed",
        "explosion": "explodes exploded explosion* blast erupts erupted",
        "arrest": "arrest* nabbed detain detains detained custody caught",
        "charge": "charged charges indict* prosecut* arraign* accused",
        "conviction": "convict* guilty",
        "acquittal": "acquit* cleared exonerat*",
        "sentence": "sentenced sentencing jailed imprisoned",
        "plea": "pleads pleaded plea",
        "lawsuit": "sue sues sued suing lawsuit*",
        "fine": "fined",
        "release": "freed bailed",
        "find": "found locate locates located find reunited",
        "missing": "missing",
        "rescue": "rescue rescues rescued",
        "identification": "identify identifies identified ids",
        "cancellation": "cancel* scrap scraps scrapped",
        "end": "lifted lifts expired expires ended ends",
        "issue": "issued",
        "extension": "extended extends",
        "delay": "postpone* delayed delays suspend*",
        "beginning": "begin begins began begun underway start starts started kicks resume resumes resumed",
        "opening": "opens opened reopens reopened",
        "closing": "closes closed closure shut shuts",
        "approval": "approve* passes passed adopts adopted agrees agree agreed ratif*",
        "rejection": "reject* denies denied vetoes vetoed",
        "signing": "signed",
        "ruling": "overturn* struck repeal* annulled quashed upheld upholds ruled ruling",
        "resignation": "resign* quits quit ousted sacked",
        "appointment": "appoint* elected nominat*",
        "win": "win wins won victory beat beats",
        "loss": "lose loses defeat* eliminated",
        "strength": "weaken* downgrad* strengthens strengthened upgraded landfall",
        "withdrawal": "recalled withdraw*",
        "seizure": "seized seizes",
        "repair": "repaired restored",
        "stripping": "stripped",
        "grounding": "grounds grounded",
        "stop": "stops stopped stopping halts halted",
        "rise": "raises hikes hiked increases increased",
        "cut": "lowers slashes slashed",
        "ban": "ban bans banned",
        "confirmation": "confirm*",
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
        inverts=False,
    ),
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
)
