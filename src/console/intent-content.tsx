import type { Child } from 'hono/jsx';
import type { StaffIntent } from '#src/inquiry';
import { Facts, When } from '#src/ui';
import { valueOf } from './subject-facts.tsx';

/** What was asked, field by field as its kind has it; what is masked says so in its place. */
export function Content({ found }: { found: Pick<StaffIntent, 'data' | 'external_ref' | 'masked'> }) {
  const { data, external_ref: reference, masked } = found;
  const fields = Object.entries(data);
  if (fields.length === 0) return <p class="dim">Nothing is left of it: its account was erased.</p>;
  return (
    <Facts
      facts={[
        ...fields.map(([name, value]): [string, Child] => [
          names[name] ?? name,
          value === null && masked ? hidden : shown(name, value),
        ]),
        ['Their reference', reference === null ? hidden : <code>{reference}</code>],
      ]}
    />
  );
}

const hidden = <span class="dim">hidden</span>;

const names: Record<string, string> = {
  title: 'Title',
  brief: 'Brief',
  roles: 'Wanted',
  city: 'City',
  time_zone: 'Time zone',
  shoot_starts_at: 'Begins',
  shoot_ends_at: 'Ends',
  respond_by: 'Quotes until',
  references: 'References',
  subject: 'About',
  response: 'Answer',
  note: 'Note',
  stage: 'Stage',
};

function shown(name: string, value: unknown): Child {
  if (name === 'references' && Array.isArray(value)) return <References links={value} />;
  if (typeof value !== 'string') return valueOf(name, value);
  if (name === 'brief' || name === 'note') return value.split('\n').map((line) => <p>{line}</p>);
  return /(?:_at|_by)$/.test(name) ? <When at={value} exact /> : value;
}

/** As text: somebody else's page is opened by whoever decides to, not by a slip of the hand. */
function References({ links }: { links: readonly unknown[] }) {
  return (
    <>
      {links.map((link) => (
        <div>
          <code>{partOf(link, 'url')}</code> <span class="dim">{partOf(link, 'alt')}</span>
        </div>
      ))}
    </>
  );
}

function partOf(link: unknown, name: 'url' | 'alt'): string {
  if (typeof link !== 'object' || link === null) return '';
  const value: unknown = Object.entries(link).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : '';
}
