#!/bin/sh
# Asks podman of itself first, since no probe takes longer on a node that is right: it asks the package manager for the
# version of each of its helpers. look.sh waits for the answer. Follows probe.sh, takes no parameters.
informer=
if command -v podman >/dev/null 2>&1 && folder_made; then
    # shellcheck disable=SC2086 # the words of a command
    probe info ${podman:-podman} info --format json >"${folder:?}/info" &
    # shellcheck disable=SC2034 # look.sh uses it
    informer=$!
fi
