"""The real exceptions of real libraries, made the way these libraries make them."""

from __future__ import annotations

import http.client
import sqlite3
import urllib.error
from email.message import Message

import aiohttp
import botocore.exceptions
import httpx
import psycopg
import pytest
import redis.exceptions
import requests
from psycopg import errors as pg
from yarl import URL

from recovery.engine.classification import classify
from recovery.engine.enums import ErrorCategory, RetryReason

T, P, S = ErrorCategory.TRANSIENT, ErrorCategory.PERSISTENT, ErrorCategory.SYSTEM
R = RetryReason
REQUEST = httpx.Request("GET", "http://service.invalid/")
INFO = aiohttp.RequestInfo(URL("http://service.invalid/"), "GET", {}, URL("http://service.invalid/"))  # type: ignore[arg-type]


def httpx_status(status: int) -> httpx.HTTPStatusError:
    return httpx.HTTPStatusError("refused", request=REQUEST, response=httpx.Response(status, request=REQUEST))


def requests_status(status: int) -> requests.HTTPError:
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError("refused", response=response)


def aiohttp_status(status: int) -> aiohttp.ClientResponseError:
    return aiohttp.ClientResponseError(INFO, (), status=status)


def urllib_status(status: int) -> urllib.error.HTTPError:
    return urllib.error.HTTPError("http://service.invalid/", status, "refused", Message(), None)


def aws(code: str, status: int) -> botocore.exceptions.ClientError:
    response = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return botocore.exceptions.ClientError(response, "PutItem")  # type: ignore[arg-type]


def sqlite(kind: type[sqlite3.Error], text: str) -> sqlite3.Error:
    return kind(text)


