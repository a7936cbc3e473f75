#!/bin/sh
# Takes a run back, last step first; follows journal.sh. Positional parameters: the journal, the run, "yes" to take back what
# somebody has changed since, too, and "plan" to say only what would be done. Prints a line for each step:
#   @@entry NNN CHANGE KIND VERDICT TEXT          TEXT is base64; VERDICT is undo, kept or nothing
#   @@before NNN CONTENT, @@now NNN CONTENT       of a file that would be put back, base64; "-" is no file
journal=$1
run=$2
force=$3
mode=$4
alone "$journal"
trap '' HUP PIPE INT TERM
folder=$journal/$run
[ -e "$folder/program" ] || { echo "@@gone"; exit 1; }

word() {
    printf '%s' "$1" | base64 -w 0
}

entry_line() {
    printf '@@entry %s %s %s %s %s\n' "$number" "$change" "$kind" "$1" "$(word "$2")" || exit 9
}

content() {
    if [ -e "$1" ]; then base64 -w 0 "$1"; else printf -- -; fi
}

words() {
    [ "$1" != - ] || return 0
    printf '%s' "$1" | tr , '\n' | while IFS= read -r part || [ -n "$part" ]; do
        decode "$part"
        printf ' '
    done
}

left=
# A file is ours to put back when it is as we left it; a step that was cut off may have left it as it was.
ours() {
    now=$(digest "$1")
    [ "$now" = "$2" ] || [ "$now" = "$3" ] || [ "$force" = yes ]
}

undo_file() {
    path=$(cat "$entry/path")
    was=$(digest "$entry/before")
    now=$(digest "$path")
    wrote=$(decode "$four" | sha256sum | cut -d ' ' -f 1)
    if [ "$now" = "$was" ] && [ ! -e "$entry/done" ]; then
        entry_line nothing "$path is as it was"
    elif ! ours "$path" "$wrote" "$was"; then
        entry_line kept "$path was changed since"
        left="$left $number"
        return 0
    else
        if [ "$mode" = plan ]; then
            printf '@@before %s %s\n@@now %s %s\n' "$number" "$(content "$entry/before")" "$number" "$(content "$path")"
        else
            restore "$entry" "$path" "" 2>"$entry/undoing" || fail
        fi
        entry_line undo "$path"
    fi
    [ "$mode" = plan ] || : >"$entry/undone"
}

undo_command() {
    blocked=
    back=
    if [ -e "$entry/kept" ]; then
        # Judged before the program runs, which may change these files once more.
        index=0
        while IFS= read -r path; do
            index=$((index + 1))
            was=$(digest "$entry/before.$index")
            now=$(digest "$path")
            after=$(sed -n "${index}p" "$entry/after" 2>/dev/null)
            if [ "$now" = "$was" ]; then
                back="$back $index"
            elif [ "$now" = absent ]; then
                entry_line nothing "$path is gone since"
            elif [ -e "$entry/done" ] && ! ours "$path" "$after" "$was"; then
                entry_line kept "$path was changed since"
                blocked=yes
            else
                back="$back $index"
                entry_line undo "$path"
            fi
        done <"$entry/kept"
    fi
    if [ "$two" != - ]; then
        # One that was cut off may have nothing to take back.
        [ "$mode" = plan ] || perform "$two" "$entry/undoing" || [ ! -e "$entry/done" ] || fail
        entry_line undo "$(words "$two")"
    fi
    if [ -n "$blocked" ]; then left="$left $number"; fi
    [ "$mode" != plan ] || return 0
    for index in $back; do
        path=$(sed -n "${index}p" "$entry/kept")
        [ "$(digest "$path")" = "$(digest "$entry/before.$index")" ] ||
            restore "$entry" "$path" ".$index" 2>"$entry/undoing" || fail
    done
    [ -n "$blocked" ] || : >"$entry/undone"
}

# Lines of ours go, those of others stay; where nobody has added any, the file is as it was, byte for byte.
undo_lines() {
    path=$(cat "$entry/path")
    who=$(cat "$entry/user")
    [ -e "$entry/before" ] || : >"$entry/before"
    decode "$three" | grep -vxFf "$entry/before" >"$entry/ours"
    if ! as_user "$who" cat "$path" >"$entry/now" 2>/dev/null || ! grep -qxFf "$entry/ours" "$entry/now"; then
        entry_line nothing "no line of this run is in $path"
    else
        grep -vxFf "$entry/ours" "$entry/now" >"$entry/rest"
        if [ "$mode" = plan ]; then
            printf '@@before %s %s\n@@now %s %s\n' "$number" "$(content "$entry/rest")" "$number" "$(content "$entry/now")"
        elif [ -e "$entry/absent" ] && [ ! -s "$entry/rest" ]; then
            as_user "$who" rm -f "$path" 2>"$entry/undoing" || fail
        elif [ "$(grep '' "$entry/before" | sha256sum)" = "$(sha256sum <"$entry/rest")" ]; then
            put_of_user "$who" "$path" <"$entry/before" 2>"$entry/undoing" || fail
        else
            put_of_user "$who" "$path" <"$entry/rest" 2>"$entry/undoing" || fail
        fi
        entry_line undo "$path"
    fi
    [ "$mode" != plan ] || return 0
    folder_goes
    : >"$entry/undone"
}

