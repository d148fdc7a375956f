"""Recognise tracking parameters in addresses: the only module that knows their names.

A name is listed if its vendor documents it, or a publisher writes it into its own feeds and share buttons; a prefix
only if its vendor reserves it. Names that some site uses to select an article are not (campaign_id, cid, sid, eid, p,
id).
"""

import re

# Compared in lower case. Names too general for the whole web are in _AT below.
_NAMES_BY_MAKER = {
    "Facebook, Instagram": """fbclid fb_action_ids fb_action_types fb_ref fb_source fb_comment_id mibextid sfnsn
        igshid igsh""",
    "Google": """gclid dclid gbraid wbraid gclsrc gad_source gad_campaignid srsltid _ga _gl
        campaign_medium campaign_source campaign_term campaign_content""",
    "other advertisers": """msclkid twclid ttclid yclid ysclid _openstat li_fat_id epik rdt_cid sccid qclid rb_clickid
        s_kwcid ef_id dicbo oborigurl tblci""",
    "Twitter, Yahoo": "__twitter_impression guccounter guce_referrer guce_referrer_sig soc_src soc_trk .tsrc",
    "HubSpot": "_hsenc __hssc __hstc __hsfp _hsmi hsctatracking",
    "Mailchimp, Marketo, Vero, Drip": "mc_cid mc_eid mc_tc mkt_tok vero_id vero_conv __s",
    "Klaviyo, Kit, MailerLite, beehiiv": "_ke _kx ck_subscriber_id ml_subscriber ml_subscriber_hash _bhlid",
    "Acoustic": "spmailingid spuserid spjobid spreportid",
    "Eloqua": "elqtrackid elqtrack elqaid elqat elqak elqcampaignid",
    "Emarsys": "sc_src sc_cid sc_lid sc_uid sc_llid sc_eh sc_customer",
    "Salesforce, formerly ExactTarget": "et_cid et_rid et_lid",
    "Dotdigital, Bronto, Listrak": "dm_i _bta_tid _bta_c trk_contact trk_msg trk_module trk_sid",
    "SharpSpring": "ss_source ss_campaign_id ss_campaign_name ss_campaign_sent_date ss_email_id",
    "Impact": "irclickid irgwc",
    "Omeda, Wicked, Branch": "oly_anon_id oly_enc_id wickedid _branch_match_id _branch_referrer",
    "Matomo": """pk_vid pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid
        piwik_campaign piwik_kwd piwik_keyword matomo_campaign matomo_kwd matomo_keyword""",
    "Piano": """xtor at_medium at_campaign at_creation at_variant at_network at_format at_platform at_send_date
        at_emailtype at_recipient_id""",
    "Mapp, Webtrends": "wt_mc wt_zmc wt.mc_id wt.mc_ev wt.tsrc",
    "Comscore": "ns_mchannel ns_source ns_campaign ns_linkname ns_fee",
    "Adobe's manuals, LiftIgniter": "cmpid intcmp li_source li_medium",
    "Microsoft, Deutsche Welle, Reach": "ocid maca int_source int_medium int_campaign",
    "Google's paywall": "gaa_at gaa_n gaa_ts gaa_sig",
    "anyone": "traffic_source phpsessid jsessionid cfid cftoken",
}
_NAMES = frozenset(name for names in _NAMES_BY_MAKER.values() for name in names.split())

# The Guardian's, in upper case only: in lower case other sites use it to compare things.
_IN_CAPITALS = "CMP"

# Prefixes reserved by their vendors: Google Analytics, Matomo, HubSpot advertising, two of miniflux's, Salesforce's
# Marketing Cloud, Blueshift.
_PREFIXES = ("utm_", "mtm_", "hsa_", "hmb_", "itm_", "sfmc_", "bsft_")

