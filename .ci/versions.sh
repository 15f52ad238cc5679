#!/usr/bin/env bash
# The tools that the lock file brought, as they name themselves.
set -euo pipefail
bin=node_modules/.bin
PATH="$PWD/$bin:$PATH"
printf 'node   %s (npm scripts)\n' "$(node --version)"
for tool in tsc oxlint oxfmt knip vitest; do
  printf '%-6s %s\n' "$tool" "$("$bin/$tool" --version | tr -d '\n')"
done
