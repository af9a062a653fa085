# Shared by the scripts of this folder; sourced, not run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DEPS=$ROOT/build/deps

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "installing packages needs root: run this as root, or install sudo"
  fi
}

# apt_install PACKAGE...: installs those that are missing. Says nothing when none is.
apt_install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  say "Installing ${missing[*]}"
  apt_update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}

# The package lists, once a run and only where something is to be fetched.
apt_update() {
  [ -z "${APT_UPDATED:-}" ] || return 0
  as_root apt-get update -qq
  APT_UPDATED=1
}

# The headers of PostgreSQL's nodes, which libpg_query's trees are made of. Their package depends on
# a whole compiler that is not needed here, so only its files are unpacked, under build/deps.
postgres_headers() {
  local version header
  version=$(sed -n 's/^#define PG_MAJORVERSION "\([0-9]*\)".*/\1/p' /usr/include/pg_query.h)
  header=postgresql/$version/server/nodes/parsenodes.h
  if [ -e "/usr/include/$header" ] || [ -e "$DEPS/usr/include/$header" ]; then return; fi
  say "Unpacking the PostgreSQL $version server headers"
  apt_update
  mkdir -p "$DEPS/download"
  (cd "$DEPS/download" && apt-get download -qq "postgresql-server-dev-$version")
  dpkg-deb -x "$DEPS/download/postgresql-server-dev-$version"_*.deb "$DEPS"
  rm -r "$DEPS/download"
}

# What compiling Belay needs.
setup_build() {
  apt_install g++ cmake ninja-build ccache libpg-query-dev libsqlite3-dev libssl-dev \
    libtomlplusplus-dev libcli11-dev nlohmann-json3-dev libboost-dev
  postgres_headers
}

# configure PRESET [CMake arguments]: only where there is something to do.
configure() {
  local preset=$1
  shift
  (cd "$ROOT" && cmake --preset "$preset" "$@" >"$ROOT/build/configure-$preset.log" 2>&1) ||
    { cat "$ROOT/build/configure-$preset.log" >&2; die "configuring failed"; }
}

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  (cd "$ROOT" && cmake --build --preset "$preset" --target "$@")
}
