import type { Child } from 'hono/jsx';
import type { ShownRecord } from '#src/inquiry';
import { type Fact, When } from '#src/ui';
import { isSubjectLevel, subjectPath } from './paths.ts';
import { levelOfId } from './subject-link.tsx';

/** What else a record tells, each by a name that people read; ids lead on, moments are moments, what is empty is left out. */
export const factsOf = ({ facts }: Pick<ShownRecord, 'facts'>): Fact[] =>
  Object.entries(facts)
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [nameOf(name), valueOf(name, value)]);

const nameOf = (name: string): string =>
  (names[name] ?? name.replace(/_at$/, '').replaceAll('_', ' ')).replace(/^./, (first) =>
    first.toUpperCase(),
  );

const names: Record<string, string> = {
  env: 'data',
  history: 'sees what was before',
  bound_to_key: 'bound to a key',
  requires_push: 'PAR needed',
  requires_dpop: 'DPoP needed',
};

const kinds: Record<string, string> = {
  a: 'access token',
  r: 'refresh token',
  c: 'client secret',
  k: 'personal token',
  s: 'service token',
};

/** Any value of a record or of evidence, by the name that it goes by. */
export function valueOf(name: string, value: unknown): Child {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString('en');
  if (typeof value === 'string') return textOf(name, value);
  if (Array.isArray(value)) return <ListOf name={name} values={value} />;
  if (typeof value === 'object' && value !== null)
    return (
      <>
        {Object.entries(value)
          .filter(([, one]) => one !== null && one !== '')
          .map(([key, one]) => (
            <div>
              <span class="dim">{nameOf(key)}</span> {valueOf(key, one)}
            </div>
          ))}
      </>
    );
  return '';
}

function textOf(name: string, text: string): Child {
  if (name === 'kind') return kinds[text] ?? text;
  // Evidence calls an app its `client`, and a token that came after another its `successor`.
  const level = isSubjectLevel(name) ? name : levelOfId(text);
  if (level)
    return (
      <a href={subjectPath(level, text)}>
        <code>{text}</code>
      </a>
    );
  if (/^[a-z]{3}_[0-9a-z]{26}$/.test(text)) return <code>{text}</code>;
  if (/_?at$/.test(name) && !Number.isNaN(Date.parse(text))) return <When at={text} exact />;
  return text;
}

function ListOf({ name, values }: { name: string; values: unknown[] }) {
  if (values.every((one) => typeof one === 'string'))
    return name === 'redirect_uris' ? (
      <>
        {values.map((one) => (
          <div>
            <code>{one}</code>
          </div>
        ))}
      </>
    ) : (
      <>{values.join(', ')}</>
    );
  return (
    <>
      {values.map((one) => (
        <div>{accountOf(one) ?? valueOf('', one)}</div>
      ))}
    </>
  );
}

/** A membership: the account by its name, and what the person is in it. */
function accountOf(value: unknown): Child | null {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('title' in value)) return null;
  const { id, title } = value;
  if (typeof id !== 'string' || typeof title !== 'string') return null;
  const role = 'role' in value && typeof value.role === 'string' ? value.role : '';
  return (
    <>
      <a href={subjectPath('account', id)}>{title}</a> <span class="dim">{role}</span>
    </>
  );
}
