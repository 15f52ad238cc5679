import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Every part of a run is a process of its own, so that one part's garbage collector or full event loop is
 * never counted against another. A program says what it has to say as lines of JSON on its standard output.
 */
export type Program<Ready> = { pid: number; ready: Ready; stop(): Promise<void> };

export type Start = { file: string; args?: string[]; env?: Record<string, string>; nodeFlags?: string[] };

const STOP_MS = 5_000;

/** Starts a program that stays, and waits for its first line. The caller says what shape the line has. */
export async function startProgram<Ready>(start: Start): Promise<Program<Ready>> {
  const child = launch(start);
  const line = await firstLine(child, start.file);
  return { pid: pidOf(child), ready: JSON.parse(line) as Ready, stop: () => stopProcess(child) };
}

/** Runs a program to its end and gives back its last line. */
export async function runProgram<Result>(start: Start): Promise<Result> {
  const child = launch(start);
  const output: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${start.file} ended with ${String(code)}`);
  // Written by our own program a moment ago: its type is the caller's knowledge.
  return JSON.parse(output.join('').trim().split('\n').at(-1) ?? 'null') as Result;
}

/** Starts a program that prints nothing we need. */
export function launch(start: Start): ChildProcess {
  const file = fileURLToPath(new URL(start.file, import.meta.url));
  return spawn(process.execPath, [...(start.nodeFlags ?? []), file, ...(start.args ?? [])], {
    env: { ...process.env, ...start.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process did not start');
  return child.pid;
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await closed;
  clearTimeout(impatience);
}

function firstLine(child: ChildProcess, file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const seen = { text: '' };
    child.once('exit', (code) => reject(new Error(`${file} ended with ${String(code)} before it was ready`)));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      seen.text += text;
      const end = seen.text.indexOf('\n');
      if (end >= 0) resolve(seen.text.slice(0, end));
    });
  });
}
