#!/bin/sh
# Pulls an image through the operator's registry. Positional parameters: port on this node's loopback, name, digest of
# the manifest, image ID wanted, name to keep it under ("-" for none), prefix of the names that older runs left.
# Standard input: one line with the credentials (podman's auth.json), then the registry's certificate.
set -eu
umask 077
port=$1 name=$2 digest=$3 wanted=$4 keep=$5
folder=$(mktemp -d "${XDG_RUNTIME_DIR:-/tmp}/strixhalo-pull.XXXXXX")
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 130' HUP INT TERM
IFS= read -r auth
printf '%s\n' "$auth" >"$folder/auth.json"
mkdir "$folder/certs"
cat >"$folder/certs/ca.crt"
source="127.0.0.1:$port/$name@$digest"
podman pull --quiet --cert-dir "$folder/certs" --authfile "$folder/auth.json" "$source" >"$folder/id"
id=$(cat "$folder/id")
[ "sha256:${id#sha256:}" = "$wanted" ] || {
    echo "podman has image ID $id after the pull, wanted $wanted" >&2
    exit 3
}
if [ "$keep" != - ]; then
    podman tag "$id" "$keep"
    podman untag "$id" "$source"
fi
