#!/bin/sh
# The machine and its system, as doctor judges them; follows neighbours.sh, takes no parameters. Files of sysfs may vanish
# while they are read, and those that were read count, so the exit code of grep says nothing here.
# shellcheck disable=SC2154 # probe.sh sets who the user is, what was found, and marks
contents os-release /etc/os-release
probe kernel uname -r
contents arguments /proc/cmdline
contents meminfo /proc/meminfo MemTotal:
contents swaps /proc/swaps
probe gpu grep -sH . /sys/class/drm/card*/device/mem_info_vram_total /sys/class/drm/card*/device/mem_info_gtt_total
probe gfx grep -sH '^gfx_target_version' /sys/class/kfd/kfd/topology/nodes/*/properties
contents limits /proc/self/limits
probe services systemctl is-active systemd-oomd.service earlyoom.service
probe suspend systemctl is-enabled suspend.target
probe logind busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager \
    KillUserProcesses RemoveIPC
if command -v rpm >/dev/null 2>&1 && [ ! -e /etc/debian_version ]; then
    probe packages rpm -q --queryformat '%{NAME} %{VERSION}-%{RELEASE}\n' linux-firmware amd-gpu-firmware
else
    # shellcheck disable=SC2016 # the braces are dpkg-query's own
    probe packages dpkg-query -W -f '${Package} ${Version}\n' linux-firmware firmware-amd-graphics
fi

say programs "$(for program in podman crun ip rdma ethtool ibv_devinfo ib_write_bw toolbox distrobox; do
    if command -v "$program" >/dev/null 2>&1; then printf '%s yes\n' "$program"; else printf '%s no\n' "$program"; fi
done)"

# The folder that deploy gives to the container, whatever HF_HOME says here.
cache=$HOME/.cache/huggingface
# What a model's name stands for there: the commit that refs/main names.
probe models grep -sH . "$cache"/hub/models--*/refs/main
while [ ! -e "$cache" ] && [ "$cache" != / ] && [ "$cache" != . ]; do cache=${cache%/*}; cache=${cache:-/}; done
probe weights df -Pk "$cache"
disk=$(probe weights-disk findmnt -n -o FSTYPE,SOURCE -T "$cache")
printf '%s\n' "$disk"
# btrfs names a subvolume behind its device: /dev/nvme0n1p3[/home].
case "$disk" in *" /dev/"*)
    between "$disk" ' /dev/' "$quote"
    disk=${found%%"$newline"*}
    probe weights-turns lsblk -n -d -o ROTA "/dev/${disk%%\[*}"
    ;;
esac
