// fires: eslint(no-empty)
export function tryQuietly(run: () => void): void {
  try {
    run();
  } catch {}
}
