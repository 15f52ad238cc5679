import type { listCases } from '#src/cases';
import { counted, Note, When } from '#src/ui';
import { wordsOf } from './case-words.ts';
import { casePath, casesPath } from './paths.ts';
import { SubjectLink } from './subject-link.tsx';
import { Waiting, type Waits } from './waits.tsx';

type Case = Awaited<ReturnType<typeof listCases>>[number];

const mostShown = 6;

/** What asks for a decision now: cases, the newest first, then what waits in queues, each with the one thing to press. */
export function Decide({ cases, waits }: { cases: readonly Case[]; waits: readonly Waits[] }) {
  const isQuiet = cases.length + waits.length === 0;
  return (
    <section class="stack" aria-labelledby="decide">
      <h2 id="decide">{isQuiet ? 'Nothing waits for a decision' : 'Decide now'}</h2>
      {isQuiet ? (
        <p class="dim">
          No case is open. A case opens by itself when a token is used twice, leaks, or is found by somebody.{' '}
          <a href={`${casesPath}?state=all`}>Cases that are closed</a>
        </p>
      ) : (
        <div class="notes">
          {cases.slice(0, mostShown).map((one) => (
            <Open one={one} />
          ))}
          {waits.map((one) => (
            <Waiting waits={one} />
          ))}
        </div>
      )}
      {cases.length > mostShown ? (
        <p>
          <a href={casesPath}>All {counted(cases.length, 'open case')}</a>
        </p>
      ) : null}
    </section>
  );
}

function Open({ one }: { one: Case }) {
  const { title, done } = wordsOf(one);
  return (
    <Note tone="bad" title={title}>
      <p>{done}</p>
      <p class="dim small">
        <SubjectLink subject={one.subject} />, <When at={one.createdAt.toISOString()} />
      </p>
      <p class="press">
        <a class="button primary" href={casePath(one.id)}>
          Decide<span class="vh"> about “{title}”</span>
        </a>
      </p>
    </Note>
  );
}
