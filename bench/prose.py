"""Invented news in English, in any amount: the only module of the bench that writes words."""

import random

_NOUNS = """council hospital bridge railway school harbour budget strike election festival storm factory airport market
minister farmer union court judge company police driver nurse teacher museum library stadium island river village
airline bank tenant landlord contract inquiry report review campaign committee charity project scheme programme wage
price tax fuel winter summer crop flood drought fishing vessel ferry tunnel road bus train cyclist pedestrian patient
ward clinic vaccine virus trial jury appeal verdict sentence prison officer mayor senator deputy opposition coalition
treaty border export import tariff grain steel copper battery turbine reactor pipeline forest park species whale bee
orchard vineyard bakery restaurant hotel tourist visitor pilgrim choir orchestra novelist painter exhibition auction
film series broadcaster newspaper editor coach striker goalkeeper season league final record medal marathon race
telescope satellite rocket laboratory fossil glacier volcano earthquake survey census pension mortgage loan debt rent
software engine sensor robot phone network cable tower outage password account platform customer delivery warehouse
""".split()
_PLURALS = """residents families workers commuters shareholders researchers doctors pupils parents volunteers players
supporters traders growers engineers scientists voters councillors ministers lawyers witnesses inspectors firefighters
analysts economists neighbours passengers customers students members officials critics investors pensioners artists
""".split()
_VERBS = """approved rejected delayed welcomed criticised announced cancelled postponed reopened inspected reviewed
published questioned defended abandoned expanded restored financed suspended replaced described visited praised closed
""".split()
_ADJECTIVES = """new local rural national regional former public private annual early late senior independent empty busy
costly historic modern damaged crowded quiet northern southern coastal urgent temporary permanent partial broad
unexpected ambitious cautious controversial popular long short narrow strong weak steady rapid gradual disputed rare
""".split()
_FIRST = "Anna Tomas Priya Kwame Ingrid Luis Maeve Oskar Halima Denis Sofia Rashid Greta Callum Yuki Marta Owen".split()
_LAST = "Harlow Penrose Okafor Lindqvist Marchetti Dunmore Varga Whitlock Sefton Abara Kestrel Novak Tolland".split()
_TOWNS = "Harrowby Eastmere Calder Norbridge Wexcombe Stanmoor Fallowfield Brackley Osterby Kilmarsh Dunholme".split()
_ENDS = (
    "after weeks of talks",
    "despite warnings from {plural}",
    "for the first time since 2019",
    "while {plural} waited for an answer",
    "as the cost of the {noun} rose by {number} per cent",
    "before the {adjective} {noun} opens in the spring",
    "because the {noun} was no longer safe",
    "and said that more would follow",
    "in a vote of {number} to {small}",
    "with support from {plural} in {town}",
)
_FRAMES = (
    "The {adjective} {noun} in {town} was {verb} by {plural} {end}.",
    "{plural_} in {town} {verb} the {adjective} {noun} {end}.",
    "{name} {verb} plans for a {adjective} {noun} {end}.",
    "\u201cWe never expected the {noun} to last,\u201d said {name}, who leads the {adjective} {noun} there.",
    "About {number} {plural} depend on the {noun}, according to a {adjective} {noun} seen by this newspaper.",
    "It comes {small} months after the {noun} {verb} the {adjective} {noun} {end}.",
    "The {noun}\u2019s {adjective} {noun} could be worth \u00a3{number} million a year, {plural} believe.",
    "{name} of the {town} {noun} {verb} the decision {end}.",
)
_HEADLINES = (
    "{town} {noun} {verb} {end}",
    "{plural_} wait as {adjective} {noun} is {verb}",
    "{name}: why the {adjective} {noun} matters",
    "{adjective_} {noun} for {town} {verb} by {plural}",
    "What the {noun} means for {plural} in {town}",
)
_DEBATE = (
    "Meta says end-to-end encryption in Messenger will stay, while the NSPCC warns that child abuse will go unseen.",
    "The Home Office has asked Apple for a backdoor into encrypted cloud storage under the Investigatory Powers Act.",
    "Ofcom opens an investigation under the Online Safety Act into how a platform carries out age verification.",
    "Signal would leave the country rather than weaken encryption, its president Meredith Whittaker said.",
    "Ministers in Brussels put off the vote on chat control, the regulation against child sexual abuse material.",
    "The Internet Watch Foundation found more child sexual abuse imagery on encrypted messaging apps than last year.",
    "Cryptographers call client-side scanning a threat to the privacy of everybody who uses WhatsApp.",
    "Senators bring back the EARN IT Act, which campaigners at the EFF say would end encrypted messages.",
)

VOCABULARY = (*_NOUNS, *_PLURALS, *_VERBS, *_ADJECTIVES)
"""The words that sentences and headlines are filled with, names and numbers aside."""

Dice = random.Random


def sentence(dice: Dice) -> str:
    """A sentence of about twenty words on anything but the debate."""
    return _filled(dice, dice.choice(_FRAMES))


def headline(dice: Dice) -> str:
    """A headline of about nine words on anything but the debate."""
    text = _filled(dice, dice.choice(_HEADLINES))
    return text[0].upper() + text[1:]


def debate(dice: Dice) -> str:
    """A sentence on encryption and child safety, as rules look for."""
    return dice.choice(_DEBATE)


def article(dice: Dice, *, on_topic: bool, words: int = 60) -> tuple[str, str]:
    """A title and a summary that have together about so many words; of `on_topic` every second sentence is debate."""
    title = debate(dice).partition(",")[0].rstrip(".") if on_topic else headline(dice)
    texts: list[str] = []
    while sum(text.count(" ") + 1 for text in (title, *texts)) < words:
        texts.append(debate(dice) if on_topic and len(texts) % 2 else sentence(dice))
    return title, " ".join(" ".join(texts).split()[: words - title.count(" ") - 1])


def _filled(dice: Dice, frame: str) -> str:
    while "{" in frame:  # the end of a sentence has places to fill as well
        frame = frame.format_map(_Words(dice))
    return frame


class _Words(dict[str, str]):
    """A word for every place of a frame, thrown anew each time it is asked for."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice

    def __missing__(self, place: str) -> str:
        dice = self._dice
        if place.endswith("_"):
            return self[place[:-1]].capitalize()
        if place == "name":
            return f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"
        if place in {"number", "small"}:
            return str(dice.randrange(2, 12) if place == "small" else dice.randrange(13, 900))
        return dice.choice(_LISTS[place])


_LISTS = {
    "noun": _NOUNS,
    "plural": _PLURALS,
    "verb": _VERBS,
    "adjective": _ADJECTIVES,
    "town": _TOWNS,
    "end": _ENDS,
}
