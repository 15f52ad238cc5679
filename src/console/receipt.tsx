import type { StaffReceipt } from '#src/revocations';
import { Chip, Copyable, Crumb, type Fact, Facts, When } from '#src/ui';
import { revocationsPath } from './paths.ts';
import { reasonWords } from './reasons.ts';
import { AnyId, SubjectId } from './subject-link.tsx';

/** It completes while one looks: what was queued is cancelled and counted after the answer. */
export function Receipt({ receipt }: { receipt: StaffReceipt }) {
  const { id, level, subject, completed_at: completedAt, stopped } = receipt;
  const isDone = completedAt !== null;
  const count = (n: number | null): string =>
    n === null ? (isDone ? 'not counted' : 'being counted') : n.toLocaleString('en');
  const facts: Fact[] = [
    ['Of', <SubjectId level={level} id={subject} />],
    ['Reason', reasonWords(receipt.reason)],
    ['Note', receipt.note ?? 'none'],
    ['By', <AnyId text={receipt.actor} />],
    ['Refused since', <code>{receipt.created_at}</code>],
    [
      'Time to effect',
      receipt.effect_ms === null ? 'being measured' : `${receipt.effect_ms.toLocaleString('en')} ms`,
    ],
    ['Tokens stopped', count(stopped.tokens)],
    ['Grants ended', count(stopped.grants)],
    ['Subscriptions stopped', count(stopped.subscriptions)],
    ['Browsers signed out', count(stopped.sessions)],
    ['Deliveries cancelled', receipt.cancelled.toLocaleString('en')],
    ['Last delivery left', <LastSent receipt={receipt} />],
    ['Vendor credentials', vendorWords(receipt)],
    ['Complete', completedAt ? <When at={completedAt} exact /> : 'not yet'],
    ['Receipt', <Copyable text={id} name="the receipt’s id" />],
  ];
  return (
    <div class="stack form" data-live="receipt" data-stamp={JSON.stringify(receipt)}>
      <Crumb href={revocationsPath}>Receipts</Crumb>
      <div class="row apart">
        <h1>Revoked</h1>
        <Chip tone={isDone ? 'good' : 'wait'}>{isDone ? 'complete' : 'under way'}</Chip>
      </div>
      <p class="verdict">
        It is refused since <When at={receipt.created_at} exact />.{' '}
        {isDone
          ? 'Nothing that hung on it leaves any more.'
          : 'What is queued is being cancelled; nothing of it leaves meanwhile.'}
      </p>
      {isDone ? null : (
        <p class="dim" data-soon>
          This page completes by itself. You can leave it: the receipt is kept.
        </p>
      )}
      <Facts facts={facts} />
      {isDone ? (
        <p class="dim small">
          As evidence, print this page. Who pressed, and when, stands in the audit trail as well.
        </p>
      ) : null}
    </div>
  );
}

function LastSent({ receipt: { last_sent_at: at, last_delivery: id } }: { receipt: StaffReceipt }) {
  if (at === null) return <>none was sent</>;
  return (
    <>
      <When at={at} exact />
      {id ? (
        <>
          {' '}
          <code>{id}</code>
        </>
      ) : null}
    </>
  );
}

function vendorWords({ vendor_credentials: { total, revoked, shredded } }: StaffReceipt): string {
  return total === 0 ? 'none' : `${revoked} of ${total} revoked, ${shredded} shredded`;
}
