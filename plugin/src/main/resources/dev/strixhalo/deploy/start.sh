#!/bin/sh
# Stops the running containers of a cluster and starts one. Positional parameters: cluster, name of the one to start,
# seconds to let the others end in. Prints the name of each that was stopped as "@@stopped NAME".
set -eu
cluster=$1 name=$2 grace=$3
for old in $(podman ps --filter "label=dev.strixhalo.cluster=$cluster" --format '{{.Names}}'); do
    [ "$old" != "$name" ] || continue
    podman stop --time "$grace" "$old" >/dev/null
    printf '@@stopped %s\n' "$old"
done
podman start "$name" >/dev/null
# A main process that ends at once must not pass as running.
i=0
while [ "$i" -lt 10 ]; do
    state=$(podman container inspect --format '{{.State.Status}}' "$name")
    if [ "$state" != running ]; then
        echo "the container's main process ended at once ($state):" >&2
        podman logs --tail 20 "$name" >&2
        exit 4
    fi
    i=$((i + 1))
    sleep 0.1
done
podman container inspect "$name"
