import type { Level } from '#src/inquiry';
import { revocationReasons, suspensionReasons } from '#src/revocations';
import { Ask, Note, Select, TextArea, type Wrong, WrongAt } from '#src/ui';
import { revocationWords, suspensionWords } from './reasons.ts';

type Filled = { filled: (name: string) => string; wrong: Wrong };

/** The gentler step. */
export function Suspend({ at, isSuspended, filled, wrong }: Filled & { at: string; isSuspended: boolean }) {
  return (
    <section class="choice stack" aria-labelledby="suspend">
      <h2 id="suspend">Suspend it</h2>
      <p>
        Nothing passes from now on, and nothing is lost: calls answer 403, deliveries wait. You can lift it at
        any moment.
      </p>
      {isSuspended ? (
        <Note tone="wait">
          <p>It is suspended already. To take the suspension over, give your reason.</p>
        </Note>
      ) : null}
      <Ask action={`${at}/suspend`} label="Suspend it">
        <Select
          name="suspend_reason"
          label="Reason"
          value={filled('suspend_reason') || 'suspicious'}
          choices={suspensionReasons.map((reason) => [reason, suspensionWords[reason]])}
          wrong={wrong}
        />
        <TextArea
          name="suspend_note"
          label="Note"
          value={filled('suspend_note')}
          rows={2}
          hint="For staff alone. No personal data."
          wrong={wrong}
          isOptional
        />
        <p>
          <button class="primary">Suspend it</button>
        </p>
      </Ask>
    </section>
  );
}

/** The one that cannot be taken back. */
export function Revoke({ at, level, filled, wrong }: Filled & { at: string; level: Level }) {
  return (
    <section class="choice grave stack" aria-labelledby="revoke">
      <h2 id="revoke">Revoke it for good</h2>
      <p>
        {level === 'token'
          ? 'Every call with it is refused from that moment. Nobody can bring it back.'
          : 'All that hangs below it ends from that moment, and what is queued is cancelled. Nobody can bring it back: people have to consent anew.'}
      </p>
      <Ask action={`${at}/revoke`} label="Revoke it for good">
        <fieldset
          id="reason"
          tabindex={-1}
          {...(wrong.has('reason') ? { 'aria-describedby': 'reason-wrong' } : {})}
        >
          <legend>Reason</legend>
          <WrongAt name="reason" wrong={wrong} />
          {revocationReasons.map((reason) => (
            <label class="pick">
              <input
                type="radio"
                name="reason"
                value={reason}
                checked={filled('reason') === reason}
                required
              />
              <span>
                {revocationWords[reason]}
                {level === 'token' && (reason === 'leaked' || reason === 'abuse') ? (
                  <span class="dim">: what it made stops, too</span>
                ) : null}
              </span>
            </label>
          ))}
        </fieldset>
        <TextArea
          name="note"
          label="Note"
          value={filled('note')}
          rows={2}
          hint="For staff alone. No personal data."
          wrong={wrong}
          isOptional
        />
        <p>
          <button class="primary danger">Revoke for good</button>
        </p>
      </Ask>
    </section>
  );
}
