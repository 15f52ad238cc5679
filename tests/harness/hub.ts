import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addMember, createAccount, createPersonalToken, createServiceToken } from '../../src/access/index.ts';
import { sampleEvent } from '../../src/catalog/index.ts';
import { type Lent, startNodeHub } from '../../src/node.ts';
import type { Log } from '../../src/ports/index.ts';
import { callerOf } from './call.ts';

export type { Answer } from './call.ts';
export type TestHub = Awaited<ReturnType<typeof startTestHub>>;

/** Collects what is logged, so that a test can look for what must not be there. */
export function memoryLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const add =
    (level: string) =>
    (event: string, ...rest: unknown[]) =>
      void lines.push(
        `${level} ${event} ${JSON.stringify(rest, (_, v: unknown) => (v instanceof Error ? `${v.stack}` : v))}`,
      );
  return { lines, info: add('info'), warn: add('warn'), error: add('error') };
}

/** The real hub on a real SQLite file, a free port and loopback opened; `stop` leaves nothing behind. */
export async function startTestHub(environment: Record<string, string> = {}, lent: Lent = {}) {
  const folder = environment['PATCHBAY_DATA'] ?? mkdtempSync(join(tmpdir(), 'patchbay-test-'));
  const log = memoryLog();
  const running = await startNodeHub(
    {
      PORT: '0',
      PATCHBAY_DATA: folder,
      PATCHBAY_ALLOW_LOOPBACK: '1',
      // What creates much in a test is not what the cap is for.
      PATCHBAY_CREATES_PER_MINUTE: '1000000',
      PATCHBAY_SWEEP_MS: '50',
      ...environment,
    },
    log,
    lent,
  );
  const { hub } = running;
  const origin = `http://127.0.0.1:${running.port}`;

  const call = callerOf(origin);

  return {
    ...running,
    origin,
    folder,
    log,
    call,
    /** A new account with a personal token of these scopes. */
    account: async (
      scopes: string[] = [
        'bookings:read',
        'deliverables:read',
        'rfps:read',
        'reviews:read',
        'webhooks:manage',
      ],
    ) => {
      const account = await createAccount(hub, 'test', {
        name: `Account ${hub.ids.newId('acc')}`,
        kind: 'organisation',
        city: 'houston',
      });
      const token = await createPersonalToken(hub, 'test', {
        label: 'test',
        env: 'live',
        scopes,
        accountId: account.id,
      });
      return { id: account.id, token: token.token, tokenId: token.id, grantId: token.grantId };
    },
    /** Somebody new who acts for the account. */
    member: (accountId: string): Promise<string> =>
      addMember(hub, 'test', { accountId, userName: 'A member', role: 'owner' }),
    service: async (scopes: string[] = ['events:publish', 'accounts:write']) =>
      (await createServiceToken(hub, 'test', { label: 'core', env: 'live', scopes })).token,
    stopAndForget: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let counter = 0;
/** A valid event for these accounts; what is given goes over it. */
export function eventFor(audience: string[], over: Record<string, unknown> = {}): Record<string, any> {
  const type = (over['type'] as string | undefined) ?? 'booking.confirmed';
  counter += 1;
  return {
    type,
    occurred_at: new Date().toISOString(),
    city: 'houston',
    subject: `bookings/bkg_test${counter}`,
    audience,
    data: sampleEvent(type, over['schema_version'] as number | undefined, counter),
    ...over,
  };
}
