import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * What a process has used, read from outside so that the process need not help. /proc counts every thread.
 * Without /proc (macOS) the hub's own Prometheus page answers; programs without one answer NaN.
 */
// Linux reports processor time in ticks of USER_HZ, which is 100 on every supported architecture.
const TICK_MS = 10;

export async function readCpuMs(pids: readonly number[], metricsUrl?: string): Promise<number> {
  if (pids.every((pid) => existsSync(`/proc/${pid}/stat`)))
    return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) * TICK_MS;
  if (metricsUrl === undefined) return Number.NaN;
  const page = await (await fetch(metricsUrl)).text();
  const seconds = /^process_cpu_seconds_total(?:\{[^}]*\})? (\S+)/m.exec(page)?.[1];
  return Number(seconds ?? Number.NaN) * 1000;
}

/** Of a process and all that it started, those that have ended included: PostgreSQL is one for each connection. */
export function readTreeCpuMs(pid: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((fields) => Number(fields?.[1]) === pid);
  const own = statOf(pid) ?? [];
  const ticks = (fields: string[], places: number[]): number =>
    places.reduce((sum, place) => sum + Number(fields[place] ?? 0), 0);
  return (
    (ticks(own, [11, 12, 13, 14]) +
      children.reduce((sum, fields) => sum + ticks(fields ?? [], [11, 12, 13, 14]), 0)) *
    TICK_MS
  );
}

/** Resident memory now and at its highest, in MiB. */
export function readMemory(pid: number): { now: number; peak: number } {
  if (!existsSync(`/proc/${pid}/status`)) return { now: Number.NaN, peak: Number.NaN };
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { now: mebibytes(status, 'VmRSS'), peak: mebibytes(status, 'VmHWM') };
}

function ticksOf(pid: number): number {
  const fields = statOf(pid);
  return Number(fields?.[11]) + Number(fields?.[12]);
}

/** The fields after the command's name, which may hold blanks: state, parent, … Undefined where it has just ended. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function mebibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
}
