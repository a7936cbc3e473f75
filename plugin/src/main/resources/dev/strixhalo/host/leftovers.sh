#!/bin/sh
# What earlier work left behind, and what the container of the cluster is like inside; follows look.sh, whose devices are
# still the positional parameters. Of processes only owner and name are told: their arguments may hold secrets.
running=
[ -z "${graph:-}" ] || probe graph-disk df -PkT "$graph"
case ${containers:-} in *'"Id"'*)
    # shellcheck disable=SC2086 # the words of a command
    running=$(limited ${podman:-podman} ps --filter "label=dev.strixhalo.cluster=${cluster:-}" --filter status=running --no-trunc \
        --format '{{.ID}}' 2>/dev/null | head -n 1)
    ;;
esac
if [ -n "$running" ]; then
    meanwhile inside podman exec "$running" sh -c "grep '^Max locked memory' /proc/self/limits
printf '%s\n' --
$(devices_sh)
printf '%s\n' --
cd /
sha256sum opt/rocm/lib/librccl.so.1 opt/rocm/lib/librccl.so opt/venv/lib/python3*/site-packages/*/lib/librccl.so.1 2>/dev/null
true" sh "$@"
    told=$(limited podman inspect --type container --format '{{.State.Pid}}{{range .Config.Env}}{{"\n"}}{{json .}}{{end}}' \
        "$running" 2>/dev/null)
    # A process of the container is known by its PID namespace, which is that of the container's first process.
    first=$(printf '%s\n' "$told" | head -n 1)
    own=$(readlink "/proc/$first/ns/pid" 2>/dev/null)
    # Values may be secrets: digests of them can be compared as well. What is the node's own name or address differs by right.
    say environment "$(printf '%s\n' "$told" | sed '1d; s/^"//; s/"$//' | while IFS= read -r line; do
        value=${line#*=}
        case ${line%%=*} in '' | HOSTNAME) continue ;; esac
        case " $value" in " ${fabric:-:}" | " ${lan:-:}" | " $(uname -n)") continue ;; esac
        printf '%s %s\n' "${line%%=*}" "$(printf '%s' "$value" | sha256sum | cut -d ' ' -f 1)"
    done)"
fi

whose() {
    if [ -n "${own:-}" ] && [ "$(readlink "/proc/$1/ns/pid" 2>/dev/null)" = "$own" ]; then echo ours; else echo foreign; fi
}

probe ports ss -Hltnp
# vLLM and Ray name most of their processes after themselves (VLLM::…, ray::…); the others are Python's.
say processes "$(limited ps -ww -eo pid=,user:32=,args= 2>/dev/null | awk '
    $3 ~ /^(ray::|VLLM::)/ || $3 ~ /(^|\/)(raylet|gcs_server|vllm)$/ { print $1, $2; next }
    $3 ~ /(^|\/)python[0-9.]*$/ && ($4 ~ /(^|\/)(vllm|ray)$/ || ($4 == "-m" && $5 ~ /^(vllm|ray)\./)) { print $1, $2 }
' | while read -r pid owner; do
    # It may have ended since.
    comm=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
    printf '%s %s %s %s\n' "$pid" "$owner" "$(whose "$pid")" "$comm"
done)"

say gpu-users "$(for path in /sys/class/kfd/kfd/proc/*; do
    pid=${path##*/}
    [ -d "/proc/$pid" ] || continue
    bytes=$(cat "$path"/vram_* 2>/dev/null | awk '{ sum += $1 } END { printf "%d", sum }')
    printf '%s %s %s %s %s\n' "$pid" "$(stat -c %U "/proc/$pid" 2>/dev/null)" "$(whose "$pid")" "${bytes:-0}" \
        "$(cat "/proc/$pid/comm" 2>/dev/null)"
done)"

probe shm find /dev/shm -maxdepth 1 -type f -user "${user:-}" \
    '(' -name 'psm_*' -o -name 'nccl-*' -o -name 'torch_*' -o -name 'sem.mp-*' ')' -printf '%f %s\n'
# shellcheck disable=SC2016 # for the inner shell; processes end while they are looked at
probe shm-used sh -c '[ -n "$(find /dev/shm -maxdepth 1 -type f -user "$(id -un)" -print -quit)" ] || exit 0
cat /proc/[0-9]*/maps 2>/dev/null | sed -n "s|.* /dev/shm/||p" | sort -u
find /proc/[0-9]*/fd -lname "/dev/shm/*" -printf "%l\n" 2>/dev/null | sed "s|^/dev/shm/||" | sort -u
true'
cache=${XDG_CACHE_HOME:-$HOME/.cache}/comgr
if [ -d "$cache" ]; then probe comgr find "$cache" -type f -size 0; else say comgr ""; fi
