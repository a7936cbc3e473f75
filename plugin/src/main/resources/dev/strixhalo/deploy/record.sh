#!/bin/sh
# Writes a record of ours on the node, whole or not at all. Positional parameters: cluster, file name, a line for the
# journal beside it ("-" for none). Standard input: the record.
set -eu
umask 077
folder="$HOME/.local/state/strixhalo/$1" file=$2 line=$3
mkdir -p -- "$folder"
cat >"$folder/.$file.$$"
mv -f -- "$folder/.$file.$$" "$folder/$file"
[ "$line" = - ] || printf '%s\n' "$line" >>"$folder/journal"
