import type { Preview } from '#src/connections';
import type { VendorWords } from './vendor-words.ts';

type Op = Preview[number]['ops'][number];

/** What a person at the vendor would see of an op: a line to know it by, empty where it has none, and what else stands there. */
export type OpWords = { title: string; rows: readonly [name: string, text: string][] };

const mostRows = 14;
const titles = ['dealname', 'summary', 'title', 'subject', 'name', 'text', 'email'];
/** For programs: what tells no person anything. */
const hidden =
  /^(?:type|emoji|style|block_id|action_id|idproperty|id|event|format|sha256|hash|url|value|transparency|storage|channel|accessory|deal|contact|extendedproperties|open|timezone)$|_id$|_account$/i;

/**
 * Drawn from the body, in the vendor's words where its connector knows them: texts in the order in which they stand. What is for programs is
 * left out; the whole body is beside it on the page.
 */
export function opWords({ body }: Op, words: VendorWords): OpWords {
  const found = leaves(body, '');
  const of = (name: string) => found.find(([path]) => last(path).toLowerCase() === name)?.[1] ?? '';
  const person = `${of('firstname')} ${of('lastname')}`.trim();
  const title = plain(titles.map(of).find((text) => text !== '') ?? person);
  const rows = found
    .map(([path, text]): [string, string] => [
      words.names.get(last(path))?.toLowerCase() ?? nameOf(path),
      plain(words.values.get(last(path))?.get(text) ?? text),
    ])
    .filter(([name, text]) => text !== '' && text !== title && !/^(?:first|last)name$/.test(name));
  return { title, rows: unique(rows).slice(0, mostRows) };
}

function leaves(value: unknown, path: string): [path: string, text: string][] {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return [];
  if (typeof value !== 'object') return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  if (Array.isArray(value)) return value.flatMap((one: unknown) => leaves(one, path));
  return Object.entries(value).flatMap(([name, one]) =>
    hidden.test(name) ? [] : leaves(one, path === '' ? name : `${path}.${name}`),
  );
}

const last = (path: string): string => path.split('.').at(-1) ?? path;

/** `start.dateTime` is "start". Texts within texts have no name of their own. */
function nameOf(path: string): string {
  const parts = path
    .split('.')
    .filter(
      (part) =>
        !/^(?:properties|document|manifest|fields|elements|blocks|text|datetime|private|body|files)$/i.test(
          part,
        ),
    );
  return (parts.at(-1) ?? '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
}

/** Slack's marks for people who do not read marks: `<!date^…|Thu>` is Thu, `*bold*` is bold, `:calendar:` is nothing. */
const plain = (text: string): string =>
  text
    .replaceAll(/<[^<>|]*\|([^<>]*)>/g, '$1')
    .replaceAll(/<(https?:[^<>]*)>/g, '$1')
    .replaceAll(/:[a-z_]+:\s?/g, '')
    .replaceAll(/\*([^*\n]+)\*/g, '$1')
    .replaceAll(/^>\s?/gm, '')
    .replaceAll('\n', ' · ')
    .trim();

const unique = (rows: [string, string][]): [string, string][] => {
  const seen = new Set<string>();
  return rows.filter(([, text]) => !seen.has(text) && Boolean(seen.add(text)));
};
