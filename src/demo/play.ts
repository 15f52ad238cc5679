import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ports } from '#src/context';
import { type Api, createApi } from './api.ts';
import { checkAll } from './check.ts';
import { firstMinute, minutesPerDay } from './clock.ts';
import { countAll } from './count.ts';
import { sendForged } from './forge.ts';
import { type HubProcess, lastErrors, startHubProcess } from './hub-process.ts';
import { haveBeenTried, isQuiet, observe } from './observe.ts';
import { createPaint } from './paint.ts';
import type { PlannedEvent } from './planned-event.ts';
import { publishDay, type Tally } from './publish-day.ts';
import { openStoreReader, type StoreReader } from './read-store.ts';
import { checksOf, closing, lookFurther, reportOf } from './report.ts';
import { setUp, type Tokens } from './set-up.ts';
import { createProgress, type Screen } from './show-progress.ts';
import { stayLines } from './stay.ts';
import { type Endpoint, subscribeAll } from './subscribe.ts';
import { traceLines } from './trace.ts';
import { writeDay } from './write-day.ts';

export type DemoOptions = {
  isFast: boolean;
  stays: boolean;
  seed: number;
  /** Where the store goes and stays; without it, a folder that is gone afterwards. */
  folder: string | null;
  environment: Readonly<Record<string, string | undefined>>;
  terminal: { isLive: boolean; isColoured: boolean; write: (text: string) => void };
  /** Opens the hub's store in this process, for what an operator does before the hub first starts. */
  openHub: (environment: Record<string, string>) => Promise<Ports>;
  /** Resolves when the person has had enough. */
  interrupted: Promise<void>;
};

type Pace = {
  dayMs: number;
  attemptDeadlineMs: number;
  outage: { fromMs: number; forMs: number };
  soonMs: number;
  settleMs: number;
};

/** A receiver that has answered while the machine stood still for a moment is none that hangs. */
const attemptDeadlineMs = 5_000;

/**
 * The outage is shorter than the shortest first retry (5 s less 20 %), so that each delivery that it hits is retried
 * once and arrives; and the wait at the end is longer than the longest.
 */
const paces: Record<'usual' | 'fast', Pace> = {
  usual: {
    dayMs: 20_000,
    attemptDeadlineMs,
    outage: { fromMs: 8_500, forMs: 3_500 },
    soonMs: 15_000,
    settleMs: 16_000,
  },
  fast: {
    dayMs: 5_000,
    attemptDeadlineMs,
    outage: { fromMs: 1_800, forMs: 1_500 },
    soonMs: 15_000,
    settleMs: 16_000,
  },
};

/** Plays the day and reports. Answers the exit code: 1 when two counts of the same thing do not agree. */
export async function playDemo(options: DemoOptions): Promise<number> {
  const screen: Screen = {
    isLive: options.terminal.isLive,
    write: options.terminal.write,
    paint: createPaint(options.terminal.isColoured),
  };
  const pace = paces[options.isFast ? 'fast' : 'usual'];
  const at = { folder: options.folder };
  const toClose: (() => Promise<void> | void)[] = [];
  const interruption = { isDone: false };
  void options.interrupted.then(() => {
    interruption.isDone = true;
  });
  try {
    const folder = (at.folder ??= mkdtempSync(join(tmpdir(), 'patchbay-demo-')));
    if (options.folder === null) toClose.push(() => rmSync(folder, { recursive: true, force: true }));
    screen.write(
      `\n  ${screen.paint.bold('Patchbay')}  ${screen.paint.dim('starts on an empty store …')}\n\n`,
    );
    const tokens = await setUpIn(folder, options);
    const hub = await startHubProcess({
      folder,
      attemptDeadlineMs: pace.attemptDeadlineMs,
      environment: options.environment,
    });
    toClose.unshift(hub.stop);
    const store = openStoreReader(folder);
    toClose.unshift(store.close);
    const api = createApi(hub.origin);
    const endpoints = await subscribeAll(api, tokens);
    for (const { receiver } of endpoints) toClose.push(receiver.close);
    const stage = {
      api,
      tokens,
      folder,
      hub,
      store,
      endpoints,
      screen,
      pace,
      day: writeDay(options.seed),
      stays: options.stays,
      isStopped: () => interruption.isDone,
    };
    const code = await perform(stage);
    if (code === null) return 130;
    if (options.stays) {
      for (const line of stayLines(stage)) screen.write(`${line}\n`);
      await options.interrupted;
    }
    return code;
  } catch (error) {
    const lines = [`  The demo stopped: ${wordsOf(error)}`, ...(at.folder ? lastErrors(at.folder) : []), ''];
    for (const line of lines) screen.write(`${line}\n`);
    return 1;
  } finally {
    for (const close of toClose) await close();
  }
}

