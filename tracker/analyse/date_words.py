"""Month names in many languages and time zone names, and how their spellings are normalised."""

import re
import unicodedata
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tracker.analyse.languages.english import ENGLISH
from tracker.analyse.languages.vocabulary import LANGUAGES, any_phrase, numbered

# January first; with those of tracker/analyse/languages, the months of all languages known. Croatian lacks October:
# its listopad is November in Polish and Czech.
_OTHER_MONTHS = {
    "Greek": """ιανουαριος ιανουαριου ιαν, φεβρουαριος φεβρουαριου φεβ, μαρτιος μαρτιου μαρ, απριλιος απριλιου απρ,
        μαιος μαιου μαι, ιουνιος ιουνιου ιουν, ιουλιος ιουλιου ιουλ, αυγουστος αυγουστου αυγ,
        σεπτεμβριος σεπτεμβριου σεπ, οκτωβριος οκτωβριου οκτ, νοεμβριος νοεμβριου νοε, δεκεμβριος δεκεμβριου δεκ""",
    "Norwegian": """januar jan, februar feb, mars mar, april apr, mai, juni jun, juli jul, august aug,
        september sept sep, oktober okt, november nov, desember des""",
    "Finnish": """tammikuu tammikuuta tammi, helmikuu helmikuuta helmi, maaliskuu maaliskuuta maalis,
        huhtikuu huhtikuuta huhti, toukokuu toukokuuta touko, kesakuu kesakuuta kesa, heinakuu heinakuuta heina,
        elokuu elokuuta elo, syyskuu syyskuuta syys, lokakuu lokakuuta loka, marraskuu marraskuuta marras,
        joulukuu joulukuuta joulu""",
    "Czech": """leden ledna led, unor unora uno, brezen brezna bre, duben dubna dub, kveten kvetna kve, cerven cervna,
        cervenec cervence, srpen srpna srp, zari zar, rijen rijna rij, listopad listopadu lis, prosinec prosince pro""",
    "Romanian": """ianuarie ian, februarie feb, martie mar, aprilie apr, mai, iunie iun, iulie iul, august aug,
        septembrie sept sep, octombrie oct, noiembrie noi nov, decembrie dec""",
    "Turkish": """ocak oca, subat sub, mart mar, nisan nis, mayis may, haziran haz, temmuz tem, agustos agu, eylul eyl,
        ekim eki, kasim kas, aralik ara""",
    "Hungarian": """január, február febr, március márc, április ápr, május máj, június jún, július júl, augusztus,
        szeptember szept, október, november, december""",
    "Slovak": """januára, februára, marca, apríla, mája, júna, júla, augusta, septembra, októbra, novembra, decembra""",
    "Croatian": """siječanj siječnja sij, veljača veljače velj, ožujak ožujka ožu, travanj travnja tra,
        svibanj svibnja svi, lipanj lipnja, srpanj srpnja, kolovoz kolovoza kol, rujan rujna ruj, ,
        studeni studenoga studenog stu, prosinac prosinca""",
    "Slovene": """januar januarja, februar februarja, marec marca, april aprila, maj maja, junij junija jun,
        julij julija jul, avgust avgusta avg, september septembra, oktober oktobra okt, november novembra,
        december decembra""",
    "Serbian": """januar januara, februar februara, mart marta, april aprila, maj maja, jun juna juni, jul jula juli,
        avgust avgusta avg, septembar septembra, oktobar oktobra okt, novembar novembra, decembar decembra""",
    "Serbian in Cyrillic": """јануар јануара јан, фебруар фебруара феб, март марта мар, април априла апр, мај маја,
        јун јуна јуни, јул јула јули, август августа авг, септембар септембра сеп, октобар октобра окт,
        новембар новембра нов, децембар децембра дец""",
    "Macedonian": """јануари, февруари, март, април, мај, јуни, јули, август, септември, октомври, ноември, декември""",
    "Albanian": """janar, shkurt, mars, prill, maj, qershor, korrik, gusht, shtator, tetor, nëntor, dhjetor""",
    "Lithuanian": """sausis sausio, vasaris vasario, kovas kovo, balandis balandžio, gegužė gegužės,
        birželis birželio, liepa liepos, rugpjūtis rugpjūčio, rugsėjis rugsėjo, spalis spalio, lapkritis lapkričio,
        gruodis gruodžio""",
    "Latvian": """janvāris janvārī, februāris februārī, marts martā, aprīlis aprīlī, maijs maijā, jūnijs jūnijā,
        jūlijs jūlijā, augusts augustā, septembris septembrī, oktobris oktobrī, novembris novembrī,
        decembris decembrī""",
    "Estonian": """jaanuar jaan, veebruar veebr, märts, aprill, mai, juuni, juuli, august, september, oktoober okt,
        november, detsember dets""",
    "Icelandic": """janúar, febrúar, mars, apríl, maí, júní, júlí, ágúst, september, október, nóvember nóv, desember""",
    "Welsh": """Ionawr, Chwefror, Mawrth, Ebrill, Mai, Mehefin, Gorffennaf, Awst, Medi, Hydref, Tachwedd, Rhagfyr""",
    "Catalan": """gener, febrer, març, abril, maig, juny, juliol, agost, setembre, octubre, novembre, desembre""",
    "Basque": """urtarrila, otsaila, martxoa, apirila, maiatza, ekaina, uztaila, abuztua, iraila, urria, azaroa,
        abendua""",
    "Bulgarian": """януари, февруари, март, април, май, юни, юли, август, септември, октомври, ноември, декември""",
    "Russian": """январь января янв, февраль февраля февр фев, март марта мар, апрель апреля апр, май мая,
        июнь июня июн, июль июля июл, август августа авг, сентябрь сентября сент сен, октябрь октября окт,
        ноябрь ноября нояб ноя, декабрь декабря дек""",
    "Belarusian": """студзень студзеня, люты лютага, сакавік сакавіка, красавік красавіка, май траўня мая,
        чэрвень чэрвеня, ліпень ліпеня, жнівень жніўня, верасень верасня, кастрычнік кастрычніка,
        лістапад лістапада, снежань снежня""",
    "Ukrainian": """січень січня січ, лютий лютого лют, березень березня бер, квітень квітня квіт кві,
        травень травня трав тра, червень червня черв чер, липень липня лип, серпень серпня серп сер,
        вересень вересня вер, жовтень жовтня жовт жов, листопад листопада лист лис, грудень грудня груд гру""",
    "Arabic": """يناير جانفي, فبراير فيفري, مارس, أبريل ابريل إبريل أفريل, مايو ماي, يونيو يونية جوان, يوليو جويلية,
        أغسطس أوت, سبتمبر, أكتوبر, نوفمبر, ديسمبر""",
    "Hebrew": """ינואר בינואר, פברואר בפברואר, מרץ במרץ מרס במרס, אפריל באפריל, מאי במאי, יוני ביוני, יולי ביולי,
        אוגוסט באוגוסט, ספטמבר בספטמבר, אוקטובר באוקטובר, נובמבר בנובמבר, דצמבר בדצמבר""",
    "Hindi": """जनवरी, फ़रवरी फरवरी, मार्च, अप्रैल, मई, जून, जुलाई, अगस्त, सितंबर सितम्बर, अक्टूबर अक्तूबर,
        नवंबर नवम्बर, दिसंबर दिसम्बर""",
    "Bengali": """জানুয়ারি জানুয়ারী, ফেব্রুয়ারি ফেব্রুয়ারী, মার্চ, এপ্রিল, মে, জুন, জুলাই, আগস্ট, সেপ্টেম্বর, অক্টোবর,
        নভেম্বর, ডিসেম্বর""",
    "Urdu": """جنوری, فروری, مارچ, اپریل, مئی, جون, جولائی, اگست, ستمبر, اکتوبر, نومبر, دسمبر""",
    "Thai": """มกราคม, กุมภาพันธ์, มีนาคม, เมษายน, พฤษภาคม, มิถุนายน, กรกฎาคม, สิงหาคม, กันยายน, ตุลาคม, พฤศจิกายน, ธันวาคม""",
    "Indonesian": """januari jan, februari feb, maret mar, april apr, mei, juni jun, juli jul, agustus agt,
        september sep, oktober okt, november nov, desember des""",
    "Chinese and Japanese": """1月 01月, 2月 02月, 3月 03月, 4月 04月, 5月 05月, 6月 06月, 7月 07月,
        8月 08月, 9月 09月, 10月, 11月, 12月""",
    "Korean": """1월 01월, 2월 02월, 3월 03월, 4월 04월, 5월 05월, 6월 06월, 7월 07월,
        8월 08월, 9월 09월, 10월, 11월, 12월""",
}

