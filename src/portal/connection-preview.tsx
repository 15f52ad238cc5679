import type { Preview } from '#src/connections';
import { Note, Payload, When } from '#src/ui';
import { eventPath } from './paths.ts';
import { opWords } from './op-words.ts';

/** What the last real events would do there: nothing is sent. */
export function PreviewOf({ preview, vendor }: { preview: Preview | null; vendor: string }) {
  if (preview === null)
    return (
      <>
        <h2>What would appear there</h2>
        <p class="dim">
          “Preview” takes the last events of yours that fit and shows what each would be in {vendor}. Nothing
          is sent.
        </p>
      </>
    );
  const doing = preview.filter(({ ops }) => ops.length > 0);
  return (
    <>
      <h2>What would appear there</h2>
      {preview.length === 0 ? (
        <Note tone="wait">
          <p>None of these events has happened yet in this account. The first that does goes there.</p>
        </Note>
      ) : doing.length === 0 ? (
        <Note tone="wait">
          <p>Of the last {preview.length}, none would do anything there. That is how it is chosen.</p>
        </Note>
      ) : null}
      {preview.map(({ event, ops }) => (
        <section class="attempt stack" aria-label={`${event.type}, ${event.subject}`}>
          <p class="small">
            <a href={eventPath(event.id)}>{event.type}</a>{' '}
            <span class="dim">
              <When at={event.timestamp} />
            </span>
          </p>
          {ops.length === 0 ? (
            <p class="dim small">Does nothing there.</p>
          ) : (
            ops.map((op) => <OpOf op={op} />)
          )}
        </section>
      ))}
    </>
  );
}

function OpOf({ op }: { op: Preview[number]['ops'][number] }) {
  const { title, rows } = opWords(op);
  return (
    <div class="there">
      <p class="small dim">{op.kind}</p>
      {title === '' ? null : (
        <p>
          <b>{title}</b>
        </p>
      )}
      {rows.length > 0 ? (
        <ul class="small">
          {rows.map(([name, text]) => (
            <li>
              {name === '' ? null : <span class="dim">{name}: </span>}
              {isInstant(text) ? <When at={text} exact /> : text}
            </li>
          ))}
        </ul>
      ) : null}
      <details class="fold aside">
        <summary>
          As it is sent<span class="vh"> ({title || op.kind})</span>
        </summary>
        <Payload value={op.body} label={`What is sent: ${title || op.kind}`} />
      </details>
    </div>
  );
}

const isInstant = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text);
