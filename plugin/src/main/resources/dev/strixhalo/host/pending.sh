#!/bin/sh
# What the node is set to, in force or not yet; follows probe.sh, takes no parameters.
# shellcheck disable=SC2154 # probe.sh sets who the user is, what was found, and marks

# grubby reads the entries of the boot loader, which on most systems root alone may; its defaults are open to all.
probe boot-entries grubby --info=ALL
probe boot-defaults cat /etc/default/grub /etc/default/grub.d/*.cfg /etc/kernel/cmdline
probe limits-files grep -hsE '^[^#]*memlock' /etc/security/limits.conf /etc/security/limits.d/*.conf
# By the database, while look.sh tells those that this login has.
probe groups-next id -Gn "$user"
manager=$(probe manager systemctl show -p MainPID -p LimitMEMLOCK -p NeedDaemonReload "user@$uid.service")
printf '%s\n' "$manager"
between "$manager" MainPID= "$newline"
pid=${found%%[!0-9]*}
case "$pid" in
    "" | 0) ;;
    *) contents manager-limits "/proc/$pid/limits" ;;
esac
probe tasks grep -sH . "/sys/fs/cgroup/user.slice/user-$uid.slice/pids.max" \
    "/sys/fs/cgroup/user.slice/user-$uid.slice/user@$uid.service/pids.max"
# Which file a line is from counts: a Match ends with its file.
probe sshd grep -HE '^[[:space:]]*[A-Za-z]' /etc/ssh/sshd_config.d/*.conf /etc/ssh/sshd_config
if [ -e /sys/fs/selinux/enforce ]; then
    probe selinux getenforce
    meanwhile denials journalctl -q -b --no-pager -o cat -n 3 -g 'avc: +denied .*container'
else
    say selinux Disabled
fi
