#!/usr/bin/env bash
# Compares, from inside the toolbox, the LAN, the fabric card over TCP and RDMA: latency and bandwidth each, to the other
# node (setup guide, section 5.3). On the other node, in its toolbox, start the servers first:
#     /opt/compare_eth_vs_rdma.sh --server
# and then here:
#     /opt/compare_eth_vs_rdma.sh 192.168.100.2 [ADDRESS ON THE LAN]
# The servers serve one comparison, and end by themselves after five minutes. Limits, both directions and the data of an
# all-reduce are checked by 'mvn strixhalo:verify' on the operator's machine.
set -uo pipefail
LC_ALL=C
export LC_ALL

# Fixed, so that both ends know them; others by the variable.
port=${COMPARE_PORT:-28700}
seconds=${COMPARE_SECONDS:-5}
# Exchanges in the place of seconds, for devices that are emulated.
rounds=${COMPARE_ROUNDS:-}

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

there() { command -v "$1" >/dev/null 2>&1; }

# The device, port and GID index that hold this IPv4 address as RoCE v2, as options of perftest.
verbs() {
    local bytes wanted file folder index
    IFS=. read -r -a bytes <<<"$1"
    [ "${#bytes[@]}" -eq 4 ] || return 1
    wanted=$(printf '0000:0000:0000:0000:0000:ffff:%02x%02x:%02x%02x' "${bytes[@]}")
    for file in /sys/class/infiniband/*/ports/*/gids/*; do
        [ "$(cat "$file" 2>/dev/null)" = "$wanted" ] || continue
        folder=${file%/gids/*}
        index=${file##*/}
        [ "$(cat "$folder/gid_attrs/types/$index" 2>/dev/null)" = 'RoCE v2' ] || continue
        local device=${folder#/sys/class/infiniband/}
        printf '%s\n' -d "${device%%/*}" -i "${folder##*/}" -x "$index"
        return 0
    done
    return 1
}

bandwidth_options() {
    printf '%s\n' -q 8 --report_gbits
    if [ -n "$rounds" ]; then printf '%s\n' -n "$rounds"; else printf '%s\n' -D "$seconds" -f 1; fi
}

latency_options() {
    printf '%s\n' -n "${rounds:-1000}"
}

serve() {
    there iperf3 || echo 'iperf3 is not installed here (package iperf3): no bandwidth of TCP will be measured' >&2
    trap 'kill $(jobs -p) 2>/dev/null' EXIT
    trap 'exit 143' TERM INT
    # Two comparisons by iperf3: the LAN's and the card's.
    there iperf3 && timeout 300 iperf3 -s -p "$port" >/dev/null &
    local own options=()
    own=$(fabric_address)
    if there ib_send_lat && [ -n "$own" ] && mapfile -t options < <(verbs "$own") && [ "${#options[@]}" -gt 0 ]; then
        mapfile -t latency < <(latency_options)
        mapfile -t bandwidth < <(bandwidth_options)
        (
            timeout 300 ib_send_lat "${options[@]}" -F -p $((port + 1)) "${latency[@]}" >/dev/null
            timeout 300 ib_write_bw "${options[@]}" -F -p $((port + 2)) "${bandwidth[@]}" >/dev/null
        ) &
    else
        echo 'no RDMA here: perftest is not installed, or no address is RoCE v2' >&2
    fi
    echo "serving for 300 s on ports $port to $((port + 2)); on the other node: $0 ${own:-ADDRESS OF THIS NODE}"
    wait
}

