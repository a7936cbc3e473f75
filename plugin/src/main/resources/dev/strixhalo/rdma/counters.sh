#!/bin/sh
# What the counters of this node say right now: those of every port of every RDMA device, and the bytes of every network
# interface. Reads and changes nothing. Positional parameters: the fabric interface, and where sysfs is mounted.
# Prints a line each, words by blanks:
#   port DEVICE PORT DRIVER LAYER     count DEVICE PORT FILE VALUE     net INTERFACE BYTES-IN BYTES-OUT
#   stacked INTERFACE (above or below the fabric's)     gone FILE (vanished, or refused to be read)     end
LC_ALL=C
export LC_ALL
fabric=$1
sys=$2

# The first line of a file; without a fork, since a card has a hundred counters and they should be of one moment.
value() {
    text=
    if { IFS= read -r text <"$1"; } 2>/dev/null || [ -n "$text" ]; then return 0; fi
    printf 'gone %s\n' "${1#"$sys"/}"
    return 1
}

# Who is behind a device: Soft-RoCE has a file that names its interface; else the driver of the card.
driver() {
    if [ -e "$1/parent" ]; then
        printf rxe
    elif [ -e "$1/device/driver" ]; then
        basename "$(readlink -f "$1/device/driver")"
    else
        printf unknown
    fi
}

for device in "$sys"/class/infiniband/*; do
    [ -d "$device" ] || continue
    name=${device##*/}
    behind=$(driver "$device")
    for port in "$device"/ports/*; do
        [ -d "$port" ] || continue
        number=${port##*/}
        value "$port/link_layer" || text=unknown
        printf 'port %s %s %s %s\n' "$name" "$number" "$behind" "$text"
        for file in "$port"/counters/* "$port"/hw_counters/*; do
            [ -f "$file" ] || continue
            value "$file" || continue
            printf 'count %s %s %s %s\n' "$name" "$number" "${file#"$port"/}" "$text"
        done
    done
done

for interface in "$sys"/class/net/*; do
    name=${interface##*/}
    if [ "$name" = lo ] || [ ! -d "$interface/statistics" ]; then continue; fi
    value "$interface/statistics/rx_bytes" || continue
    in=$text
    value "$interface/statistics/tx_bytes" || continue
    printf 'net %s %s %s\n' "$name" "$in" "$text"
done

for link in "$sys/class/net/$fabric"/lower_* "$sys/class/net/$fabric"/upper_*; do
    if [ ! -e "$link" ] && [ ! -L "$link" ]; then continue; fi
    name=${link##*/}
    printf 'stacked %s\n' "${name#*_}"
done
printf 'end\n'
