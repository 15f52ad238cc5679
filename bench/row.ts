/** The lines of the report. A figure that was not measured leaves its line out, never a guess in it. */
export type Line = { name: string; value: number; unit: string };
export type Row = {
  name: string;
  thin?: number;
  hub?: number;
  unit: string;
  target: Target;
  isMet?: boolean;
};
type Target = { kind: 'at least' | 'at most'; value: number };

export const atLeast = (value: number): Target => ({ kind: 'at least', value });
export const atMost = (value: number): Target => ({ kind: 'at most', value });

export function row(name: string, unit: string, target: Target, hub: number, thin = Number.NaN): Row {
  const isKnown = Number.isFinite(hub);
  return {
    name,
    unit,
    target,
    ...(Number.isFinite(thin) ? { thin } : {}),
    ...(isKnown
      ? { hub, isMet: target.kind === 'at least' ? hub >= target.value : hub <= target.value }
      : {}),
  };
}
