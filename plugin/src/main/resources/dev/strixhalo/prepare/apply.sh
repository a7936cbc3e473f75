#!/bin/sh
# Does the steps of a program, each written into the journal first; follows journal.sh. Positional parameters: the journal,
# the run's name, and the program's file, or "-" to finish a run that was cut off, or "more" and the program of what a run that
# is done goes on with. A step of a program is a line:
#   file NNN CHANGE PATH MODE OWNER CONTENT       the file has this content afterwards
#   command NNN CHANGE DO UNDO KEPT               a program; KEPT are files that it may change, with commas between
#   packages NNN CHANGE DO                        a program that installs; what came with it is what an undo removes
#   key NNN CHANGE PATH USER COMMENT              a user's pair of keys for SSH, made there
#   lines NNN CHANGE PATH USER LINES              a user's file has these lines, too
# PATH, CONTENT, USER, COMMENT, LINES and what stands in KEPT are base64; DO and UNDO are words of base64 with commas between,
# or "-".
journal=$1
run=$2
program=$3
# The connection may go, the step must not: whoever comes next finds it done.
trap '' HUP PIPE INT TERM

if [ "$program" = - ]; then
    alone "$journal"
    [ -e "$journal/$run/program" ] || { echo "@@failed 000 journal of run $run is gone"; exit 1; }
elif [ "$program" = more ] && [ -d "$journal/$run" ]; then
    alone "$journal"
    cat "$journal/$run/program" "$4" >"$journal/$run/program.more" || exit 1
    settle "$journal/$run/program.more"
    # Said before: between the two a cut leaves a run to finish, of which nothing is left to do.
    state "$journal/$run" begun
    mv -f "$journal/$run/program.more" "$journal/$run/program" || exit 1
    settle "$journal/$run"
else
    [ "$program" != more ] || program=$4
    # Everyone may read which runs there are: the next look is not root's.
    (umask 022 && mkdir -p "$journal") || { echo "@@failed 000 cannot make $journal"; exit 1; }
    chmod 755 "$journal"
    alone "$journal"
    [ -e "$journal/schema" ] || schema >"$journal/schema"
    chmod 644 "$journal/schema"
    if [ "$(cat "$journal/schema")" != "$(schema)" ]; then
        echo "@@failed 000 $journal is of schema $(cat "$journal/schema")"
        exit 1
    fi
    mkdir "$journal/$run" || { echo "@@failed 000 $journal/$run is there already"; exit 1; }
    cp "$program" "$journal/$run/program" || exit 1
    settle "$journal/$run/program" "$journal/$run" "$journal"
fi
state "$journal/$run" begun

remember_file() {
    if [ -e "$2" ]; then cp -p "$2" "$1/before$3"; else : >"$1/absent$3"; fi
}

write_file() {
    entry=$1
    path=$2
    mode=$3
    owner=$4
    content=$5
    mkdir -p "$(dirname "$path")" || return 1
    if [ -s "$entry/folders" ]; then
        while IFS= read -r made; do chmod 755 "$made"; done <"$entry/folders"
    fi
    if [ "$owner" != - ]; then
        if [ -s "$entry/folders" ]; then
            while IFS= read -r made; do chown "$owner" "$made" && chmod 700 "$made"; done <"$entry/folders"
        fi
    elif [ -e "$path" ]; then
        owner=$(stat -c %u:%g "$path")
    else
        owner=0:0
    fi
    decode "$content" >"$path.strixhalo" && chmod "$mode" "$path.strixhalo" && chown "$owner" "$path.strixhalo" &&
        settle "$path.strixhalo" && mv -f "$path.strixhalo" "$path" && settle "$(dirname "$path")" && relabel "$path" &&
        return 0
    rm -f "$path.strixhalo"
    return 1
}

remember_of_user() {
    path=$(decode "$2")
    who=$(decode "$3")
    if as_user "$who" test -L "$path"; then path=$(as_user "$who" readlink -m "$path") || return 1; fi
    printf '%s' "$path" >"$1/path"
    printf '%s' "$who" >"$1/user"
    as_user "$who" test -d "$(dirname "$path")" || : >"$1/folder"
    [ "$4" = lines ] || return 0
    if as_user "$who" test -e "$path"; then as_user "$who" cat "$path" >"$1/before"; else : >"$1/absent"; fi
}

