"""What a person can do about an error: the sentences, ordered by how likely each helps, said once.

The rule tables and the handlers quote them; a service's own rules bring sentences of their own.
"""

from __future__ import annotations

NETWORK = (
    "Check network connectivity",
    "Verify proxy settings if using proxy",
    "Check that the remote host and port are right and reachable",
    "Check firewall and DNS settings",
)
TIMEOUT = (
    "Check network connectivity",
    "Increase the timeout if the operation is known to be slow",
    "Check the load of the remote service",
)
CERTIFICATE = (
    "Check the server's certificate and its chain",
    "Update the local certificate store",
    "Check the system clock",
)
RATE_LIMITED = (
    "Wait before retrying, as long as Retry-After says",
    "Reduce the request rate",
    "Ask the provider for a higher limit",
)
QUOTA = (
    "Check the quota and its use with the provider",
    "Wait until the quota is renewed",
    "Ask the provider for a higher quota",
)
UNAVAILABLE = (
    "Wait and try again later",
    "Check the status page of the service",
    "Check whether maintenance is under way",
)
BREAKER_OPEN = (
    "Wait until the circuit breaker lets calls through again",
    "Check the health of the protected service",
)
SERVER_ERROR = (
    "Wait and try again later",
    "Check the logs and the status page of the remote service",
    "Report it to the provider if it persists",
)
AUTHENTICATION = (
    "Check the credentials",
    "Renew the token or key if it has expired",
    "Check the permissions of the account",
)
INVALID_REQUEST = (
    "Check the parameters of the request",
    "Compare the request with the documentation of the service",
)
NOT_FOUND = (
    "Check that the name, path or URL is right",
    "Check whether the resource was moved or deleted",
)
PRECONDITION = (
    "Read the present state of the resource again and repeat the change",
    "Check whether another client changes the same resource",
)
FILE_MISSING = (
    "Check that the path exists and is spelled right",
    "Check that the volume is mounted",
)
PERMISSION = (
    "Check file system permissions",
    "Verify write access to output directory",
    "Check the user that the service runs as",
)
FILESYSTEM = (
    "Check file system permissions",
    "Verify write access to output directory",
    "Check the health of the disk or of the mounted volume",
)
WRONG_PATH = (
    "Check that the path names what is expected (a file, or a directory)",
    "Clean up temporary files",
)
DISK_FULL = (
    "Check available disk space in output directory",
    "Clean up temporary files",
    "Raise the disk quota, or choose another output directory",
)
MEMORY = (
    "Check the memory that the process uses and its limit",
    "Reduce the batch size or the number of parallel jobs",
)
TOO_MANY_OPEN = (
    "Check for files or connections that are not closed",
    "Raise the limit of open files (ulimit -n)",
)
DATABASE = (
    "Check that the database server is running",
    "Check network connectivity",
    "Check the connection settings of the database",
)
DATABASE_BUSY = (
    "Retry the transaction",
    "Keep transactions short",
    "Look for long-running transactions that hold locks",
)
DATABASE_FULL = (
    "Check the number of open connections and the size of the pool",
    "Check available disk space and memory of the database server",
)
DATABASE_STATEMENT = (
    "Check the statement and its values",
    "Check that all migrations are applied",
)
DOWNLOAD = (
    "Check network connectivity",
    "Check that the source is still available",
    "Update the downloader if the source has changed",
)
QUALITY = (
    "Choose another quality or format",
    "List the formats that are available",
)
SOURCE_GONE = (
    "Check that the source is public and still available",
    "Check whether it is restricted to a region or an account",
)
METADATA = (
    "Check whether the source has changed its format",
    "Update the parser or the library that reads it",
    "Fetch the metadata again",
)
