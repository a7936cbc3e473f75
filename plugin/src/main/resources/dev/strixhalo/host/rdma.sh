#!/bin/sh
# Verbs devices, their ports and their tables of addresses; follows probe.sh, takes no parameters. Files of sysfs may vanish
# while they are read, and those that were read count, so the exit code of grep says nothing here.
# A login that is not root's has no sbin in its PATH on Debian, where rdma lies on some.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
probe rdma-ports grep -sH . /sys/class/infiniband/*/ports/*/state /sys/class/infiniband/*/ports/*/phys_state \
    /sys/class/infiniband/*/ports/*/link_layer
# Most of the entries are free, and Soft-RoCE has 1024 of them.
probe gids grep -sHv '^[0:]*$' /sys/class/infiniband/*/ports/*/gids/*
probe gid-types grep -sH . /sys/class/infiniband/*/ports/*/gid_attrs/types/*
probe gid-ndevs grep -sH . /sys/class/infiniband/*/ports/*/gid_attrs/ndevs/*
probe rdma-links rdma -j link
