#!/usr/bin/env bash
# Proves the set-up before a release: a bare Debian (debootstrap) with python3, make and git, a fresh clone, the README's commands.
# Usage, as root: setup/bare.sh [COMMAND …]     default: make setup test
# BARE_ROOT=DIR keeps the root and uses it again. How this machine reaches its package sources is copied into it.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
root=${BARE_ROOT:-$(mktemp -d /var/tmp/shoujie-bare-XXXXXX)}
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
[ "$(id -u)" -eq 0 ] || { echo "Run it as root: it makes a root file system of its own." >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "Please install debootstrap." >&2; exit 1; }

clean() {
  for name in proc dev/shm dev; do umount -l "$root/$name" 2>/dev/null || true; done
  [ -n "${BARE_ROOT:-}" ] || rm -rf --one-file-system "$root"
}
trap clean EXIT

if [ ! -x "$root/usr/bin/make" ]; then
  mirror=$(grep -hm1 -oP '(?<=^URIs: )\S+|(?<=^deb )\S+' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | head -1)
  debootstrap --variant=minbase --include=ca-certificates,python3,make,git "$suite" "$root" "${mirror:-}" >"$root.log"
fi
for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/xdg/pip /etc/npmrc /root/.npmrc /root/.config/pip /etc/ssl/certs \
  /usr/local/share/ca-certificates /etc/apt/sources.list.d/debian.sources /etc/apt/apt.conf.d; do
  [ -e "$file" ] && mkdir -p "$root$(dirname "$file")" && cp -rL "$file" "$root$(dirname "$file")/" 2>/dev/null || true
done
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev" 2>/dev/null || mount --bind /dev "$root/dev"
rm -rf "$root/srv/shoujie"
git clone -q "$here" "$root/srv/shoujie"

command=("$@")
[ ${#command[@]} -gt 0 ] || command=(make setup test)
passed=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb)
for name in PIP_CERT PIP_INDEX_URL SSL_CERT_FILE NODE_EXTRA_CA_CERTS HTTP_PROXY HTTPS_PROXY NO_PROXY; do
  [ -z "${!name:-}" ] || passed+=("$name=${!name}")
done
echo "In a bare $suite: ${command[*]}"
chroot "$root" /usr/bin/env -i "${passed[@]}" bash -c 'cd /srv/shoujie && exec "$@"' bare "${command[@]}"
echo "It works on a bare $suite."
