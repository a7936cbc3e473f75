#!/bin/sh
# What a place has to measure with; nothing is changed. One line each: "os ID LIKE", "tool NAME" for each that is there,
# "broken NAME REASON" for what is there and does not run, "option NAME" for what perftest of this version knows.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
# shellcheck source=/dev/null
if [ -r /etc/os-release ]; then (. /etc/os-release && echo "os ${ID-} ${ID_LIKE-}"); fi
if command -v ping >/dev/null 2>&1; then
    # Debian's has the file capability of raw sockets; in a container that may not have it the kernel refuses to run it.
    if said=$(timeout -k 2 5 ping -c 1 -W 1 127.0.0.1 2>&1 </dev/null); then
        echo "tool ping"
    else
        echo "broken ping $(printf '%s' "$said" | tail -n 1)"
    fi
fi
for tool in iperf3 ib_send_lat ib_write_bw timeout python3; do
    if command -v "$tool" >/dev/null 2>&1; then echo "tool $tool"; fi
done
if [ -x /opt/venv/bin/python3 ]; then echo "tool /opt/venv/bin/python3"; fi
if help=$(timeout -k 2 5 ib_send_lat --help 2>&1 </dev/null) || [ -n "$help" ]; then
    for option in out_json_file bind_source_ip source_ip; do
        case $help in *"--$option"[=\ ]*) echo "option $option" ;; esac
    done
fi