# Hours east of UTC: RFC 822 section 5.1, then the civil zones of the countries watched (IANA abbreviations). Some names
# mean others elsewhere: EST to PST are America's, as RFC 822 has them, BST is Britain's and AST is Nova Scotia's.
_ZONE_TABLE = """
    0 ut utc gmt z wet  1 bst west cet met mez wat  2 cest mest mesz eet sast cat  3 eest msk trt eat idt  5.75 npt
    -2.5 ndt  -3 brt art adt uyt clst  -3.5 nst  -4 ast edt bot vet  -5 est cdt cot pet  -6 cst mdt  -7 mst pdt
    -8 pst akdt  -9 akst  -10 hst  4 gst  5 pkt  7 wib ict  8 hkt sgt myt awst pht  9 jst kst  9.5 acst  10 aest
    10.5 acdt  11 aedt  12 nzst  13 nzdt
"""

# IST is India's, Ireland's and Israel's: India has by far the most feeds.
_GUESSED_ZONE_TABLE = "5.5 ist"

# Names for the time in a place, summer or winter.
_PLACES = {
    **dict.fromkeys(("et", "eastern time"), "America/New_York"),
    **dict.fromkeys(("ct", "central time"), "America/Chicago"),
    **dict.fromkeys(("mt", "mountain time"), "America/Denver"),
    **dict.fromkeys(("pt", "pacific time"), "America/Los_Angeles"),
    "aet": "Australia/Sydney",
}
_SEASON = re.compile(r" (?:standard|daylight)(?= time$)")

