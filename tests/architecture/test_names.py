"""The public names: all of the contract's, listed once, sorted, and every one resolves."""

from __future__ import annotations

import importlib
from types import FunctionType, ModuleType

import pytest

# Modules whose names are part of the contract: what is public in them is public in recovery.engine.
PUBLIC_MODULES = ("types", "contracts", "retry", "reporting")

PROMISED = {
    *("RetryReason", "ErrorCategory", "ErrorSeverity", "BreakerState"),
    *("RetryConfig", "BreakerConfig", "ErrorContext", "ErrorReport"),
    *("RetryStrategy", "ErrorReporter", "ServiceErrorHandler"),
    *("ExponentialBackoffStrategy", "FixedDelayStrategy", "ImmediateRetryStrategy"),
    *("AdaptiveStrategy", "CircuitBreakerStrategy", "ExponentialBackoff", "RetryBudget"),
    *("ErrorRecoveryManager", "AutoRecovery", "BasicErrorReporter"),
    *("CircuitBreaker", "CircuitBreakerOpenError", "IllegalTransition", "circuit_breaker"),
    *("Classification", "classify"),
    *("DownloadErrorHandler", "MetadataErrorHandler", "StorageErrorHandler"),
    *("DatabaseErrorHandler", "HttpErrorHandler"),
}
EVERYDAY = {"CircuitBreaker", "CircuitBreakerOpenError", "circuit_breaker", "retry", "BreakerConfig", "RetryConfig"}
FOR_TESTS = {"FakeClock", "no_delays", "force", "drain"}


def _exported(name: str) -> list[str]:
    return list(importlib.import_module(name).__all__)


def _public(module: ModuleType) -> set[str]:
    """A module's own list, else the public classes and functions that it defines."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return set(listed)
    defined = (item for item in vars(module).values() if isinstance(item, type | FunctionType))
    return {item.__name__ for item in defined if item.__module__ == module.__name__ and item.__name__[0] != "_"}


@pytest.mark.parametrize("name", ["recovery", "recovery.engine"])
def test_the_list_is_sorted_and_has_no_doubles(name: str) -> None:
    assert _exported(name) == sorted(set(_exported(name)))


@pytest.mark.parametrize("name", ["recovery", "recovery.engine"])
def test_every_listed_name_resolves(name: str) -> None:
    package = importlib.import_module(name)
    assert [public for public in _exported(name) if not hasattr(package, public)] == []


@pytest.mark.parametrize("name", PUBLIC_MODULES)
def test_a_public_modules_names_are_exported_by_the_engine(name: str) -> None:
    module = importlib.import_module(f"recovery.engine.{name}")
    assert _public(module) - set(_exported("recovery.engine")) == set()


def test_the_contracts_names_are_there() -> None:
    assert PROMISED - set(_exported("recovery.engine")) == set()
    assert EVERYDAY - set(_exported("recovery")) == set()


def test_the_everyday_names_are_the_engines() -> None:
    recovery, engine = importlib.import_module("recovery"), importlib.import_module("recovery.engine")
    shared = PROMISED & set(recovery.__all__)
    assert [name for name in sorted(shared) if getattr(recovery, name) is not getattr(engine, name)] == []


def test_the_test_helpers_are_there() -> None:
    testing = importlib.import_module("recovery.testing")
    assert [name for name in sorted(FOR_TESTS) if not hasattr(testing, name)] == []
