/** The little that the hub takes of the runtime's own module; `@cloudflare/workers-types` would declare it globally. */
declare module 'cloudflare:workers' {
  /** Keeps the invocation that is running alive until then. */
  export function waitUntil(promise: Promise<unknown>): void;
}
