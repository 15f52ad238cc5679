import { eventTypes, expandTypes, sampleEvent } from '#src/catalog';
import type { DryRun } from '#src/subscriptions';
import { Chip, Note, Payload, When } from '#src/ui';
import { counted } from './cords.ts';
import { eventPath } from './paths.ts';

/** What a wish would have done with the last hundred events: nothing is made, nothing is sent. */
export function Tried({ tried, types }: { tried: DryRun | null; types: readonly string[] }) {
  if (tried === null)
    return (
      <>
        <h2>What it would do</h2>
        <p class="dim">
          “Try it on past events” holds your choice against the last 100 events of this account. Nothing is
          made and nothing is sent.
        </p>
        <Sample types={types} />
      </>
    );
  const { examined, matched, samples } = tried;
  return (
    <>
      <h2>What it would have done</h2>
      <Note tone={matched > 0 ? 'good' : 'wait'}>
        <p>
          <b>
            {matched} of the last {counted(examined, 'event')}
          </b>{' '}
          would have been sent.
        </p>
        {examined === 0 ? <p>Nothing has happened yet in this account; here is a sample instead.</p> : null}
      </Note>
      {samples.matched.length > 0 ? (
        <>
          <h3>Sent</h3>
          {samples.matched.slice(0, 3).map((sample, i) => (
            <details class="fold" {...(i === 0 ? { open: true } : {})}>
              <summary>{textOf(sample['type'])}</summary>
              <Payload value={sample} label={`What would have been sent, ${i + 1}`} />
            </details>
          ))}
        </>
      ) : (
        <Sample types={types} />
      )}
      {samples.not_matched.length > 0 ? <NotSent samples={samples.not_matched} /> : null}
    </>
  );
}

function NotSent({ samples }: { samples: DryRun['samples']['not_matched'] }) {
  return (
    <>
      <h3>Not sent, for example</h3>
      <ul class="stack">
        {samples.map(({ event_id: id, type, timestamp, why }) => (
          <li>
            <a href={eventPath(id)}>{type}</a>{' '}
            <span class="dim small">
              <When at={timestamp} />
            </span>
            <p class="small">{why}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Of the first type that is wished for. */
function Sample({ types }: { types: readonly string[] }) {
  const type = expandTypes(types).find((one) => eventTypes.has(one));
  if (type === undefined) return <Chip tone="off">Choose an event to see a sample of it.</Chip>;
  return (
    <details class="fold" open>
      <summary>
        {type} <span class="dim">sample</span>
      </summary>
      <Payload value={sampleEvent(type)} label={`A sample of ${type}`} />
    </details>
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
