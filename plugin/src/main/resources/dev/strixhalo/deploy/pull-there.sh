#!/bin/sh
# Lets this node pull an image from where it comes from. Positional parameters: reference by digest, image ID wanted, the
# folder where podman keeps a blob between download and unpacking, name to keep it under ("-" for none).
# Standard input: one line with the login (podman's auth.json), or an empty one, and the node's own logins are used.
# Prints "@@bytes N" every second: what lies in that folder, which is what has come of the layers so far.
set -eu
umask 077
reference=$1 wanted=$2 temporary=$3 keep=$4
# Both lie in memory; a login never touches a disk.
folder=$(mktemp -d "${XDG_RUNTIME_DIR:-/dev/shm}/strixhalo-pull.XXXXXX")
trap 'rm -rf -- "$folder"' EXIT
pull=
# PIPE, too: when the session is gone our next line may be what finds out, and the pull must not outlive us. We wait for it,
# so that whoever ends us by force ends it as well.
trap '[ -z "$pull" ] || { kill "$pull" 2>/dev/null; wait "$pull"; }; exit 130' HUP INT PIPE TERM
: >"$folder/started"
IFS= read -r login || login=
if [ -n "$login" ]; then
    printf '%s\n' "$login" >"$folder/auth.json"
    podman pull --quiet --authfile "$folder/auth.json" "$reference" >"$folder/id" &
else
    podman pull --quiet "$reference" >"$folder/id" &
fi
pull=$!
while kill -0 "$pull" 2>/dev/null; do
    bytes=$(find "$temporary" -maxdepth 2 -path '*/storage*' -type f -user "$(id -un)" -newer "$folder/started" -printf '%s\n' 2>/dev/null |
        awk '{ sum += $1 } END { printf "%.0f", sum }')
    printf '@@bytes %s\n' "${bytes:-0}"
    sleep 1
done
wait "$pull"
id=$(cat "$folder/id")
[ "sha256:${id#sha256:}" = "$wanted" ] || {
    echo "podman has image ID $id after the pull, wanted $wanted" >&2
    exit 3
}
if [ "$keep" != - ]; then
    podman tag "$id" "$keep"
    # One name, ours: with two of them nobody who removes the name would remove the image.
    podman untag "$id" "$reference"
fi
