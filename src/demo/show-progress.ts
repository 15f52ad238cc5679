import { dayName, firstMinute, minutesPerDay, timeOfDay } from './clock.ts';
import { type Health, inState, type EndpointStanding, type Standing } from './observe.ts';
import { left, type Paint, right } from './paint.ts';

export type Screen = { isLive: boolean; write: (text: string) => void; paint: Paint };
export type Progress = { show(standing: Standing, minute: number, note: string): void; end(): void };

/** One block that is written over itself on a terminal, one line a second elsewhere. */
export function createProgress(screen: Screen): Progress {
  return screen.isLive ? liveBlock(screen) : plainLines(screen);
}

function liveBlock({ write, paint }: Screen): Progress {
  const drawn = { lines: 0 };
  return {
    show: (standing, minute, note) => {
      const lines = blockOf(standing, minute, note, paint);
      // Up over the last block, then each line is cleared to its end as it is written again.
      write(
        (drawn.lines > 0 ? `\u001b[${drawn.lines}A` : '') +
          lines.map((line) => `\r${line}\u001b[K\n`).join(''),
      );
      drawn.lines = lines.length;
    },
    end: () => write('\n'),
  };
}

const barWidth = 30;

function blockOf(
  { accepted, states, endpoints }: Standing,
  minute: number,
  note: string,
  paint: Paint,
): string[] {
  const done = Math.round(((minute - firstMinute) / (minutesPerDay - firstMinute)) * barWidth);
  const bar = '█'.repeat(done) + paint.dim('░'.repeat(barWidth - done));
  return [
    `  ${paint.bold(timeOfDay(minute))}  ${bar}  ${paint.dim(note === '' ? dayName : note)}`,
    '',
    `  ${figures(accepted, states, paint)}`,
    '',
    ...endpoints.map((one) => `  ${endpointLine(one, paint)}`),
  ];
}

function figures(accepted: number, states: ReadonlyMap<string, number>, paint: Paint): string {
  const figure = (name: string, n: number, colour: (text: string) => string) =>
    `${name} ${left(n > 0 ? colour(String(n)) : paint.dim('0'), 6)}`;
  return [
    figure('accepted', accepted, paint.bold),
    figure('delivered', inState(states, 'delivered'), paint.good),
    figure('under way', inState(states, 'pending', 'leased'), paint.bold),
    figure('retrying', inState(states, 'retrying'), paint.busy),
    figure('held', inState(states, 'held'), paint.busy),
    figure('dead', inState(states, 'dead'), paint.bad),
  ].join(' ');
}

function endpointLine({ endpoint, states, health }: EndpointStanding, paint: Paint): string {
  const { mark, words } = told(health, paint);
  const waiting = inState(states, 'pending', 'leased', 'retrying');
  const held = inState(states, 'held');
  const rest = [waiting > 0 ? `${waiting} waiting` : '', held > 0 ? `${held} held` : '']
    .filter(Boolean)
    .join(', ');
  return `${mark} ${left(endpoint.plan.title, 34)} ${right(String(inState(states, 'delivered')), 4)}  ${left(words, 24)} ${paint.dim(rest)}`;
}

function told(health: Health, paint: Paint): { mark: string; words: string } {
  switch (health) {
    case 'waiting':
      return { mark: paint.dim('○'), words: paint.dim('nothing yet') };
    case 'probation':
      return { mark: paint.busy('◐'), words: paint.busy('probation: one a second') };
    case 'well':
      return { mark: paint.good('●'), words: paint.good('takes what comes') };
    case 'failing':
      return { mark: paint.bad('●'), words: paint.bad('failing, retried') };
    case 'gone':
      return { mark: paint.bad('○'), words: paint.bad('410 Gone: disabled') };
    case 'disabled':
      return { mark: paint.bad('○'), words: paint.bad('disabled') };
    default:
      return health satisfies never;
  }
}

/** Columns, with a heading over the first line: a log keeps every line, so each is as short as it can be. */
function plainLines({ write }: Screen): Progress {
  const last = { at: 0 };
  return {
    show: ({ accepted, states, endpoints }, minute) => {
      if (Date.now() - last.at < 1_000) return;
      if (last.at === 0) write(plainLine(['time', 'accepted', 'delivered', 'retrying', 'held'], 'endpoints'));
      last.at = Date.now();
      const figures = [accepted, ...['delivered', 'retrying', 'held'].map((state) => inState(states, state))];
      const unwell = endpoints
        .filter(({ health }) => health !== 'well' && health !== 'waiting')
        .map(({ endpoint, health }) => `${endpoint.plan.key} ${health}`);
      write(plainLine([timeOfDay(minute), ...figures.map(String)], unwell.join(' · ') || 'all well'));
    },
    end: () => write('\n'),
  };
}

function plainLine([time = '', ...figures]: readonly string[], endpoints: string): string {
  return `  ${left(time, 5)}${figures.map((figure) => right(figure, 10)).join('')}   ${endpoints}\n`;
}