# The private key is made where it stays. It comes to its name last: where that is, the pair is complete.
make_key() {
    if [ ! -s "$1/after" ] || ! as_user "$3" test -e "$2.strixhalo"; then
        # Ours after a cut, or somebody's since the plan was made: either serves.
        if as_user "$3" test -e "$2" || as_user "$3" test -e "$2.pub"; then return 0; fi
        # shellcheck disable=SC2016 # for the inner shell
        as_user "$3" sh -c 'umask 077
            mkdir -p "$(dirname "$1")" && rm -f "$1.strixhalo" "$1.strixhalo.pub" &&
                ssh-keygen -q -t ed25519 -N "" -C "$2" -f "$1.strixhalo"' sh "$2" "$4" </dev/null || return 1
        pair_digest "$3" "$2.strixhalo" "$2.strixhalo.pub" >"$1/after" || return 1
        settle "$1/after"
    fi
    # shellcheck disable=SC2016 # for the inner shell
    as_user "$3" sh -c '[ ! -e "$1.strixhalo.pub" ] || mv -f "$1.strixhalo.pub" "$1.pub" || exit 1
        mv -f "$1.strixhalo" "$1"' sh "$2" || return 1
    relabel "$2"
    relabel "$2.pub"
    settle "$2" "$2.pub" "$(dirname "$2")"
}

# Those that are not there yet, behind a last line that may lack its end.
add_lines() {
    as_user "$2" cat "$1" >"$entry/now" 2>/dev/null || : >"$entry/now"
    decode "$3" | grep -vxFf "$entry/now" >"$entry/added"
    [ -s "$entry/added" ] || return 0
    { [ ! -s "$entry/now" ] || grep '' "$entry/now"; cat "$entry/added"; } | put_of_user "$2" "$1"
}

# Fails the run: what was done stays done and stands in the journal.
fail() {
    state "$journal/$run" "failed $1"
    tell "$2"
    printf '@@failed %s\n' "$1"
    exit 1
}

while read -r kind number change one two three four; do
    entry=$journal/$run/$number-$change
    [ ! -e "$entry/done" ] || continue
    printf '@@begun %s %s\n' "$number" "$change" || exit 9
    if [ ! -d "$entry" ]; then
        rm -rf "$entry.tmp"
        mkdir "$entry.tmp" || fail "$number" /dev/null
        fresh=$entry.tmp
        case $kind in
            file)
                path=$(decode "$one")
                # A link is written through, as an editor would.
                [ ! -L "$path" ] || path=$(readlink -f "$path")
                printf '%s' "$path" >"$fresh/path"
                remember_file "$fresh" "$path" "" || fail "$number" /dev/null
                folder=$(dirname "$path")
                while [ ! -d "$folder" ]; do
                    printf '%s\n' "$folder" >>"$fresh/folders"
                    folder=$(dirname "$folder")
                done
                ;;
            command)
                index=0
                for kept in $(printf '%s' "$three" | tr , ' '); do
                    [ "$kept" != - ] || continue
                    for path in $(decode "$kept"); do
                        index=$((index + 1))
                        printf '%s\n' "$path" >>"$fresh/kept"
                        remember_file "$fresh" "$path" ".$index" || fail "$number" /dev/null
                    done
                done
                ;;
            packages) installed >"$fresh/before" || fail "$number" /dev/null ;;
            key | lines) remember_of_user "$fresh" "$one" "$two" "$kind" || fail "$number" /dev/null ;;
            *) fail "$number" /dev/null ;;
        esac
        settle "$fresh"/* "$fresh"
        mv "$fresh" "$entry" || fail "$number" /dev/null
        settle "$journal/$run"
    fi
    case $kind in
        file)
            path=$(cat "$entry/path")
            write_file "$entry" "$path" "$two" "$three" "$four" 2>"$entry/output" || fail "$number" "$entry/output"
            digest "$path" >"$entry/after"
            ;;
        command)
            perform "$one" "$entry/output" || fail "$number" "$entry/output"
            if [ -e "$entry/kept" ]; then
                while IFS= read -r path; do digest "$path"; done <"$entry/kept" >"$entry/after"
            fi
            ;;
        packages)
            # After a power cut dpkg has work of its own to finish first; what it cannot, the next line tells.
            [ ! -e /etc/debian_version ] || DEBIAN_FRONTEND=noninteractive dpkg --configure -a </dev/null >/dev/null 2>&1
            perform "$one" "$entry/output"
            code=$?
            # What a failed installation brought is taken away by an undo, too.
            installed >"$entry/after"
            [ "$code" = 0 ] || fail "$number" "$entry/output"
            ;;
        key)
            make_key "$entry" "$(cat "$entry/path")" "$(cat "$entry/user")" "$(decode "$three")" >"$entry/output" 2>&1 ||
                fail "$number" "$entry/output"
            ;;
        lines)
            add_lines "$(cat "$entry/path")" "$(cat "$entry/user")" "$three" >"$entry/output" 2>&1 ||
                fail "$number" "$entry/output"
            ;;
    esac
    : >"$entry/done"
    settle "$entry"/* "$entry"
    printf '@@done %s %s\n' "$number" "$change" || exit 9
done <"$journal/$run/program"
state "$journal/$run" "done"
printf '@@applied %s\n' "$run"
