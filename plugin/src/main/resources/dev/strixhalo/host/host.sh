#!/bin/sh
# The machine and its system, as doctor judges them; follows neighbours.sh, takes no parameters. Files of sysfs may vanish
# while they are read, and those that were read count, so the exit code of grep says nothing here.
probe os-release cat /etc/os-release
probe kernel uname -r
probe arguments cat /proc/cmdline
probe meminfo grep '^MemTotal:' /proc/meminfo
probe swaps cat /proc/swaps
probe gpu grep -sH . /sys/class/drm/card*/device/mem_info_vram_total /sys/class/drm/card*/device/mem_info_gtt_total
probe gfx grep -sH '^gfx_target_version' /sys/class/kfd/kfd/topology/nodes/*/properties
probe limits cat /proc/self/limits
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
while [ ! -e "$cache" ] && [ "$cache" != / ] && [ "$cache" != . ]; do cache=$(dirname "$cache"); done
probe weights df -Pk "$cache"
probe weights-disk findmnt -n -o FSTYPE,SOURCE -T "$cache"
# btrfs names a subvolume behind its device: /dev/nvme0n1p3[/home].
disk=$(limited findmnt -n -o SOURCE -T "$cache" 2>/dev/null | sed 's/\[.*//')
case "$disk" in
    /dev/*) probe weights-turns lsblk -n -d -o ROTA "$disk" ;;
esac