# On these hosts and their subdomains only. A name ending in _ is a prefix.
_AT = {
    "arstechnica.com": "mbid bxid cndid esrc",
    "bbc.co.uk": "at_",
    "bbc.com": "at_",
    "bloomberg.com": "srnd sref leadsource",
    "cbsnews.com": "ftag",
    "cnbc.com": "__source",
    "cnet.com": "ftag",
    "dailymail.co.uk": "ito",
    "economist.com": "fsrc",
    "faz.net": "gepc",
    "ft.com": "ftcamp segmentid sharetype",
    "lemonde.fr": "lmd_",
    "linkedin.com": "trk trackingid lipi midtoken midsig trkemail",
    "marketwatch.com": "mod",
    "metro.co.uk": "ito",
    "msn.com": "cvid ei pc",
    "nbcnews.com": "cid icid",
    "news.sky.com": "dcmp",
    "newyorker.com": "mbid bxid cndid esrc",
    "nytimes.com": "smid smtyp emc partner campaign_id instance_id regi_id segment_id unlocked_article_code",
    "politico.com": "nname nid nrid nlid",
    "reuters.com": "feedtype feedname rpc taid",
    "spiegel.de": "sara_ref sara_ecid",
    "substack.com": "r isfreemail triedredirect showwelcomeonshare",
    "techcrunch.com": "ncid tpcc",
    "washingtonpost.com": "wpisrc wpmm wpmk wprss tid itid pwapi_token",
    "wired.com": "mbid bxid cndid esrc",
    "wsj.com": "mod reflink",
    "youtube.com": "feature si pp",
    "youtu.be": "feature si",
    "zdnet.com": "ftag",
}
_NAMES_AT = {place: tuple(names.split()) for place, names in _AT.items()}

# Names too general to drop, unless they only say that the link came from a feed; Medium adds whose, a member's or a
# publication's.
_GENERAL = frozenset({"ref", "source", "src", "via", "from", "partner", "emc", "mod", "cid", "icid"})
_FROM_A_FEED = re.compile(r"rss(?:-[0-9a-f]*-{3,}(?:[0-9a-f]+-{3,})?\d+)?", re.IGNORECASE)

# Sessions that only their value shows: phpBB's, an MD5 sum, where elsewhere `sid` selects an article by a number;
# ASP's, whose name varies; and jQuery's time of asking, which keeps caches from answering.
_SESSION_PARAMETER = re.compile(r"sid=[0-9a-f]{32}|ASPSESSIONID[A-Z]{8}=[A-Z]+|_=1[0-9]{9,12}")

# What servers add to a path for clients without cookies: Java's and, by letter, ASP.NET's.
_SESSION = re.compile(r";jsessionid=[^/;]*|(?<=/)\((?:[ASFX]\([\w-]{1,500}\))+\)/", re.IGNORECASE)


def untracked_query(query: str, host: str) -> str:
    """Return the query without this host's tracking parameters; the others unchanged, in order."""
    local = _names_at(host)
    parts = query.split("&")
    kept = [part for part in parts if not _is_tracking(part, local)]
    return query if len(kept) == len(parts) else "&".join(kept).strip("&")


def untracked_path(path: str) -> str:
    """Return the path without session ids."""
    return _SESSION.sub("", path) if ";" in path or "/(" in path else path


def _names_at(host: str) -> tuple[str, ...]:
    """Return the tracking names of this host, or of the listed host it is a subdomain of."""
    while host:
        if host in _NAMES_AT:
            return _NAMES_AT[host]
        host = host.partition(".")[2]
    return ()


def _is_tracking(parameter: str, local: tuple[str, ...]) -> bool:
    """Decide whether this `name=value` identifies the click rather than the page."""
    name, _, value = parameter.partition("=")
    name = name.removeprefix("amp;")  # from feeds that escape their links twice
    if name == _IN_CAPITALS or _SESSION_PARAMETER.fullmatch(f"{name}={value}"):
        return True
    name = name.lower()
    if name == "ampref":  # of `&amp;ref=`, where a publisher's own software dropped the semicolon
        name = "ref"
    if name in _NAMES or name.startswith(_PREFIXES):
        return True
    if name in _GENERAL and _FROM_A_FEED.fullmatch(value):
        return True
    return any(name == known or (known[-1] == "_" and name.startswith(known)) for known in local)
