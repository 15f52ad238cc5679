import type { LookedUp, TokenFacts } from '#src/leaks';
import type { Staff } from '#src/staff';
import { counted, Facts, Note, type Tone, When } from '#src/ui';
import { subjectPath } from './paths.ts';
import { reasonWords } from './reasons.ts';
import { SubjectId } from './subject-link.tsx';

/** Whose a pasted token is, and whether it is dangerous now. The token itself is not on the page. */
export function TokenFound({ looked, staff }: { looked: LookedUp; staff: Staff }) {
  switch (looked.result) {
    case 'malformed':
      return (
        <Note tone="wait" title="No whole token stands in it">
          <p>
            It begins like one, but its checksum is wrong: a letter is missing, changed, or it was cut. Nobody
            can do anything with it as it is.
          </p>
        </Note>
      );
    case 'unknown':
      return (
        <Note tone="good" title="It is none of ours">
          <p>It has the form of a token, but no token of this installation is or was this one.</p>
        </Note>
      );
    case 'known':
      return <Known token={looked.token} staff={staff} />;
    default:
      return looked satisfies never;
  }
}

const verdicts: Record<TokenFacts['state'], [Tone, string]> = {
  live: ['bad', 'It works now: whoever has it can use it'],
  suspended: ['wait', 'It is suspended: nothing passes now, until somebody lifts that'],
  expired: ['good', 'It has expired: it opens nothing any more'],
  revoked: ['good', 'It is revoked: it opens nothing any more'],
};

function Known({ token, staff }: { token: TokenFacts; staff: Staff }) {
  const [tone, verdict] = verdicts[token.state];
  const at = subjectPath('token', token.id);
  const { created } = token;
  return (
    <section class="stack" aria-label="What was found">
      <Note tone={tone} title={verdict}>
        <p>
          {token.label}: {token.scopes.join(', ') || 'no scopes'}.
        </p>
        <p class="press row">
          {staff.permissions.has('revocations:preview') && token.state !== 'revoked' ? (
            <a class="button primary danger" href={`${at}/stop`}>
              Stop it
            </a>
          ) : null}
          <a class="button" href={at}>
            Look at it
          </a>
        </p>
      </Note>
      <Facts
        facts={[
          ['Token', <SubjectId level="token" id={token.id} />],
          token.account ? ['Account', <SubjectId level="account" id={token.account} />] : null,
          token.user ? ['User', <SubjectId level="user" id={token.user} />] : null,
          token.app ? ['App', <SubjectId level="app" id={token.app} />] : null,
          token.partner ? ['Partner', <SubjectId level="partner" id={token.partner} />] : null,
          token.grant ? ['Grant', <SubjectId level="grant" id={token.grant} />] : null,
          ['Made', <When at={token.created_at} exact />],
          ['Made by', token.made_by ? <code>{token.made_by}</code> : 'not on record'],
          ['Last used', token.last_used_at ? <When at={token.last_used_at} exact /> : 'never'],
          token.revoked_at
            ? [
                'Revoked',
                <>
                  <When at={token.revoked_at} exact />: {reasonWords(token.revoked_reason)}
                </>,
              ]
            : null,
          [
            'It made',
            `${counted(created.tokens.length, 'token')}, ${counted(created.subscriptions.length, 'subscription')}`,
          ],
        ]}
      />
    </section>
  );
}
