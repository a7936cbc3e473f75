#!/bin/sh
# What only doctor has to know of a node; follows probe.sh. Positional parameters: the node's fabric address, then those of
# the other nodes with commas between; the rest is left for look.sh. Files of sysfs may vanish while they are read, and
# those that were read count, so the exit code of grep says nothing here.
fabric=$1
peers=$2
shift 2
# A login that is not root's has no sbin in its PATH on Debian, where ethtool lies.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

say began "$(date +%s)"
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

printf '@@begin programs\n'
for program in podman crun ip rdma ethtool ibv_devinfo ib_write_bw; do
    if command -v "$program" >/dev/null 2>&1; then printf '%s yes\n' "$program"; else printf '%s no\n' "$program"; fi
done
printf '@@end programs 0\n'

interface=$(limited ip -o -4 addr show to "$fabric/32" 2>/dev/null | awk '{ print $2; exit }')
say interface "$interface"
if [ -n "$interface" ]; then
    device="/sys/class/net/$interface/device"
    probe driver readlink -f "$device/driver"
    probe bus readlink -f "$device"
    probe ethtool ethtool -i "$interface"
    probe speed cat "/sys/class/net/$interface/speed"
    probe pcie grep -sH . "$device/current_link_width" "$device/current_link_speed"
fi
probe rdma-ports grep -sH . /sys/class/infiniband/*/ports/*/state /sys/class/infiniband/*/ports/*/phys_state \
    /sys/class/infiniband/*/ports/*/link_layer
probe gids grep -sH . /sys/class/infiniband/*/ports/*/gids/*
probe gid-types grep -sH . /sys/class/infiniband/*/ports/*/gid_attrs/types/*
probe gid-ndevs grep -sH . /sys/class/infiniband/*/ports/*/gid_attrs/ndevs/*
probe rdma-links rdma -j link
probe defaults ip -j route show default

mtu=$(limited cat "/sys/class/net/$interface/mtu" 2>/dev/null)
for peer in $(printf '%s' "$peers" | tr , ' '); do
    probe "route-$peer" ip -j route get "$peer"
    # 28 bytes are the headers of IPv4 and ICMP.
    [ -z "$mtu" ] || probe "ping-$peer" ping -n -M 'do' -c 3 -i 0.3 -W 1 -s $((mtu - 28)) "$peer"
done

# Names alone: the values may be secrets, such as Ray's token.
# shellcheck disable=SC2016 # for the inner shell
probe login sh -c '"${SHELL:-/bin/sh}" -lc env | sed -n "s/^\(\(NCCL\|RCCL\|RAY\)_[A-Za-z0-9_]*\)=.*/\1/p"'

cache=${HF_HOME:-$HOME/.cache/huggingface}
while [ ! -e "$cache" ] && [ "$cache" != / ] && [ "$cache" != . ]; do cache=$(dirname "$cache"); done
probe weights df -Pk "$cache"
