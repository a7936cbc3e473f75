#!/bin/sh
# Puts the script and its program where root's shell can read them, by a stream of their own: root's is for a password and for
# nothing else. Reads two lines of base64 from standard input: the script and its program.
umask 077
folder=$(mktemp -d "${XDG_RUNTIME_DIR:-/tmp}/strixhalo-prepare.XXXXXX" 2>/dev/null) ||
    folder=$(mktemp -d /tmp/strixhalo-prepare.XXXXXX) || exit 1
IFS= read -r script
IFS= read -r program
printf '%s' "$script" | base64 -d >"$folder/script" || exit 1
printf '%s' "$program" | base64 -d >"$folder/program" || exit 1
printf '@@staged %s\n' "$folder"