# Letters that Unicode does not decompose into a base letter and a mark, dashes and minus signs, and Arabic commas.
_ALIKE = str.maketrans("łøđæı‐‑‒–—−،", "lodai------,")


def folded(text: str) -> str:
    """Return the text in lower case, without accents or vowel signs, with plain digits, dashes and single spaces."""
    text = text.casefold()
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text).translate(_ALIKE)
        text = "".join(character for character in apart if unicodedata.category(character)[0] != "M")
    return " ".join(text.split())


def with_western_clock(text: str) -> str:
    """Return a folded text with the time of day of China, Japan or Korea (下午 5:17, 17時17分) as 5:17 pm or 17:17."""
    if text.isascii():
        return text
    colons = _EAST_ASIAN_CLOCK.sub(lambda clock: f" {':'.join(filter(None, clock.groups()))}", text)
    western = _EAST_ASIAN_HALF.sub(lambda half: f" {half[2]} {'pm' if half[1] in _AFTERNOONS else 'am'}", colons)
    return " ".join(western.split())


def place_zone(name: str) -> ZoneInfo | None:
    """Return the zone with a folded IANA name (europe/london) or a common one (et, eastern time); None if unknown.

    Standard time and daylight time are often confused, so the season follows from the date.
    """
    key = _PLACES.get(_SEASON.sub("", name)) or _iana_names().get(name)
    return ZoneInfo(key) if key else None


@cache
def _iana_names() -> dict[str, str]:
    """Return the IANA zone names by their folded form."""
    return {name.casefold(): name for name in available_timezones()}


def _zones(table: str) -> dict[str, timedelta]:
    """Return the offsets east of UTC by zone name, from a table."""
    return {
        name: timedelta(hours=float(hours))
        for hours, names in re.findall(r"(-?[\d.]+)((?: [a-z]+)+)", table)
        for name in names.split()
    }


_AFTERNOONS = frozenset(map(folded, ("下午", "午後", "오후")))
_MORNINGS = frozenset(map(folded, ("上午", "午前", "오전")))
_EAST_ASIAN_CLOCK = re.compile(
    rf"(\d{{1,2}})\s?(?:[時时點点]|{folded('시')})\s?(\d{{1,2}})\s?(?:分|{folded('분')})"
    rf"(?:\s?(\d{{1,2}})\s?(?:秒|{folded('초')}))?"
)
_EAST_ASIAN_HALF = re.compile(rf"({'|'.join(sorted(_AFTERNOONS | _MORNINGS))})\s*+(\d{{1,2}}(?::\d{{1,2}}){{1,2}})")

MONTHS_BY_LANGUAGE = {language.code: language.months for language in LANGUAGES} | _OTHER_MONTHS
"""For each language, twelve groups of names."""

ENGLISH_MONTHS = numbered(ENGLISH.months, start=1)
MONTHS = {folded(name): at for groups in MONTHS_BY_LANGUAGE.values() for name, at in numbered(groups, start=1).items()}
"""Month numbers by folded name, in English and in any language."""

ORDINALS = any_phrase(language.ordinals for language in LANGUAGES)
OF = any_phrase(language.of for language in LANGUAGES)
"""Regular expressions for what may follow the number of a day (4th), and stand between a day and its month."""

ZONES = _zones(_ZONE_TABLE)
GUESSED_ZONES = _zones(_GUESSED_ZONE_TABLE)
"""Offsets east of UTC by lower-case abbreviation: the certain ones, and the ambiguous ones."""
