"""Rows that go by words of the text, and the families that are asked when nothing else matched.

Words are the weakest evidence: they are asked after every fact, and only whole words count.
"""

from __future__ import annotations

from . import advice, kinds
from .kinds import row

WORDS = (
    row("words-disk-full", kinds.DISK_FULL, words=(
        "no space left", "not enough space", "insufficient disk space", "disk full", "disk is full",
        "disk quota exceeded", "out of disk space",
    )),
    row("words-memory", kinds.MEMORY, words=("out of memory", "cannot allocate memory", "memory limit exceeded")),
    row("words-too-many-open", kinds.TOO_MANY_OPEN, words=("too many open files",)),
    row("words-quota", kinds.QUOTA, words=("quota", "quotas", "quotaexceeded", "daily limit exceeded")),
    row("words-rate-limited", kinds.RATE_LIMITED, words=(
        "rate limit", "rate limits", "rate limited", "rate limiting", "ratelimit", "ratelimited", "too many requests",
        "throttled", "throttling", "request limit exceeded", "http error 429",
    )),
    row("words-certificate", kinds.CERTIFICATE, words=(
        "certificate verify failed", "certificate has expired", "self signed certificate",
    )),
    row("words-authentication", kinds.AUTHENTICATION, words=(
        "unauthorized", "unauthenticated", "forbidden", "authentication failed", "authentication error",
        "authentication required", "not authenticated", "not authorized", "access denied", "invalid credentials",
        "bad credentials", "invalid token", "expired token", "token expired", "token has expired", "invalid api key",
        "login required", "login failed", "http error 401", "http error 403",
    )),
    row("words-quality", kinds.QUALITY, words=(
        "requested format is not available", "requested format not available", "requested quality is not available",
        "quality not available", "format not available", "no video formats found", "no suitable format",
    )),
    row("words-unavailable", kinds.UNAVAILABLE, words=(
        "service unavailable", "service is unavailable", "server is overloaded", "http error 503",
    )),
    row("words-timeout", kinds.TIMEOUT, words=(
        "timeout", "timed out", "time out", "timeouterror", "deadline exceeded", "gateway time out",
    )),
    row("words-temporary", kinds.TEMPORARY, words=(
        "temporarily unavailable", "temporary unavailable", "temporary failure", "temporarily overloaded",
        "try again later", "please try again", "server busy", "under maintenance", "database is locked",
    )),
    row("words-network", kinds.NETWORK, words=(
        "connection refused", "connection reset", "connection aborted", "connection closed", "connection error",
        "connection failed", "connection lost", "failed to connect", "could not connect", "cannot connect",
        "network is unreachable", "network unreachable", "network error", "no route to host", "host unreachable",
        "broken pipe", "remote end closed connection", "server disconnected", "name resolution",
        "name or service not known", "getaddrinfo failed", "nodename nor servname", "dns", "ssl handshake",
        "incomplete read", "unexpected eof", "eof occurred",
    )),
    row("words-server-error", kinds.SERVER_ERROR, words=(
        "internal server error", "server error", "bad gateway", "http error 500", "http error 502", "http error 504",
    )),
    row("words-permission", kinds.PERMISSION, words=(
        "permission denied", "operation not permitted", "read only file system",
    )),
    row("words-not-found", kinds.NOT_FOUND, words=(
        "not found", "no such file", "no such file or directory", "does not exist", "doesn t exist", "no longer exists",
        "video unavailable", "private video", "has been removed", "http error 404", "http error 410",
    )),
    row("words-invalid-request", kinds.INVALID_REQUEST, words=(
        "bad request", "invalid request", "invalid url", "invalid argument", "invalid parameter", "invalid parameters",
        "unsupported url", "malformed", "unprocessable entity", "unprocessable", "validation error", "http error 400",
        "http error 422",
    )),
    row("words-database", kinds.DATABASE, words=("database error", "database connection", "database is unavailable")),
    row("words-download", kinds.DOWNLOAD, words=(
        "download failed", "failed to download", "unable to download", "download error", "download interrupted",
    )),
)  # fmt: skip

FAMILIES = (
    row("family-rate-limited", kinds.RATE_LIMITED, types=(
        "*.RateLimitError", "*.RateLimitExceeded", "*.RateLimitExceededError", "*.TooManyRequests",
        "*.TooManyRequestsError",
    )),
    row("family-quota", kinds.QUOTA, types=("*.QuotaExceeded", "*.QuotaExceededError")),
    row("family-download", kinds.DOWNLOAD, vague=True, types=("*.DownloadError", "*.DownloadFailed")),
    row("family-network", kinds.NETWORK, vague=True, types=(
        "urllib.URLError", "urllib.ContentTooShortError", "urllib3.HTTPError", "aiohttp.ClientOSError",
        "http.HTTPException", "smtplib.SMTPException", "websockets.WebSocketException", "pymongo.ConnectionFailure",
    )),
    row("family-redis", kinds.INVALID_REQUEST, types=("redis.ResponseError", "redis.DataError")),
    row("family-requests", kinds.INVALID_REQUEST, vague=True, types=("requests.RequestException",)),
    row("family-files", kinds.FILESYSTEM, vague=True, types=(OSError,)),
)  # fmt: skip

DOMAINS = {
    "download": (
        row("download-quality", kinds.QUALITY, words=(
            "requested format", "requested quality", "no video formats", "quality unavailable", "format unavailable",
        )),
        row("download-source-gone", kinds.SOURCE_GONE, words=(
            "video unavailable", "private video", "has been removed", "account terminated",
            "not available in your country",
            "geo restricted", "members only", "copyright",
        )),
        row("download-interrupted", kinds.DOWNLOAD, words=(
            "incomplete read", "content too short", "retrieval incomplete", "unable to download", "download failed",
        ), suggestions=(*advice.NETWORK[:2], *advice.DOWNLOAD[1:])),
    ),
    "metadata": (
        row("metadata-unreadable", kinds.METADATA, types=(
            "json.JSONDecodeError", "xml.ParseError", "*.ParseError", UnicodeDecodeError,
        )),
        row("metadata-missing", kinds.METADATA, types=(KeyError, IndexError)),
        row("metadata-extraction", kinds.METADATA, words=(
            "unable to extract", "failed to extract", "failed to parse", "could not parse",
        )),
    ),
    "storage": (
        row("storage-checksum", kinds.FILESYSTEM, words=("checksum mismatch", "hash mismatch", "corrupt", "corrupted")),
        row("storage-closed", kinds.FILESYSTEM, types=(EOFError,)),
    ),
    "database": (
        row("database-closed", kinds.DATABASE, words=(
            "connection already closed", "connection is closed", "server closed the connection", "lost connection",
            "server has gone away", "terminating connection",
        )),
        row("database-duplicate", kinds.STATEMENT, words=("unique constraint", "duplicate key", "duplicate entry")),
    ),
    "http": (
        row("http-too-large", kinds.INVALID_REQUEST, words=("payload too large", "request entity too large")),
        row("http-redirects", kinds.INVALID_REQUEST, words=("too many redirects", "redirect loop")),
    ),
}  # fmt: skip
"""Rows that only the handler of that domain asks, before the general table."""
