import { existsSync, readFileSync } from 'node:fs';

/**
 * What a process has used, read from outside so that the process need not help. /proc counts every thread.
 * Without /proc (macOS) the hub's own Prometheus page answers; programs without one answer NaN.
 */
// Linux reports processor time in ticks of USER_HZ, which is 100 on every supported architecture.
const TICK_MS = 10;

export async function readCpuMs(pid: number, metricsUrl?: string): Promise<number> {
  if (existsSync(`/proc/${pid}/stat`)) return ticksOf(pid) * TICK_MS;
  if (metricsUrl === undefined) return Number.NaN;
  const page = await (await fetch(metricsUrl)).text();
  const seconds = /^process_cpu_seconds_total(?:\{[^}]*\})? (\S+)/m.exec(page)?.[1];
  return Number(seconds ?? Number.NaN) * 1000;
}

/** Resident memory now and at its highest, in MiB. */
export function readMemory(pid: number): { now: number; peak: number } {
  if (!existsSync(`/proc/${pid}/status`)) return { now: Number.NaN, peak: Number.NaN };
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { now: mebibytes(status, 'VmRSS'), peak: mebibytes(status, 'VmHWM') };
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command's name and may hold blanks: count from its closing bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function mebibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
}
