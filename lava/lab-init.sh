#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Process 1 of the LAVA lab that scripts/lava_lab.py runs on this machine: mounts the lab's file
# systems, then reaps orphaned processes. It starts in its own namespaces, so that its mounts are
# not visible elsewhere, its network has only a loopback device, and all processes of the lab end
# with it.
#
#   lab-init.sh TREE CHANGES ROOT [FOLDER...]
#
# TREE is a Debian system with LAVA and is not modified; CHANGES stores the lab's writes; ROOT
# is an empty folder. Each FOLDER is mounted in the lab at the same path.

set -e
tree=$1 changes=$2 root=$3
shift 3

mount --make-rprivate /
mkdir -p "$changes/upper" "$changes/work"
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$changes/upper,workdir=$changes/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /dev "$root/dev"
# The lab has its own pseudoterminals.
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
mount --bind "$root/dev/pts/ptmx" "$root/dev/ptmx"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
for folder in "$@"; do
	mkdir -p "$root$folder"
	mount --bind "$folder" "$root$folder"
done
ip link set lo up
hostname lab
echo "127.0.0.1 localhost lab" >"$root/etc/hosts"
echo ready
# A shell, because it reaps orphans.
exec chroot "$root" /bin/sh -c 'exec </dev/null >/dev/null 2>&1; while :; do sleep 1; done'
