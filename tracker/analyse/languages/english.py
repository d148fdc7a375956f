"""English."""

from typing import Final

from tracker.analyse.languages.language import Language

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
    qualifiers="""
        not no never without none nobody may might could will must can cannot won wins lost only alleged allegedly
        suspected former ex first last all some now
    """,
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
    running_pages="""
        (?:live|latest|breaking|daily|rolling) (?:news (?:and )?)?(?:updates?|coverage|tracker|briefing) | as it
        happened | how (?:the day|it) unfolded | (?:morning|evening|daily|weekly) (?:briefing|bulletin|digest|forecast)
        | latest (?:news|updates?|figures|rules|advice) | weather forecast | storm team | market (?:wrap|report|close)
        | stock market (?:today|live) | traffic update | weather (?:impact )?alert
    """,
    by="by",
    months="""
        january jan, february feb, march mar, april apr, may, june jun, july jul, august aug, september sept sep,
        october oct, november nov, december dec
    """,
    weekdays="monday tuesday wednesday thursday friday saturday sunday today tonight tomorrow yesterday",
    ordinals="st | nd | rd | th",
    of="of",
    numbers="""
        zero, one first, two second, three third, four fourth, five fifth, six sixth, seven seventh, eight eighth,
        nine ninth, ten tenth, eleven, twelve
    """,
    million="m | mn | millions?",
    billion="bn | billions?",
    percent="percent | per cent | pct",
    synonyms="""
        virus covid coronavirus covid19, uk britain british, us usa america american, children kids child kid, police
        cops officers, mum mom mother, dad father, teen teens teenager teenagers, probe investigation inquiry,
        government govt, amid as, set due, row dispute, plan plans scheme project, firm company firms companies, bill
        bills legislation, jailed imprisoned, dead dies died, woman lady, parliament mps, website site, county co, ave
        avenue, st street, rd road, begin begins
        start starts, help aid
    """,
    name_prefixes="north south east west northern southern eastern western new old anti pro non ex",
    negating_ends="less free",
)
