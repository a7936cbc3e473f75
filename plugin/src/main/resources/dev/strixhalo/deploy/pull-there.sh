#!/bin/sh
# Lets this node pull an image from where it comes from. Positional parameters: reference by digest, image ID wanted, the folder where
# podman keeps a blob between download and unpacking, name to keep it under ("-" for none).
# Prints "@@bytes N" every second: what lies in that folder, which is what has come of the layers so far.
set -eu
reference=$1 wanted=$2 temporary=$3 keep=$4
started=$(mktemp "${TMPDIR:-/tmp}/strixhalo-pull.XXXXXX")
trap 'rm -f -- "$started" "$started.id"' EXIT
trap 'kill "$pull" 2>/dev/null; exit 130' HUP INT TERM
podman pull --quiet "$reference" >"$started.id" &
pull=$!
while kill -0 "$pull" 2>/dev/null; do
    bytes=$(find "$temporary" -maxdepth 2 -path '*/storage*' -type f -user "$(id -un)" -newer "$started" -printf '%s\n' 2>/dev/null |
        awk '{ sum += $1 } END { printf "%.0f", sum }')
    printf '@@bytes %s\n' "${bytes:-0}"
    sleep 1
done
wait "$pull"
id=$(cat "$started.id")
[ "sha256:${id#sha256:}" = "$wanted" ] || {
    echo "podman has image ID $id after the pull, wanted $wanted" >&2
    exit 3
}
[ "$keep" = - ] || podman tag "$id" "$keep"
