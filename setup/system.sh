#!/usr/bin/env bash
# Finds what the system must bring, installs what is missing where it may, else prints the one command.
# Usage: setup/system.sh venv | paper | chromium | redis
set -euo pipefail
PYTHON=${PYTHON:-python3}

have_library() { "$PYTHON" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }

missing=() wished=()
case "${1:?venv, paper, chromium or redis}" in
  venv) # Debian splits ensurepip from python3
    "$PYTHON" -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv) ;;
  paper) # what WeasyPrint opens; harfbuzz-subset makes a PDF a third cheaper
    have_library libpango-1.0.so.0 || missing+=(libpango-1.0-0)
    have_library libpangoft2-1.0.so.0 || missing+=(libpangoft2-1.0-0)
    have_library libharfbuzz-subset.so.0 || missing+=(libharfbuzz-subset0)
    # characters beyond the basic planes, for names; without it papers print their code points
    compgen -G '/usr/share/fonts/*/HanaMinB.ttf' >/dev/null || compgen -G '/usr/share/fonts/*/*/HanaMinB.ttf' >/dev/null ||
      wished+=(fonts-hanazono) ;;
  chromium) # and a Chinese font: without one the screenshots show empty boxes
    found=
    for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && found=1; done
    [ -n "$found" ] || missing+=(chromium)
    [ -n "$(fc-list :lang=zh 2>/dev/null)" ] || missing+=(fonts-wqy-microhei)
    have_library libatomic.so.1 || missing+=(libatomic1) ;; # the node that drives the browser opens it
  redis) # a real broker for the tests, which start one of their own
    command -v redis-server >/dev/null || missing+=(redis-server) ;;
  *) echo "unknown part: $1" >&2; exit 2 ;;
esac
[ ${#missing[@]} -eq 0 ] && [ ${#wished[@]} -eq 0 ] && exit 0

apt=(apt-get)
if [ ${#missing[@]} -eq 0 ]; then # good to have: nothing fails without it
  [ "$(id -u)" -eq 0 ] && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wished[@]}" \
    >/dev/null 2>&1 || echo "Not needed, but good to have for rare characters in names: ${wished[*]}" >&2
  exit 0
fi
missing+=("${wished[@]}")
if ! command -v apt-get >/dev/null; then
  echo "Please install with your system's package manager: ${missing[*]}" >&2; exit 1
elif [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then apt=(sudo apt-get); else
    echo "Please run once: sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2; exit 1
  fi
fi
echo "Installing ${missing[*]} …"
install() { DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
# The package lists may be missing or old: refresh them only then.
install 2>/dev/null || { "${apt[@]}" update -qq; install; }
