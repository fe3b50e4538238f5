# Sourced by ./start and ./test: Debian packages, the virtual environment, hash-pinned requirements.

say() { printf '%s\n' "$*"; }

find_python() {
  for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  say "Python 3.11 or newer is needed: apt install python3 python3-venv" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else say "As root, please run: $*" >&2; exit 1
  fi
}

missing_packages() { # the lists given, less what dpkg has installed
  cat "$@" | while read -r package; do
    [ -z "$package" ] && continue
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$package"
  done
}

install_packages() {
  command -v dpkg-query >/dev/null || { say "Not a Debian or Ubuntu: install what install/apt.txt names by hand." >&2; return; }
  missing=$(missing_packages "$@")
  [ -z "$missing" ] && return
  say "Missing Debian packages: $missing"
  as_root apt-get update -qq
  # shellcheck disable=SC2086 # a list of names
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

allow_bwrap() { # Ubuntu 24.04 forbids user namespaces to programs without a profile
  flag=${1:-/proc/sys/kernel/apparmor_restrict_unprivileged_userns}
  [ -r "$flag" ] && [ "$(cat "$flag")" = 1 ] || return 0
  if [ "$(id -u)" = 0 ]; then # root may always; other users may where a profile lies
    [ -e /etc/apparmor.d/bwrap ] || [ -e /etc/apparmor.d/bwrap-userns-restrict ] && return 0
  else
    bwrap_works && return 0
  fi
  if [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; then
    say "Installing the AppArmor profile that lets the reading program be walled in."
    as_root cp ocr/apparmor-bwrap.profile /etc/apparmor.d/bwrap &&
      as_root apparmor_parser -r /etc/apparmor.d/bwrap && bwrap_works && return 0
  fi
  say "AppArmor keeps bwrap from walling the reading program in. As root, please run:"
  say "  cp $PWD/ocr/apparmor-bwrap.profile /etc/apparmor.d/bwrap && apparmor_parser -r /etc/apparmor.d/bwrap"
  say "Until then it walls itself in by Landlock and seccomp, which keep out less: juanzong doctor says what."
}

bwrap_works() { bwrap --unshare-all --ro-bind / / true 2>/dev/null; }

make_environment() { # requirement files…
  want=$(cat install/bootstrap.txt "$@" pyproject.toml | sha256sum | cut -d' ' -f1)
  [ -x .venv/bin/python ] && [ "$(cat .venv/requirements.sum 2>/dev/null)" = "$want" ] && return
  if [ ! -x .venv/bin/python ]; then
    say "Making the virtual environment …"
    python=$(find_python)
    # Debian keeps the module that venv needs in a package of its own.
    "$python" -c 'import ensurepip' 2>/dev/null || install_packages <(printf 'python3-venv\n')
    "$python" -m venv .venv
  fi
  say "Installing the pinned requirements …"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r install/bootstrap.txt
  .venv/bin/uv pip sync --quiet --require-hashes install/bootstrap.txt "$@"
  .venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
  printf '%s' "$want" >.venv/requirements.sum
}
