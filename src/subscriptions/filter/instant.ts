/**
 * The milliseconds of an RFC 3339 date-time, or NaN. `Date.parse` alone would take a good deal more
 * ("1", "Nov 21"), each engine its own. Capital T and Z only, as RFC 3339 §5.6 lets us require.
 */
export function instantOf(value: unknown): number {
  return typeof value === 'string' && rfc3339.test(value) ? Date.parse(value) : Number.NaN;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
