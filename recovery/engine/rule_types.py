"""Rows that go by the exception's type, and those that go by a service's own error code.

Order matters where classes inherit from each other: redis' AuthenticationError is one of its ConnectionErrors,
requests' ConnectTimeout is both a Timeout and a ConnectionError.
"""

from __future__ import annotations

from . import advice, kinds
from .kinds import row

BUILTIN = (
    row(
        "circuit-open", kinds.UNAVAILABLE, types=("recovery.CircuitBreakerOpenError",), suggestions=advice.BREAKER_OPEN
    ),
    row("memory", kinds.MEMORY, types=(MemoryError,)),
    row("permission", kinds.PERMISSION, types=(PermissionError,)),
    row("file-not-found", kinds.FILE_MISSING, types=(FileNotFoundError,)),
    row("wrong-path", kinds.WRONG_PATH, types=(IsADirectoryError, NotADirectoryError, FileExistsError)),
    row("would-block", kinds.TEMPORARY, types=(BlockingIOError, InterruptedError)),
)

REFUSED = (
    row("redis-auth", kinds.AUTHENTICATION, types=(
        "redis.AuthenticationError", "redis.AuthorizationError", "redis.NoPermissionError",
    )),
    row("redis-memory", kinds.MEMORY, types=("redis.OutOfMemoryError",)),
    row("certificate", kinds.CERTIFICATE, types=(
        "ssl.SSLCertVerificationError", "aiohttp.ClientConnectorCertificateError", "aiohttp.ServerFingerprintMismatch",
    )),
    row("credentials", kinds.AUTHENTICATION, types=(
        "botocore.NoCredentialsError", "botocore.PartialCredentialsError", "botocore.TokenRetrievalError",
        "botocore.UnauthorizedSSOTokenError", "smtplib.SMTPAuthenticationError",
    )),
    row("invalid-url", kinds.INVALID_REQUEST, types=(
        "httpx.InvalidURL", "httpx.UnsupportedProtocol", "httpx.LocalProtocolError", "httpx.TooManyRedirects",
        "requests.InvalidURL", "requests.MissingSchema", "requests.InvalidSchema", "requests.InvalidHeader",
        "requests.TooManyRedirects", "urllib3.LocationValueError", "aiohttp.InvalidURL", "aiohttp.TooManyRedirects",
        "http.InvalidURL", "botocore.ParamValidationError",
    )),
)  # fmt: skip

TIMEOUTS = (
    row("timeout", kinds.TIMEOUT, types=(TimeoutError, "subprocess.TimeoutExpired")),
    row("library-timeout", kinds.TIMEOUT, types=(
        "httpx.TimeoutException", "requests.Timeout", "urllib3.TimeoutError", "redis.TimeoutError",
        "botocore.ConnectTimeoutError", "botocore.ReadTimeoutError", "psycopg.ConnectionTimeout",
        "psycopg_pool.PoolTimeout", "pymongo.NetworkTimeout", "pymongo.ServerSelectionTimeoutError",
    )),
)  # fmt: skip

NETWORKS = (
    row("redis-busy", kinds.TEMPORARY, types=(
        "redis.BusyLoadingError", "redis.TryAgainError", "redis.ClusterDownError",
    )),
    row("connection", kinds.NETWORK, types=(ConnectionError, "socket.gaierror", "socket.herror", "ssl.SSLError")),
    row("library-connection", kinds.NETWORK, types=(
        "httpx.TransportError", "requests.ConnectionError", "requests.ChunkedEncodingError", "urllib3.ProtocolError",
        "urllib3.NewConnectionError", "aiohttp.ClientConnectionError", "aiohttp.ClientPayloadError",
        "http.IncompleteRead", "http.BadStatusLine", "redis.ConnectionError", "botocore.ConnectionError",
        "botocore.ConnectionClosedError", "botocore.HTTPClientError", "pymongo.AutoReconnect",
        "websockets.ConnectionClosed", "smtplib.SMTPServerDisconnected", "smtplib.SMTPConnectError",
    )),
)  # fmt: skip

CODES = (
    row("code-rate-limited", kinds.RATE_LIMITED, codes=frozenset((
        "throttling", "throttlingexception", "throttledexception", "requestthrottled", "requestthrottledexception",
        "requestlimitexceeded", "toomanyrequestsexception", "toomanyrequests", "slowdown", "priorrequestnotcomplete",
        "provisionedthroughputexceededexception", "bandwidthlimitexceeded", "limitexceededexception",
        "ec2throttledexception", "transactioninprogressexception", "rate_limit_exceeded", "rate_limit_error",
    ))),
    row("code-quota", kinds.QUOTA, codes=frozenset((
        "servicequotaexceededexception", "quotaexceeded", "quotaexceededexception", "quota_exceeded",
        "insufficient_quota",
    ))),
    row("code-timeout", kinds.TIMEOUT, codes=frozenset(("requesttimeout", "requesttimeoutexception"))),
    row("code-authentication", kinds.AUTHENTICATION, codes=frozenset((
        "accessdenied", "accessdeniedexception", "authfailure", "expiredtoken", "expiredtokenexception",
        "invalidaccesskeyid", "invalidclienttokenid", "signaturedoesnotmatch", "unauthorizedoperation",
        "unrecognizedclientexception", "invalid_api_key",
    ))),
    row("code-not-found", kinds.NOT_FOUND, codes=frozenset((
        "nosuchkey", "nosuchbucket", "nosuchentity", "resourcenotfoundexception",
    ))),
    row("code-sqlite-busy", kinds.DATABASE_BUSY, codes=frozenset((
        "sqlite_busy", "sqlite_busy_snapshot", "sqlite_busy_recovery", "sqlite_busy_timeout", "sqlite_locked",
        "sqlite_locked_sharedcache",
    ))),
    row("code-sqlite-full", kinds.DISK_FULL, codes=frozenset(("sqlite_full",))),
)  # fmt: skip

TYPES = (*BUILTIN, *REFUSED, *TIMEOUTS, *NETWORKS)
