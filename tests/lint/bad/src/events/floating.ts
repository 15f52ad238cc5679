// fires: typescript(no-floating-promises)
export function publishSoon(publish: () => Promise<void>): void {
  publish();
}
