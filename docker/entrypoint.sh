#!/bin/sh
# What the container runs: gunicorn, or a command of datagateway-api, or any other program.
#
# Settings come from /etc/datagateway-api/config.yaml, if it is there, and from the environment:
# every DATAGATEWAY_API__… variable, and for short ICAT_URL, ICAT_CHECK_CERT and LOG_LOCATION.
# A DATAGATEWAY_API__… variable wins over its short name. PORT is where gunicorn listens.
set -eu

default_config=/etc/datagateway-api/config.yaml
if [ -z "${DATAGATEWAY_API_CONFIG:-}" ] && [ -f "$default_config" ]; then
    export DATAGATEWAY_API_CONFIG="$default_config"
fi

# Whether a variable of this name is set, in upper or lower case.
is_set() { env | grep -qi "^$1="; }

# Whether a mode is switched on, by a section of the file or by a variable.
is_on() {
    env | grep -qi "^DATAGATEWAY_API__$1__" && return
    [ -f "${DATAGATEWAY_API_CONFIG:-}" ] && grep -qi "^$1:" "$DATAGATEWAY_API_CONFIG"
}

# Give the value of a short name to a setting that has none yet.
give() { is_set "$1" || export "$1=$2"; }

if [ -n "${LOG_LOCATION:-}" ]; then give DATAGATEWAY_API__LOG_LOCATION "$LOG_LOCATION"; fi

if [ -n "${ICAT_URL:-}" ] && ! is_on datagateway_api && ! is_on search_api; then
    # Nothing but an ICAT is named: serve it.
    export DATAGATEWAY_API__DATAGATEWAY_API__BACKEND=python_icat
    export DATAGATEWAY_API__DATAGATEWAY_API__EXTENSION=/
fi
for mode in DATAGATEWAY_API SEARCH_API; do
    if ! is_on "$mode"; then continue; fi
    if [ -n "${ICAT_URL:-}" ]; then give "DATAGATEWAY_API__${mode}__ICAT_URL" "$ICAT_URL"; fi
    if [ -n "${ICAT_CHECK_CERT:-}" ]; then
        give "DATAGATEWAY_API__${mode}__ICAT_CHECK_CERT" "$ICAT_CHECK_CERT"
    fi
done

command=${1:-gunicorn}
case $command in
    gunicorn)
        if [ $# -gt 0 ]; then shift; fi
        # Every problem of the settings at once; the health check reads where the modes answer.
        datagateway-api check-config >/tmp/datagateway-api-settings.yaml
        exec gunicorn --config python:datagateway_api.gunicorn_conf \
            --bind "0.0.0.0:${PORT:-8000}" --worker-tmp-dir /tmp "$@"
        ;;
    check-config | create-catalogue | hash-password | openapi) exec datagateway-api "$@" ;;
    *) exec "$@" ;;
esac
