import type { Level, ShownRecord } from '#src/inquiry';
import { subjectPath } from './paths.ts';

const levels: Record<string, Level> = {
  apps: 'app',
  grants: 'grant',
  tokens: 'token',
  members: 'user',
};

const names: Record<string, string> = { sessions: 'browsers signed in' };

/** What hangs below: how many of each, and the newest by name. */
export function Hanging({ record: { below } }: { record: ShownRecord }) {
  const kinds = Object.entries(below);
  return (
    <section class="stack" aria-labelledby="below">
      <h2 id="below">What hangs below</h2>
      {kinds.every(([, { count }]) => count === 0) ? <p class="dim">Nothing.</p> : null}
      {kinds
        .filter(([, { count }]) => count > 0)
        .map(([kind, { count, at_least: isMore, newest }]) => (
          <details class="fold" {...(count <= 5 ? { open: true } : {})}>
            <summary>
              {(names[kind] ?? kind).replace(/^./, (first) => first.toUpperCase())}{' '}
              <span class="dim">
                {count.toLocaleString('en')}
                {isMore ? '+' : ''}
              </span>
            </summary>
            <ul>
              {newest.map(({ id, title }) => (
                <li class="small">
                  <One level={levels[kind]} id={id} title={title} />
                </li>
              ))}
              {count > newest.length ? (
                <li class="dim small">
                  {newest.length === 0
                    ? 'Too many to name.'
                    : `and ${(count - newest.length).toLocaleString('en')} older`}
                </li>
              ) : null}
            </ul>
          </details>
        ))}
    </section>
  );
}

function One({ level, id, title }: { level: Level | undefined; id: string; title: string }) {
  const isNamed = title !== '' && title !== id;
  return (
    <>
      {level ? (
        <a href={subjectPath(level, id)}>{isNamed ? title : <code>{id}</code>}</a>
      ) : (
        <span>{title}</span>
      )}{' '}
      {isNamed ? <code class="dim">{id}</code> : null}
    </>
  );
}