/** `fetch failed` alone says nothing: what failed is in its cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** In this process, and closed again: the hub is not running yet. */
async function setUpIn(folder: string, { openHub }: DemoOptions): Promise<Tokens> {
  // Nothing is sent here, so no thread is needed for it.
  const hub = await openHub({ PATCHBAY_DATA: folder, PATCHBAY_SEND_THREAD: '0' });
  const tokens = await setUp(hub);
  await hub.http.close();
  await hub.store.close();
  return tokens;
}

export type Stage = {
  api: Api;
  tokens: Tokens;
  folder: string;
  hub: HubProcess;
  store: StoreReader;
  endpoints: readonly Endpoint[];
  screen: Screen;
  pace: Pace;
  day: readonly PlannedEvent[];
  stays: boolean;
  isStopped: () => boolean;
};

/** Null when it was interrupted. */
async function perform(stage: Stage): Promise<number | null> {
  const { screen, store, endpoints, day } = stage;
  const { tally, seconds } = await playThrough(stage);
  if (stage.isStopped()) return null;
  const { counts, checks } = await agreed(() => {
    const counts = countAll(tally.sent, store, endpoints);
    return { counts, checks: checkAll(counts, day, 1) };
  });
  const faults = lastErrors(stage.folder);
  checks.push({ claim: 'the hub logged no fault', isTrue: faults.length === 0, detail: faults.join('\n') });
  const trace = await traceLines({ ...stage, paint: screen.paint }, counts);
  const failed = checks.filter(({ isTrue }) => !isTrue).length;
  const lines = [
    ...reportOf(counts, seconds, screen.paint),
    '',
    ...trace,
    '',
    ...checksOf(checks, screen.paint),
    '',
    closing(failed, screen.paint),
    '',
    ...(stage.stays ? [] : lookFurther(screen.paint)),
  ];
  for (const line of lines) screen.write(`${line}\n`);
  return failed === 0 ? 0 : 1;
}

async function playThrough(stage: Stage): Promise<{ tally: Tally; seconds: number }> {
  const { api, tokens, store, endpoints, screen, pace, day, isStopped } = stage;
  const tally: Tally = { sent: [], requests: 0, minute: firstMinute };
  const progress = createProgress(screen);
  const show = (note: string) => progress.show(observe(store, endpoints), tally.minute, note);
  const ticking = setInterval(
    () => show(tally.minute < minutesPerDay ? '' : 'the day is over, retries go on'),
    250,
  );
  const startedAt = performance.now();
  const timers = outage(endpoints, pace);
  try {
    if (endpoints[0]) await sendForged(endpoints[0]);
    await publishDay({ api, token: tokens.core, day, dayMs: pace.dayMs, tally, isStopped });
    const seconds = (performance.now() - startedAt) / 1_000;
    await quiet(stage);
    show('the day is over');
    return { tally, seconds };
  } finally {
    clearInterval(ticking);
    timers.forEach(clearTimeout);
    progress.end();
  }
}

function outage(endpoints: readonly Endpoint[], { outage: { fromMs, forMs } }: Pace): NodeJS.Timeout[] {
  const set = (isFailing: boolean) => () => {
    for (const { plan, receiver } of endpoints)
      if (plan.manner === 'fails_for_a_while') receiver.setFailing(isFailing);
  };
  return [setTimeout(set(true), fromMs), setTimeout(set(false), fromMs + forMs)];
}

/**
 * Until nothing is due soon, but never longer than `settleMs`. What hangs is waited for until one attempt has run into
 * its deadline, and no longer: it will go on hanging.
 */
async function quiet({ store, endpoints, pace, isStopped }: Stage): Promise<void> {
  const end = Date.now() + pace.settleMs;
  const hanging = new Set(
    endpoints.filter(({ plan }) => plan.manner === 'hangs').map(({ subscriptionId }) => subscriptionId),
  );
  const isOver = () => isQuiet(store, pace.soonMs, hanging) && haveBeenTried(store, hanging);
  while (Date.now() < end && !isStopped() && !isOver())
    await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Three sources cannot be read at one instant; where they differ they are read again, and what differs then is a fault. */
async function agreed<T extends { checks: { isTrue: boolean }[] }>(read: () => T): Promise<T> {
  for (let round = 0; ; round++) {
    const result = read();
    if (round === 20 || result.checks.every(({ isTrue }) => isTrue)) return result;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
