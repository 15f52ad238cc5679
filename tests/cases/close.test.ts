import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unsuspend } from '../../src/access/index.ts';
import { closeCase, listCases } from '../../src/cases/index.ts';
import { type Stand, startStand } from '../oauth/stand.ts';

describe('a case', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  test('is opened by a replay, judged by a person, and closed once; lifting gives everything back', async () => {
    const { app, codeFor, me, ports, redeem } = state.stand;
    const client = await app();
    const code = await codeFor(client);
    const { body } = await redeem(client, code);
    await redeem(client, code);
    await redeem(client, code);
    const [opened, more] = await listCases(ports, 'open');
    expect(opened).toMatchObject({ kind: 'code_replay', evidence: { client: client.clientId } });
    expect(more).toBeUndefined();
    expect((await me(body.access_token)).status).toBe(403);
    await unsuspend(ports, {
      level: 'grant',
      id: opened?.subject.slice('grant:'.length) ?? '',
      actor: 'test',
    });
    expect((await me(body.access_token)).status).toBe(200);
    const close = () => closeCase(ports, 'test', { id: opened?.id ?? '', note: 'a double click' });
    const closed = await Promise.allSettled([close(), close()]);
    expect(closed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await listCases(ports, 'open')).toEqual([]);
    expect((await listCases(ports, 'all')).map(({ state: is }) => is)).toEqual(['closed']);
  });
});