# The address that RDMA goes by, else nothing.
fabric_address() {
    local file gid
    for file in /sys/class/infiniband/*/ports/*/gids/*; do
        gid=$(cat "$file" 2>/dev/null) || continue
        case $gid in
            0000:0000:0000:0000:0000:ffff:*)
                gid=${gid#0000:0000:0000:0000:0000:ffff:}
                printf '%d.%d.%d.%d\n' "0x${gid:0:2}" "0x${gid:2:2}" "0x${gid:5:2}" "0x${gid:7:2}"
                return
                ;;
        esac
    done
}

row() { printf '%-20s %-12s %-12s\n' "$@"; }

# Median of the round trips after the first, which asks for the hardware address too.
ping_latency() {
    there ping || { echo 'no ping'; return; }
    local said
    said=$(ping -c 11 -i 0.2 -W 1 "$1" 2>&1)
    case $said in
        *"/ping: Operation not permitted"*)
            # Its file has a capability, as Debian's, that the container may not have: the kernel does not start it (execve(2)).
            echo "ping does not start here, for the capability of its file; in the image: setcap -r $(command -v ping)" >&2
            echo 'not allowed'
            return
            ;;
        *'not permitted'* | *'ermission denied'*)
            # Without root's rights on the node a container pings only as those of this range may (icmp(7)).
            echo "ping is not allowed here; on the node: sudo sysctl net.ipv4.ping_group_range='0 2147483647'" >&2
            echo 'not allowed'
            return
            ;;
    esac
    local median
    median=$(printf '%s\n' "$said" | sed -n 's/.*time=\([0-9.]*\) ms.*/\1/p' | tail -n +2 | sort -n |
        awk '{ value[NR] = $1 } END { if (NR) printf "%.3f ms\n", value[int((NR + 1) / 2)] }')
    [ -n "$median" ] || printf 'no answer to ping from %s: %s\n' "$1" "$(grep . <<<"$said" | tail -n 1)" >&2
    echo "${median:-failed}"
}

tcp_bandwidth() {
    there iperf3 || { echo 'no iperf3'; return; }
    local said
    # --json reports a failure with exit code 0.
    said=$(timeout $((seconds + 15)) iperf3 --json -c "$1" -p "$port" -P "$2" -t "$seconds" 2>/dev/null)
    case $said in *'"error":'*) echo failed; return ;; esac
    printf '%s\n' "$said" | tr -d '\n' | sed -n 's/.*"sum_received":[^}]*"bits_per_second":[[:space:]]*\([0-9.e+]*\).*/\1/p' |
        awk '{ printf "%.2f Gbps\n", $1 / 1e9; found = 1 } END { if (!found) print "failed" }'
}

# A column of perftest's row of figures, by its place; nothing when the run failed or printed no such row.
perftest_value() {
    local column=$1 said
    shift
    said=$(timeout 60 "$@" 2>&1) || return 1
    printf '%s\n' "$said" | awk -v column="$column" '
        /^ *#bytes/ { head = 1; next }
        head && $1 ~ /^[0-9]+$/ && $column ~ /^[0-9]+(\.[0-9]+)?$/ { value = $column }
        END { if (value == "") exit 1; print value }'
}

compare() {
    local fabric=$1 lan=${2:-}
    row Path Latency Bandwidth
    echo ------------------------------------------------
    if [ -n "$lan" ]; then row 'Ethernet (LAN)' "$(ping_latency "$lan")" "$(tcp_bandwidth "$lan" 1)"; fi
    row 'Ethernet (RoCE NIC)' "$(ping_latency "$fabric")" "$(tcp_bandwidth "$fabric" 8)"
    if ! there ib_send_lat || ! there ib_write_bw; then
        row 'RDMA (RoCE)' - -
        echo 'ib_send_lat and ib_write_bw are not installed here (package perftest)' >&2
        return 1
    fi
    local own options=() latency bandwidth
    own=$(ip -o route get "$fabric" 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
    mapfile -t options < <(verbs "$own")
    if [ "${#options[@]}" -eq 0 ]; then
        row 'RDMA (RoCE)' - -
        echo "no address table of /sys/class/infiniband holds ${own:-the address of this node} as RoCE v2" >&2
        return 1
    fi
    mapfile -t words < <(latency_options)
    latency=$(perftest_value 6 ib_send_lat "${options[@]}" -F -p $((port + 1)) "${words[@]}" "$fabric") && latency="$latency us"
    mapfile -t words < <(bandwidth_options)
    bandwidth=$(perftest_value 4 ib_write_bw "${options[@]}" -F -p $((port + 2)) "${words[@]}" "$fabric") && bandwidth="$bandwidth Gbps"
    row 'RDMA (RoCE)' "${latency:-failed}" "${bandwidth:-failed}"
    [ -n "$latency" ] && [ -n "$bandwidth" ]
}

case ${1:-} in
    --server) [ $# -eq 1 ] || usage; serve ;;
    '' | -*) usage ;;
    *) [ $# -le 2 ] || usage; compare "$@" ;;
esac