# A pair that the run made, unless somebody has put another in its place.
undo_key() {
    path=$(cat "$entry/path")
    who=$(cat "$entry/user")
    there=
    for name in "$path" "$path.pub" "$path.strixhalo"; do
        ! as_user "$who" test -e "$name" || there=yes
    done
    if [ -z "$there" ] || [ ! -s "$entry/after" ]; then
        entry_line nothing "no key of this run is there"
    elif [ "$force" != yes ] && as_user "$who" test -e "$path" &&
        [ "$(pair_digest "$who" "$path" "$path.pub")" != "$(cat "$entry/after")" ]; then
        entry_line kept "$path was changed since"
        left="$left $number"
        return 0
    else
        [ "$mode" = plan ] || as_user "$who" rm -f "$path" "$path.pub" 2>"$entry/undoing" || fail
        entry_line undo "$path and $path.pub are removed"
    fi
    [ "$mode" != plan ] || return 0
    as_user "$who" rm -f "$path.strixhalo" "$path.strixhalo.pub" 2>"$entry/undoing" || fail
    folder_goes
    : >"$entry/undone"
}

folder_goes() {
    [ ! -e "$entry/folder" ] || as_user "$who" rmdir "$(dirname "$path")" 2>/dev/null || :
}

undo_packages() {
    # One that was cut off left no list; what is there now and was not there before came with it.
    [ -e "$entry/after" ] || installed >"$entry/after"
    # shellcheck disable=SC2046 # a word for each package
    set -- $(comm -13 "$entry/before" "$entry/after")
    there=$(installed)
    gone=
    for name in "$@"; do
        shift
        if printf '%s\n' "$there" | grep -qxF "$name"; then set -- "$@" "$name"; else gone="$gone $name"; fi
    done
    if [ $# = 0 ]; then
        entry_line nothing "no package of this run is there"
        [ "$mode" = plan ] || : >"$entry/undone"
        return 0
    fi
    others=$(others_that_need "$@")
    if [ -n "$others" ] && [ "$force" != yes ]; then
        entry_line kept "packages stay, for others need them: $others"
        left="$left $number"
        return 0
    fi
    if [ "$mode" != plan ]; then
        if [ -e /etc/debian_version ]; then
            # After a power cut dpkg has work of its own to finish first.
            DEBIAN_FRONTEND=noninteractive dpkg --configure -a </dev/null >"$entry/undoing" 2>&1 || fail
            patiently "$entry/undoing" apt-get -o DPkg::Lock::Timeout=120 --yes remove "$@" || fail
        else
            patiently "$entry/undoing" dnf -y --setopt=clean_requirements_on_remove=0 remove "$@" || fail
        fi
        : >"$entry/undone"
    fi
    entry_line undo "remove $*"
}

# Packages beyond those of the run that would go with them.
others_that_need() {
    if [ -e /etc/debian_version ]; then
        for name in "$@"; do printf '%s\n' "${name%%:*}"; done | sort >"$entry/names"
        apt-get --simulate remove "$@" 2>/dev/null | sed -n 's/^Remv \([^ :]*\).*/\1/p' | sort | comm -13 "$entry/names" - |
            tr '\n' ' '
    else
        rpm -e --test "$@" 2>&1 | sed -n 's/.*is needed by (installed) //p' | sort -u | tr '\n' ' '
    fi
}

fail() {
    state "$folder" "kept $number"
    tell "$entry/undoing"
    printf '@@failed %s\n' "$number"
    exit 1
}

tac "$folder/program" >"$folder/backwards"
# shellcheck disable=SC2034 # places of the line that no undo needs
while read -r kind number change one two three four; do
    entry=$folder/$number-$change
    # A step that was not begun, or is back already.
    if [ ! -d "$entry" ] || [ -e "$entry/undone" ]; then continue; fi
    case $kind in
        file) undo_file ;;
        command) undo_command ;;
        packages) undo_packages ;;
        key) undo_key ;;
        lines) undo_lines ;;
    esac
done <"$folder/backwards"
rm -f "$folder/backwards"
if [ "$mode" != plan ]; then
    if [ -z "$left" ]; then state "$folder" undone; else state "$folder" "kept$left"; fi
fi
printf '@@taken-back %s\n' "$run"
