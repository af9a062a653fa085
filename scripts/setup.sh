#!/usr/bin/env bash
# Installs what compiling Belay needs. demo.sh and test.sh do it by themselves.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
setup_build
