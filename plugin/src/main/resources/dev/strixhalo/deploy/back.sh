#!/bin/sh
# Takes a switch back. Positional parameters: name of the new container, whether to remove it (yes or no), name of the one
# that ran before ("-" for none).
set -eu
new=$1 remove=$2 old=$3
if podman container exists "$new"; then
    podman stop --time 10 "$new" >/dev/null 2>&1 || true
    [ "$remove" = no ] || podman rm --force "$new" >/dev/null
fi
[ "$old" = - ] || podman start "$old" >/dev/null
