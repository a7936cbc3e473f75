# The last lines of each part of the last launch, from the node's own folder: for a container that is dead.
# $1 cluster, $2 lines; prints "part|time text".
set -eu
logs=${XDG_STATE_HOME:-$HOME/.local/state}/strixhalo/$1/logs
[ -d "$logs" ] || exit 0
# Names of launches begin with their time.
last=
for launch in "$logs"/*/; do
    last=$launch
done
[ -d "$last" ] || exit 0
for file in "$last"*.log; do
    [ -f "$file" ] || continue
    part=${file##*/}
    tail -n "$2" "$file" | sed "s/^/${part%.log}|/"
done
# RCCL's own files: their lines bear no time, and that of the file's last line is the nearest.
for file in "$last"rccl.*; do
    [ -f "$file" ] || continue
    changed=$(date -u -r "$file" +%Y-%m-%dT%H:%M:%S.000Z)
    tail -n "$2" "$file" | sed "s/^/rccl|$changed /"
done
