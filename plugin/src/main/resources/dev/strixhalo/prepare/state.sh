#!/bin/sh
# What prepare has to know of a node beyond doctor's look; follows probe.sh. Positional parameters: the journal, the names of
# packages joined by commas, then files whose contents are asked for. Only reads. Where sudo asks for no password it is used,
# so that files of root are seen; where it asks for one, what only root may see stays unknown here.
# shellcheck disable=SC2154 # probe.sh sets who the user is, what was found, and marks
journal=$1
packages=$2
shift 2
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

say user "$user"
say uid "$uid"
say home "$HOME"
contents boot /proc/sys/kernel/random/boot_id
as=
if [ "$uid" = 0 ]; then
    say sudo root
elif ! command -v sudo >/dev/null 2>&1; then
    say sudo absent
else
    probe sudo sudo -n true
    # What was asked before is asked again: the answer above is the user's to read.
    (limited sudo -n true 2>/dev/null) && as="sudo -n"
fi

say schema "$(cat "$journal/schema" 2>/dev/null)"
say runs "$(for state in "$journal"/*.state; do
    [ -e "$state" ] || continue
    name=${state##*/}
    printf '%s %s\n' "${name%.state}" "$(cat "$state")"
done)"

# shellcheck disable=SC2016 # for the inner shell
look='if [ ! -e "$1" ]; then echo absent; else stat -c "%a %U:%G" "$1" && base64 -w 0 "$1"; fi'
for file in "$@" /etc/default/grub.d/*.cfg "$HOME/.ssh/authorized_keys" "$HOME/.ssh/known_hosts"; do
    # shellcheck disable=SC2086 # none or two words
    probe "file $file" $as sh -c "$look" sh "$file"
done

probe units systemctl is-active NetworkManager.service systemd-networkd.service firewalld.service
if command -v dpkg-query >/dev/null 2>&1 && [ -e /etc/debian_version ]; then
    say manager apt
    # shellcheck disable=SC2016,SC2046 # the braces are dpkg-query's own; a word for each package
    probe packages dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $(printf '%s' "$packages" | tr , ' ')
elif command -v rpm >/dev/null 2>&1; then
    # There dnf may be installed, and change nothing (ostree-prepare-root(1)).
    if [ -e /run/ostree-booted ]; then say manager ostree; else say manager dnf; fi
    # shellcheck disable=SC2046 # a word for each package
    probe packages rpm -q --queryformat 'ii %{NAME}\n' $(printf '%s' "$packages" | tr , ' ')
else
    say manager none
fi

if [ -e "${XDG_DATA_HOME:-$HOME/.local/share}/containers/storage" ]; then say storage made; else say storage none; fi
probe member id -nG "$user"
probe group-render getent group render
probe group-video getent group video
contents subuid-all /etc/subuid
contents subgid-all /etc/subgid
# A conmon of the user's holds each container, and each exec in one; podman would wait for its locks, or fail for lack of IDs.
say containers "$(for process in /proc/[0-9]*; do
    { read -r name <"$process/comm"; } 2>/dev/null || continue
    if [ "$name" = conmon ] && [ "$(stat -c %u "$process")" = "$uid" ]; then
        tr '\0' '\n' <"$process/cmdline" | sed -n '/^-c$/{ n; p; q; }'
    fi
done | sort -u)"
# shellcheck disable=SC2016 # for the inner shell
probe manager-limits sh -c 'cat "/proc/$(systemctl show --property=MainPID --value "user@$(id -u).service")/limits"'

# The public halves of keys: the user's own, and those by which others know this machine.
key=$HOME/.ssh/id_ed25519
if ! command -v ssh-keygen >/dev/null 2>&1; then
    say node-key absent
elif [ -e "$key" ] || [ -e "$key.pub" ]; then
    probe node-key ssh-keygen -y -P '' -f "$key"
else
    say node-key none
fi
say sshd-port "$(printf '%s' "${SSH_CONNECTION:-}" | cut -d ' ' -f 4)"
probe host-keys sh -c 'cat /etc/ssh/ssh_host_*_key.pub'
probe home-mode stat -c %a "$HOME"
if [ -d "$HOME/.ssh" ]; then probe ssh-mode stat -c %a "$HOME/.ssh"; else say ssh-mode none; fi

if command -v nmcli >/dev/null 2>&1; then
    probe nm-devices nmcli -t -f DEVICE,TYPE,STATE,CON-UUID device status
    probe nm-list nmcli -t -f UUID,TYPE,FILENAME connection show
    for uuid in $(limited nmcli -t -f UUID,TYPE connection show 2>/dev/null | sed -n 's/:802-3-ethernet$//p'); do
        # shellcheck disable=SC2086 # none or two words
        probe "nm-profile $uuid" $as nmcli -t -f connection,802-3-ethernet,ipv4,ipv6 connection show uuid "$uuid"
    done
fi
say cards "$(for device in /sys/class/net/*/device; do
    [ -e "$device" ] || continue
    interface=${device%/device}
    printf '%s %s %s\n' "${interface##*/}" "$(basename "$(readlink -f "$device")")" "$(cat "$interface/type" 2>/dev/null)"
done)"
if command -v devlink >/dev/null 2>&1; then probe devlink devlink -j dev param show; fi
# shellcheck disable=SC2086 # none or two words
if command -v grubby >/dev/null 2>&1; then probe grubby $as grubby --info=ALL; fi
if command -v update-grub >/dev/null 2>&1; then say update-grub yes; else say update-grub no; fi
if command -v netplan >/dev/null 2>&1; then say netplan yes; else say netplan no; fi
