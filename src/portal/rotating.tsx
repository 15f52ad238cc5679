import { PatchbayError } from '#src/errors';
import type { Form } from '#src/ui';

/** When the secret of before ends, in seconds; 0 is for one that has leaked. */
const overlaps = new Map([
  ['86400', 'in 24 hours'],
  ['604800', 'in 7 days'],
  ['0', 'now: it has leaked'],
]);

export function OldOneEnds({ chosen = '86400' }: { chosen?: string }) {
  return (
    <fieldset>
      <legend>The old one ends</legend>
      {[...overlaps].map(([seconds, words]) => (
        <label class="pick">
          <input type="radio" name="overlap" value={seconds} checked={seconds === chosen} />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** 422 for what the form does not offer. */
export function overlapMsOf(form: Form): number {
  const overlap = form.one('overlap');
  if (overlaps.has(overlap)) return Number(overlap) * 1_000;
  throw new PatchbayError('validation_failed', { public: 'Say when the old secret ends.' });
}