CASES = [
    (httpx.ConnectTimeout("slow"), T, R.TIMEOUT),
    (httpx.ReadTimeout("slow"), T, R.TIMEOUT),
    (httpx.PoolTimeout("full"), T, R.TIMEOUT),
    (httpx.ConnectError("refused"), T, R.NETWORK_ERROR),
    (httpx.RemoteProtocolError("gone"), T, R.NETWORK_ERROR),
    (httpx.ProxyError("proxy"), T, R.NETWORK_ERROR),
    (httpx.UnsupportedProtocol("ftp"), P, R.INVALID_REQUEST),
    (httpx.InvalidURL("bad"), P, R.INVALID_REQUEST),
    (httpx.TooManyRedirects("round"), P, R.INVALID_REQUEST),
    (httpx_status(404), P, R.NOT_FOUND),
    (httpx_status(429), T, R.RATE_LIMITED),
    (httpx_status(503), T, R.SERVICE_UNAVAILABLE),
    (requests.ConnectTimeout(), T, R.TIMEOUT),
    (requests.ReadTimeout(), T, R.TIMEOUT),
    (requests.ConnectionError("refused"), T, R.NETWORK_ERROR),
    (requests.exceptions.ChunkedEncodingError("cut"), T, R.NETWORK_ERROR),
    (requests.exceptions.MissingSchema("no scheme"), P, R.INVALID_REQUEST),
    (requests.TooManyRedirects("round"), P, R.INVALID_REQUEST),
    (requests_status(401), P, R.AUTHENTICATION_FAILED),
    (requests_status(500), T, R.SERVER_ERROR),
    (aiohttp.ServerTimeoutError("slow"), T, R.TIMEOUT),
    (aiohttp.ServerDisconnectedError(), T, R.NETWORK_ERROR),
    (aiohttp.ClientPayloadError("cut"), T, R.NETWORK_ERROR),
    (aiohttp.ClientOSError(104, "reset"), T, R.NETWORK_ERROR),
    (aiohttp.InvalidURL("bad"), P, R.INVALID_REQUEST),
    (aiohttp.TooManyRedirects(INFO, (), status=302), P, R.INVALID_REQUEST),
    (aiohttp_status(422), P, R.INVALID_REQUEST),
    (aiohttp_status(502), T, R.SERVER_ERROR),
    (urllib.error.URLError(ConnectionRefusedError(111, "Connection refused")), T, R.NETWORK_ERROR),
    (urllib.error.URLError(TimeoutError("timed out")), T, R.TIMEOUT),
    (urllib.error.URLError("unknown"), T, R.NETWORK_ERROR),
    (urllib_status(403), P, R.AUTHENTICATION_FAILED),
    (urllib_status(503), T, R.SERVICE_UNAVAILABLE),
    (http.client.RemoteDisconnected("gone"), T, R.NETWORK_ERROR),
    (http.client.IncompleteRead(b"half"), T, R.NETWORK_ERROR),
    (psycopg.OperationalError("connection failed: Connection refused"), S, R.DATABASE_ERROR),
    (psycopg.OperationalError('FATAL:  password authentication failed for user "x"'), P, R.AUTHENTICATION_FAILED),
    (psycopg.errors.ConnectionTimeout("connection timeout expired"), T, R.TIMEOUT),
    (psycopg.InterfaceError("the connection is closed"), S, R.DATABASE_ERROR),
    (psycopg.ProgrammingError("no result"), P, R.INVALID_REQUEST),
    (pg.SerializationFailure("again"), T, R.DATABASE_ERROR),
    (pg.DeadlockDetected("again"), T, R.DATABASE_ERROR),
    (pg.QueryCanceled("statement timeout"), T, R.TIMEOUT),
    (pg.UniqueViolation("twice"), P, R.INVALID_REQUEST),
    (pg.UndefinedTable("which"), P, R.NOT_FOUND),
    (pg.TooManyConnections("full"), S, R.RESOURCE_EXHAUSTED),
    (pg.InvalidPassword("no"), P, R.AUTHENTICATION_FAILED),
    (pg.AdminShutdown("bye"), T, R.TEMPORARY_UNAVAILABLE),
    (redis.exceptions.ConnectionError("refused"), T, R.NETWORK_ERROR),
    (redis.exceptions.TimeoutError("slow"), T, R.TIMEOUT),
    (redis.exceptions.BusyLoadingError("loading"), T, R.TEMPORARY_UNAVAILABLE),
    (redis.exceptions.AuthenticationError("no"), P, R.AUTHENTICATION_FAILED),
    (redis.exceptions.OutOfMemoryError("full"), S, R.RESOURCE_EXHAUSTED),
    (redis.exceptions.ResponseError("WRONGTYPE"), P, R.INVALID_REQUEST),
    (aws("ThrottlingException", 400), T, R.RATE_LIMITED),
    (aws("SlowDown", 503), T, R.RATE_LIMITED),
    (aws("ServiceQuotaExceededException", 402), T, R.API_QUOTA_EXCEEDED),
    (aws("RequestTimeout", 400), T, R.TIMEOUT),
    (aws("ExpiredToken", 400), P, R.AUTHENTICATION_FAILED),
    (aws("ResourceNotFoundException", 400), P, R.NOT_FOUND),
    (aws("InternalError", 500), T, R.SERVER_ERROR),
    (aws("ValidationException", 400), P, R.INVALID_REQUEST),
    (botocore.exceptions.EndpointConnectionError(endpoint_url="http://x"), T, R.NETWORK_ERROR),
    (botocore.exceptions.ConnectTimeoutError(endpoint_url="http://x"), T, R.TIMEOUT),
    (botocore.exceptions.ReadTimeoutError(endpoint_url="http://x"), T, R.TIMEOUT),
    (botocore.exceptions.NoCredentialsError(), P, R.AUTHENTICATION_FAILED),
    (botocore.exceptions.ParamValidationError(report="r"), P, R.INVALID_REQUEST),
    (sqlite(sqlite3.OperationalError, "database is locked"), T, R.DATABASE_ERROR),
    (sqlite(sqlite3.OperationalError, "database or disk is full"), S, R.RESOURCE_EXHAUSTED),
    (sqlite(sqlite3.OperationalError, "no such table: t"), P, R.NOT_FOUND),
    (sqlite(sqlite3.OperationalError, "unable to open database file"), S, R.FILESYSTEM_ERROR),
    (sqlite(sqlite3.OperationalError, "odd"), S, R.DATABASE_ERROR),
    (sqlite(sqlite3.IntegrityError, "UNIQUE constraint failed: t.id"), P, R.INVALID_REQUEST),
    (sqlite(sqlite3.ProgrammingError, "Cannot operate on a closed database."), P, R.INVALID_REQUEST),
]


@pytest.mark.parametrize(
    ("exception", "category", "reason"),
    [pytest.param(*case, id=f"{type(case[0]).__module__}.{type(case[0]).__name__}-{case[2]}") for case in CASES],
)
def test_it_is_recognised(exception: Exception, category: ErrorCategory, reason: RetryReason) -> None:
    found = classify(exception)
    assert (category, reason) == (found.category, found.reason), found.rule
