import type { PatchbayError } from '#src/errors';
import { type Permission, permissions, roles, type Staff, staffRoles } from '#src/staff';
import { CopyBlock, withQuery } from '#src/ui';
import { elevationPath, home } from './paths.ts';

type Props = {
  error: PatchbayError;
  staff: Staff | null;
  needs: Permission | null;
  /** What was filled in, and would be lost. */
  written: readonly string[];
  back: string;
  requestId: string;
};

/** What was refused, who may, and what to press next. */
export function Refused({ error, staff, needs, written, back, requestId }: Props) {
  const isMissing = needs !== null && staff !== null && !staff.permissions.has(needs);
  return (
    <div class="stack form">
      <h1>{titleOf(error, isMissing)}</h1>
      {isMissing ? <WhoMay needs={needs} staff={staff} /> : <p>{error.publicText}</p>}
      {staff && !isMissing ? <WhatNext error={error} needs={needs} back={back} /> : null}
      {written.length > 0 ? (
        <>
          <h2>What you had written</h2>
          {written.map((text) => (
            <CopyBlock text={text} name="what you had written" />
          ))}
        </>
      ) : null}
      {staff ? (
        <p>
          <a class="button" href={home}>
            To the front of the console
          </a>
        </p>
      ) : null}
      <p class="dim small">
        Request <code>{requestId}</code>
      </p>
    </div>
  );
}

function titleOf({ code, status }: PatchbayError, isMissing: boolean): string {
  if (isMissing) return 'This is for another role';
  if (status === 404) return 'Nothing is here';
  if (code === 'elevation_needed') return 'This takes an elevation';
  if (code === 'sign_in_again') return 'Sign in once more';
  return 'That did not work';
}

function WhoMay({ needs, staff }: { needs: Permission; staff: Staff }) {
  const may = staffRoles.filter((role) => roles[role].some((one) => one === needs));
  return (
    <>
      <p>
        It needs <code>{needs}</code>:{' '}
        {permissions[needs].about.replace(/^./, (first) => first.toLowerCase())}
      </p>
      <p>
        {may.length === 1 ? 'The role' : 'The roles'} <b>{listed(may)}</b> {may.length === 1 ? 'has' : 'have'}{' '}
        it; you are <b>{listed(staff.roles)}</b>. Ask a colleague who has it, or whoever gives roles.
      </p>
    </>
  );
}

const listed = (words: readonly string[]): string => new Intl.ListFormat('en').format(words);

function WhatNext({ error, needs, back }: Pick<Props, 'error' | 'needs' | 'back'>) {
  switch (error.code) {
    case 'elevation_needed':
      return (
        <p>
          <a class="button primary" href={withQuery(elevationPath, { need: needs, next: back })}>
            Ask for it, with a reason
          </a>
        </p>
      );
    case 'sign_in_again':
      return (
        <p>
          <a class="button primary" href={elevationPath}>
            To the elevation, and to the sign-in
          </a>
        </p>
      );
    default:
      return null;
  }
}
