"""Read the digest of a period, worded as the command `digest` words it."""

from zoneinfo import ZoneInfo

from tracker.analyse.days import Period
from tracker.config.sending import Digest
from tracker.publish.digest.compose import Issue, Setting, compose
from tracker.publish.digest.links import Places
from tracker.web.queries.datasette_database import Reader


async def digest(db: Reader, period: Period, zone: ZoneInfo, site: str) -> Issue:
    """Return the digest of all tags and kinds, with links below `site`, an address or a path. Raises QueryInterrupted
    past the site's time limit."""
    setting = Setting(Digest(), zone, Places(site), contact=None)
    return await db.read(lambda database: compose(database, period, setting))
