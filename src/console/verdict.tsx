import type { Level, ShownRecord } from '#src/inquiry';
import { When } from '#src/ui';
import { reasonWords } from './reasons.ts';
import { SubjectLink } from './subject-link.tsx';

/** Is it dangerous now? In the first line, before anything else. */
export function Verdict({ record }: { record: ShownRecord }) {
  const { level, standing, facts } = record;
  const lastUsed = typeof facts['last_used_at'] === 'string' ? facts['last_used_at'] : null;
  if (standing.state === 'active')
    return (
      <p class="verdict">
        It is alive: {aliveWords[level]}
        {lastUsed ? (
          <>
            {' '}
            Last used <When at={lastUsed} />.
          </>
        ) : null}
      </p>
    );
  return (
    <>
      <p class="verdict">
        {standing.state === 'suspended'
          ? 'Nothing passes now, and it can be lifted.'
          : 'It opens nothing any more.'}
      </p>
      <Because record={record} />
    </>
  );
}

/** What makes it so: it was stopped itself, or what it hangs on. */
function Because({ record: { level, id, standing } }: { record: ShownRecord }) {
  const { state, because } = standing;
  if (!because) return null;
  const { of, reason, since } = because;
  const isOwn = of === 'itself' || of === `${level}:${id}`;
  return (
    <p>
      {isOwn ? (
        `It is ${state} itself`
      ) : (
        <>
          What it hangs on is {state}: <SubjectLink subject={of} />
        </>
      )}
      {since ? (
        <>
          , <When at={since} />
        </>
      ) : null}
      {reason ? `: ${reasonWords(reason)}` : ''}.
    </p>
  );
}

const aliveWords: Record<Level, string> = {
  token: 'whoever has it can use it.',
  grant: 'its app reads and is sent what was consented to.',
  user: 'the person can sign in, and what they consented to works.',
  app: 'it can ask for access, and what it has works.',
  partner: 'its apps work.',
  account: 'its people and programs work.',
};
