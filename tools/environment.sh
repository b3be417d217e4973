#!/bin/sh
# Makes .venv from nothing but Python 3.11+, puts a pinned uv into it and syncs it with uv.lock.
# Usage: tools/environment.sh VENV UV_VERSION [arguments of `uv sync`]; $PYTHON names the interpreter to start from.
set -eu

venv=$1
uv_version=$2
shift 2

missing() {
    printf '\nRecovery cannot set up its environment: %s\n%s\n\n' "$1" "$2" >&2
    exit 1
}

good_python() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        good_python "$PYTHON" || missing "PYTHON=$PYTHON is not Python 3.11 or newer." \
            "Name another one: make PYTHON=python3.12 …"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python python3.13 python3.12 python3.11 python3.14; do
        if good_python "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    missing "no Python 3.11 or newer on the PATH." \
        "Install one (Debian/Ubuntu: apt install python3 python3-venv; Fedora: dnf install python3; macOS: brew install python;
any system: https://www.python.org/downloads/), or name it: make PYTHON=/path/to/python3.11 …"
}

make_venv() {
    python=$(find_python) || exit 1
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
        missing "$python has no venv module." \
            "Debian and Ubuntu ship it apart: apt install python3-venv (or python3.11-venv, python3.12-venv: the one of your Python)."
    "$python" -m venv --clear "$venv"
}

right_uv() {
    [ -x "$1" ] && [ "$("$1" --version 2>/dev/null | cut -d' ' -f2)" = "$uv_version" ]
}

# The pinned uv: the one in .venv, else the same version from the PATH (no network needed), else from PyPI.
find_uv() {
    if right_uv "$venv/bin/uv"; then
        echo "$venv/bin/uv"
        return
    fi
    on_path=$(command -v uv || true)
    if [ -n "$on_path" ] && right_uv "$on_path"; then
        echo "$on_path"
        return
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$uv_version" >&2 ||
        missing "uv $uv_version could not be installed from PyPI." \
            "The first run needs the network (or a uv $uv_version on the PATH with a filled cache); later runs do not."
    echo "$venv/bin/uv"
}

good_python "$venv/bin/python" || make_venv
uv=$(find_uv) || exit 1
# uv must take the interpreter of .venv and never fetch one of its own.
UV_PROJECT_ENVIRONMENT=$venv UV_PYTHON_DOWNLOADS=never "$uv" sync --quiet --frozen --python "$venv/bin/python" "$@" ||
    missing "uv sync failed (see above)." "The first run downloads the packages of uv.lock from pypi.org; later runs need no network."
