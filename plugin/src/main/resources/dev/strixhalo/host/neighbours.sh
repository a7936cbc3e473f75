#!/bin/sh
# How a node reaches the others; follows probe.sh. Positional parameters: the node's fabric address, then those of the other
# nodes with commas between, then the port and the seconds of the meeting (reach.py); the rest is left for the next piece.
# What waits for others runs meanwhile, the meeting first, so that both ends come to it in time.
# shellcheck disable=SC2154 # probe.sh sets who the user is, what was found, and marks
fabric=$1
peers=$2
port=$3
window=$4
shift 4
# A login that is not root's has no sbin in its PATH on Debian, where ethtool lies.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

# The clock is read first, before anything that takes its time.
say began "$(date +%s)"

# SSH_CONNECTION: client address, client port, server address, server port (ssh(1)).
between "${SSH_CONNECTION:-}" ' ' "$newline"
between "$found" ' ' ' '
lan=$found
# Without the modules of the site Python starts in half the time. It waits for others, three windows at most, beside its time.
usual=$seconds
seconds=$((seconds + 3 * window))
others=$(printf '%s' "$peers" | tr , ' ')
# shellcheck disable=SC2086 # one word per peer
meanwhile reach python3 -I -S -c "$(reach_py)" "$port" "$window" "$fabric" "${lan:--}" $others
seconds=$usual

interface=$(limited ip -o -4 addr show to "$fabric/32" 2>/dev/null | awk '{ print $2; exit }')
mtu=
[ -z "$interface" ] || { read -r mtu <"/sys/class/net/$interface/mtu"; } 2>/dev/null
for peer in $others; do
    # 28 bytes are the headers of IPv4 and ICMP.
    [ -z "$mtu" ] || meanwhile "ping-$peer" ping -n -M 'do' -c 3 -i 0.3 -W 1 -s $((mtu - 28)) "$peer"
    # Neither asks nor learns: what known_hosts does not hold is an answer, too.
    meanwhile "ssh-$peer" ssh -o BatchMode=yes -o ConnectTimeout=3 -o StrictHostKeyChecking=yes -o UpdateHostKeys=no \
        -o ControlMaster=no -o ControlPath=none "$peer" true
    probe "route-$peer" ip -j route get "$peer"
done
probe defaults ip -j route show default
# Names alone: the values may be secrets, such as Ray's token.
# shellcheck disable=SC2016 # for the inner shell
meanwhile login sh -c '"${SHELL:-/bin/sh}" -lc env | sed -n "s/^\(\(NCCL\|RCCL\|RAY\)_[A-Za-z0-9_]*\)=.*/\1/p"'

say interface "$interface"
if [ -n "$interface" ]; then
    device="/sys/class/net/$interface/device"
    probe driver readlink -f "$device/driver"
    bus=$(probe bus readlink -f "$device")
    printf '%s\n' "$bus"
    probe ethtool ethtool -i "$interface"
    probe speed cat "/sys/class/net/$interface/speed"
    probe pcie grep -sH . "$device/current_link_width" "$device/current_link_speed"
    # The last name of the path, up to the quote that ends it.
    between "$bus" /sys/ "$quote"
    bus=${found##*/}
    case "$bus" in
        *:*:*.*) probe roce-parameter devlink -j dev param show "pci/$bus" name enable_roce ;;
    esac
fi

# Who keeps the address: NetworkManager's profile, a file of systemd-networkd (netplan writes such files too), or ifupdown's.
probe keepers systemctl is-active NetworkManager.service systemd-networkd.service
probe netplan find /etc/netplan -name '*.yaml'
# Not the whole files: they may hold the password of a wireless network.
probe ifupdown grep -hE '^[[:space:]]*(iface|address)[[:space:]]' /etc/network/interfaces /etc/network/interfaces.d/*
if [ -n "$interface" ]; then
    answer=$(probe nm-device nmcli -t -f GENERAL.STATE,GENERAL.CONNECTION,GENERAL.CON-UUID device show "$interface")
    printf '%s\n' "$answer"
    between "$answer" GENERAL.CON-UUID: "$quote"
    uuid=${found%%[!0-9A-Za-z-]*}
    if [ -n "$uuid" ]; then
        probe nm-profile nmcli -t -f connection.id,connection.autoconnect,connection.zone,ipv4.method,ipv4.addresses \
            connection show "$uuid"
        probe nm-files nmcli -t -f UUID,FILENAME connection show
    fi
    answer=$(probe networkd networkctl --no-pager status "$interface")
    printf '%s\n' "$answer"
    between "$answer" 'Network File: ' "$newline"
    case "$found" in
        /*) probe networkd-file grep -E '^[[:space:]]*Address' "$found" ;;
    esac
fi
