import { clip, fitting } from './text.ts';

/** What a message says, before it is laid out. All texts but `headline` and `spoken` are mrkdwn, escaped already. */
export type Card = {
  /** Ours alone, never a word from an event. */
  headline: string;
  title?: string | undefined;
  /** Only those with a value are shown. */
  fields: readonly (readonly [label: string, value: string | undefined])[];
  body?: string | undefined;
  /** One line of small print. */
  footer?: readonly (string | undefined)[];
  /** Added to the one line that a notification shows. */
  spoken?: string | undefined;
  /** Where "Open in Patchbay" leads: a path of the hub's. */
  path: string;
  /** The subject that can be accepted or declined now. */
  respond?: string | undefined;
};

/** Plain JSON, as the Block Kit reference spells it. */
export type Block = Readonly<Record<string, unknown>>;
export type Laid = { text: string; blocks: Block[] };

// https://docs.slack.dev/reference/block-kit/blocks, 2026-11.
const maxSection = 3000;
const maxField = 2000;
const maxFields = 10;
const maxHeader = 150;
/** Of the text beside the blocks; Slack asks for no more than 4,000. */
const maxText = 3000;

export function lay(card: Card): Laid {
  const fields = card.fields.flatMap(([label, value]) =>
    value === undefined ? [] : [mrkdwn(cut(`*${label}*\n${value}`, maxField))],
  );
  const footer = (card.footer ?? []).filter((part) => part !== undefined);
  return {
    text: cut(oneLine(card), maxText),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: clip(card.headline, maxHeader), emoji: true },
      },
      ...(card.title ? [section(`*${card.title}*`)] : []),
      ...(fields.length > 0 ? [{ type: 'section', fields: fields.slice(0, maxFields) }] : []),
      ...(card.body ? [section(card.body)] : []),
      ...(footer.length > 0
        ? [{ type: 'context', elements: [mrkdwn(cut(footer.join(' · '), maxField))] }]
        : []),
    ],
  };
}

const oneLine = ({ headline, title, spoken }: Card): string =>
  [headline, [title, spoken].filter(Boolean).join(', ')].filter(Boolean).join(': ');

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (text: string): Block => ({ type: 'section', text: mrkdwn(cut(text, maxSection)) });

/** By whole lines: a cut through `&amp;` or `<!date^…>` would show its insides. */
const cut = (text: string, max: number): string =>
  text.length <= max ? text : fitting(text.split('\n'), max - 20);
