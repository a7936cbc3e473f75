"""What prepare may change on a host, a line for each thing; run there as root. Two are equal when nothing has changed.

Left out is what the system's own programs write when they are asked for something else: backups of the account files, the
linker's cache, podman's lock for networks, and what stays of packages that were removed and not purged: their configuration
files, which dpkg knows, what iperf3 asked debconf for, its account, and the group that libibverbs makes.
"""
import hashlib
import os
import pwd
import grp
import re
import stat
import subprocess

PLACES = ["/etc", "/boot/grub/grub.cfg", "/var/lib/strixhalo", "/var/lib/systemd/linger", "/home/strix/.config",
          "/home/strix/.ssh"]
LEFT_OUT = re.compile(r".*-|/etc/\.pwd\.lock|/etc/ld\.so\.cache|/etc/resolv\.conf|/etc/alternatives/.*|/etc/rc.\.d/.*"
                      r"|/var/lib/strixhalo/journal/.*|/home/strix/\.config/cni/.*"
                      r"|/etc/(passwd|shadow|group|gshadow)|/etc/default/iperf3")


def said(*argv):
    environment = dict(os.environ, LC_ALL="C")
    return subprocess.run(argv, stdout=subprocess.PIPE, env=environment, check=True, timeout=60).stdout.decode().splitlines()


def files():
    for place in PLACES:
        if not os.path.isdir(place):
            yield place
        for folder, _, names in os.walk(place):
            yield from (os.path.join(folder, name) for name in names)


def kept():
    """Configuration files of removed packages: below a line "rc", each with a blank before it."""
    removed = False
    for line in said("dpkg-query", "-W", "-f", "${db:Status-Abbrev}\n${Conffiles}\n"):
        if not line.startswith(" "):
            removed = line.startswith("rc")
        elif removed:
            yield line.split()[0]


def main():
    skipped = set(kept())
    for path in sorted(files()):
        if LEFT_OUT.fullmatch(path) or path in skipped or not os.path.lexists(path):
            continue
        if os.path.islink(path):
            print("link", path, os.readlink(path))
            continue
        status = os.stat(path)
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()[:16]
        owner = pwd.getpwuid(status.st_uid).pw_name + ":" + grp.getgrgid(status.st_gid).gr_name
        print("file", path, oct(stat.S_IMODE(status.st_mode))[2:], owner, digest)
    for line in said("dpkg-query", "-W", "-f", "package ${Package} ${db:Status-Abbrev}\n"):
        if " ii " in line:
            print(line)
    # A profile that NetworkManager made by itself goes on trying and giving up.
    for line in said("nmcli", "-t", "-f", "STATE,NAME,TYPE,DEVICE,FILENAME", "connection", "show"):
        state, name, kind, device, place = line.split(":")
        # NetworkManager makes some by itself, and makes them again at the next boot.
        if not place.startswith("/run/"):
            print("profile", name, kind, *(["active on", device] if state == "activated" else []))
    for line in said("ip", "-4", "-br", "addr"):
        print("address", line.strip())
    for name in os.listdir("/sys/class/net"):
        with open(f"/sys/class/net/{name}/mtu") as file:
            print("mtu", name, file.read().strip())
    print("user", *said("id", "strix"))
    for name in ("passwd", "group"):
        with open("/etc/" + name) as file:
            for line in file:
                if not line.startswith(("iperf3:", "rdma:")):
                    print(name, line.strip())


main()
