#!/usr/bin/env bash
# "N passed, N failed, N skipped" from vitest's JSON result.
set -euo pipefail
node - "$1" <<'SCRIPT'
const result = JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8'));
// A file that could not be loaded has no tests, and counts as one failure.
const unloaded = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
const failed = result.numFailedTests + unloaded.length;
const skipped = result.numPendingTests + result.numTodoTests;
console.log(`${result.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
SCRIPT
