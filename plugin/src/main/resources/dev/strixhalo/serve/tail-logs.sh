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
