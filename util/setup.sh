#!/usr/bin/env bash
# Prepares .venv from poetry.lock: `util/setup.sh` for everything, `util/setup.sh demo` for running only.
# Poetry stands in .tools, apart from the locked packages. PYTHON=… chooses the interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly poetry_version=2.5.1 export_version=1.10.1
readonly poetry=.tools/poetry/bin/poetry
readonly kind=${1:-all}
# Modules are compiled when first imported, which most never are: a third of the time saved.
readonly pip_options=(-qq --disable-pip-version-check --no-compile)

fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }

case $kind in
    all) groups=(--all-groups) ;;
    demo) groups=(--with demo) ;;
    *) fail "expected 'all' or 'demo', got '$kind'" ;;
esac

# The version as one number, such as 311, of an interpreter that can serve; nothing for any other.
python_number() {
    "$1" -c 'import sqlite3, ssl, sys; v = sys.version_info
print("%d%02d" % v[:2]) if v >= (3, 11) else None' 2>/dev/null || true
}

choose_python() {
    local best=0 candidate number
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        number=$(python_number "$candidate")
        if [ "${number:-0}" -gt "$best" ]; then
            best=$number
            python=$candidate
        fi
    done
    [ "$best" -gt 0 ] || fail \
        "no Python of version 3.11 or later, with its ssl and sqlite3 modules, was found as ${PYTHON:-python3, python3.13, python3.12 or python3.11}" \
        "remedy: install one, or name it: make setup PYTHON=/path/to/python3"
}

has_venv() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }

# Debian keeps the standard library's venv in a package of its own.
require_venv() {
    if has_venv; then return; fi
    local package
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "setup: installing $package, which $python lacks"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    fi
    has_venv || fail "$python cannot make virtual environments" "remedy: sudo apt-get install $package"
}

require_poetry() {
    case $("$poetry" --version 2>/dev/null) in *"$poetry_version"*) return ;; esac
    echo "setup: installing Poetry $poetry_version into .tools"
    "$python" -m venv --clear .tools/poetry
    .tools/poetry/bin/pip install "${pip_options[@]}" \
        "poetry==$poetry_version" "poetry-plugin-export==$export_version"
}

install_locked() {
    local wanted=.tools/requirements.txt
    "$poetry" export --no-interaction "${groups[@]}" --all-extras --output "$wanted"
    if cmp -s "$wanted" .venv/requirements.txt && .venv/bin/python -c '' 2>/dev/null; then return; fi
    echo "setup: installing $(grep -c == "$wanted") locked packages into .venv for $("$python" --version)"
    "$python" -m venv --clear .venv
    .venv/bin/pip install "${pip_options[@]}" --no-deps --require-hashes -r "$wanted"
    cp "$wanted" .venv/requirements.txt
}

# The project itself, editable: its version and its console script.
install_project() {
    local output
    output=$(VIRTUAL_ENV=$PWD/.venv "$poetry" install --no-interaction --only-root 2>&1) || fail "$output"
}

choose_python
require_venv
require_poetry
install_locked
install_project
touch ".venv/.ready-$kind"
echo "setup: .venv is ready"
