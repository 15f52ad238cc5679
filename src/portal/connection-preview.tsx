import type { Preview } from '#src/connections';
import { Chip, Note, Payload, When } from '#src/ui';
import { eventPath, typePath } from './paths.ts';
import { opWords } from './op-words.ts';
import type { VendorWords } from './vendor-words.ts';

type Props = { preview: Preview | null; vendor: string; words: VendorWords };

/** What the last real events would do there: nothing is sent. */
export function PreviewOf({ preview, vendor, words }: Props) {
  if (preview === null)
    return (
      <>
        <h2>What would appear there</h2>
        <p class="dim">
          “Preview” takes the last events of yours that fit, or samples where there are none yet, and shows
          what each would be in {vendor}. Nothing is sent.
        </p>
      </>
    );
  const doing = preview.filter(({ ops }) => ops.length > 0);
  return (
    <>
      <h2>What would appear there</h2>
      {preview.length === 0 ? (
        <Note tone="wait">
          <p>
            None of these events has happened yet in this account, and a sample of them would do nothing
            there.
          </p>
        </Note>
      ) : doing.length === 0 ? (
        <Note tone="wait">
          <p>Of the last {preview.length}, none would do anything there. That is how it is chosen.</p>
        </Note>
      ) : preview[0]?.is_sample ? (
        <Note tone="wait" title="Samples, not events of yours">
          <p>
            None of these events has happened yet in this account. This is how invented ones would look in{' '}
            {vendor}; the first real one goes there as soon as it happens.
          </p>
        </Note>
      ) : null}
      {preview.map(({ event, ops, is_sample: isSample }) => (
        <section class="attempt stack" aria-label={`${event.type}, ${isSample ? 'a sample' : event.subject}`}>
          <p class="row small">
            <a href={isSample ? typePath(event.type) : eventPath(event.id)}>{event.type}</a>{' '}
            {isSample ? (
              <Chip tone="off">sample</Chip>
            ) : (
              <span class="dim">
                <When at={event.timestamp} />
              </span>
            )}
          </p>
          {ops.length === 0 ? (
            <p class="dim small">Does nothing there.</p>
          ) : (
            ops.map((op) => <OpOf op={op} words={words} />)
          )}
        </section>
      ))}
    </>
  );
}

function OpOf({ op, words }: { op: Preview[number]['ops'][number]; words: VendorWords }) {
  const { title, rows } = opWords(op, words);
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
