#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Process 1 of the LAVA lab that scripts/lava_lab.py keeps on this machine: sets up what the
# lab sees, then waits for whatever ends there. It starts in namespaces of its own, so
# that nothing it mounts is seen elsewhere, its network is a loopback, and every process
# of the lab ends with it.
#
#   lab-init.sh TREE CHANGES ROOT [FOLDER...]
#
# TREE is a Debian with LAVA and stays as it is; CHANGES takes what the lab writes; ROOT
# is an empty folder. Each FOLDER is in the lab where it is here.

set -e
tree=$1 changes=$2 root=$3
shift 3

mount --make-rprivate /
mkdir -p "$changes/upper" "$changes/work"
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$changes/upper,workdir=$changes/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /dev "$root/dev"
# The lab's terminals are not this machine's.
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
# A shell, because it waits for orphans, too.
exec chroot "$root" /bin/sh -c 'exec </dev/null >/dev/null 2>&1; while :; do sleep 1; done'
