"""How a poll, or a request for a page, can end: every outcome, and what each says about us and the publisher."""

from enum import StrEnum


class PageOutcome(StrEnum):
    """What a page turned out to be, or why it was not asked for; with `Outcome`, the vocabulary of texts.outcome."""

    OK = "ok"
    ROBOTS = "robots"
    RESERVED = "reserved"
    PAYWALL = "paywall"
    CONSENT = "consent"
    CHALLENGE = "challenge"
    NO_TEXT = "no-text"


class Outcome(StrEnum):
    """How a poll ended: the closed vocabulary of polls.outcome."""

    OK = "ok"
    NOT_MODIFIED = "not-modified"
    SAME_BODY = "same-body"
    IMPORTED = "imported"
    HTTP_ERROR = "http-error"
    REFUSED = "refused"
    RATE_LIMITED = "rate-limited"
    CHALLENGE = "challenge"
    GONE = "gone"
    DNS_ERROR = "dns-error"
    UNKNOWN_HOST = "unknown-host"
    CONNECTION_ERROR = "connection-error"
    TLS_ERROR = "tls-error"
    TIMEOUT = "timeout"
    PROTOCOL_ERROR = "protocol-error"
    FORBIDDEN_ADDRESS = "forbidden-address"
    BAD_REDIRECT = "bad-redirect"
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"
    CUT_SHORT = "cut-short"
    NOT_A_FEED = "not-a-feed"
    UNUSABLE = "unusable"
    PARSE_ERROR = "parse-error"
    PARSE_TIMEOUT = "parse-timeout"
    INTERNAL_ERROR = "internal-error"

    @property
    def observed(self) -> bool:
        """True when the poll saw what the feed offered at that moment."""
        return self in {Outcome.OK, Outcome.NOT_MODIFIED, Outcome.SAME_BODY}

    @property
    def unreachable(self) -> bool:
        """True when nothing answered, so that the fault may be ours."""
        return self in {Outcome.DNS_ERROR, Outcome.UNKNOWN_HOST, Outcome.CONNECTION_ERROR, Outcome.TIMEOUT}

    @property
    def answered(self) -> bool:
        """True when the response shows how the server takes the request; with a 429 it was not considered."""
        return not self.unreachable and self is not Outcome.RATE_LIMITED
