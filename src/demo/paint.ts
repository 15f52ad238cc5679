/** Text for a terminal: colour only where somebody looks, columns by what is seen and not by what is sent. */
export type Paint = {
  bold: (text: string) => string;
  dim: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
  busy: (text: string) => string;
};

export function createPaint(isColoured: boolean): Paint {
  // ECMA-48 §8.3.117, the codes that every terminal has, dark or light.
  const wrap = (on: number, off: number) => (text: string) =>
    isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: wrap(1, 22), dim: wrap(2, 22), good: wrap(32, 39), bad: wrap(31, 39), busy: wrap(33, 39) };
}

// eslint-disable-next-line no-control-regex -- an escape sequence begins with the control character ESC.
const escapes = /\u001b\[\d+m/g;
export const widthOf = (text: string): number => text.replace(escapes, '').length;
export const left = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));
export const right = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text;
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
export const milliseconds = (ms: number | null): string =>
  ms === null ? '–' : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
