/**
 * How many deliveries one endpoint may have in flight: additive increase, multiplicative decrease, as TCP
 * finds its share (RFC 5681 §3.1). A round trip full of successes adds one; a sign of overload halves.
 * Sixteen to begin with: enough to lose nothing on a fast endpoint, few enough that one that hangs starves nobody.
 */
export type Window = {
  /** Fractional: it takes as many successes as it is wide to widen it by one. */
  readonly size: number;
  readonly ceiling: number;
  /** Monotonic milliseconds of the last halving; attempts begun before it tell nothing new. */
  readonly cutAtTicks: number;
};

export function newWindow(ceiling: number = defaultCeiling): Window {
  const highest = Math.max(floor, Math.floor(ceiling));
  return { size: Math.min(startSize, highest), ceiling: highest, cutAtTicks: Number.NEGATIVE_INFINITY };
}

export function roomIn(window: Window, inFlight: number): number {
  return Math.max(0, Math.floor(window.size) - inFlight);
}

/**
 * `inFlight` counts this attempt too. A window that was not even half used has proved nothing, so it does
 * not grow (RFC 7661: an unvalidated window): a quiet endpoint must not earn a burst. Unchanged, it is the same object.
 */
export function afterSuccess(window: Window, inFlight: number): Window {
  if (window.size >= window.ceiling || inFlight * 2 < window.size) return window;
  return { ...window, size: Math.min(window.ceiling, window.size + 1 / window.size) };
}

/**
 * After a 429, a 5xx or a timeout. All that was in flight when the window was cut fails together: that is
 * one sign, not sixteen, so only an attempt that began after the last cut may cut again.
 */
export function afterOverload(window: Window, startedAtTicks: number, nowTicks: number): Window {
  if (startedAtTicks <= window.cutAtTicks) return window;
  return { ...window, size: Math.max(floor, window.size / 2), cutAtTicks: nowTicks };
}

/** When the operator or the subscription changes it. */
export function withCeiling(window: Window, ceiling: number): Window {
  const highest = Math.max(floor, Math.floor(ceiling));
  return { ...window, ceiling: highest, size: Math.min(window.size, highest) };
}

const floor = 1;
const startSize = 16;
const defaultCeiling = 64;
