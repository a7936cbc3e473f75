#!/bin/sh
# The interfaces of the network and their addresses, where nothing else is asked; follows probe.sh.
probe addresses ip -j addr
