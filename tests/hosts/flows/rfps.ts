import { expect, test } from 'vitest';
import { eventFor } from '../../harness/hub.ts';
import { sendSigned } from '../../intents/signed.ts';
import { wish } from '../../intents/wishes.ts';
import { bodyOf, eventually, usualScopes } from '../stand.ts';
import type { Flows } from '../suite.ts';

/** RFPs in, by whichever process, and out again to many. */
export const rfpFlows: Flows = (stand) => {
  test('an RFP is asked for, waits for staff, reaches the core, and is answered, each by another process [S2-36]', async () => {
    const { hub, account, call } = stand();
    const person = await account([...usualScopes, 'rfps:create']);
    const core = await hub.token(['intents:read']);
    const officer = await hub.command('staff grant', [`Lea ${person.id}`, 'legal'], { new: true });
    const staff = await hub.command('staff token', [officer], { permissions: 'intents:review' });

    const body = wish({ external_ref: `flow-${person.id}` });
    const both = await Promise.all([
      call('POST', '/v1/rfps', person.token, body),
      call('POST', '/v1/rfps', person.token, body),
    ]);
    for (const answer of both)
      expect(answer).toMatchObject({ status: 202, body: { state: 'pending_review' } });
    const id = both[0].body.id as string;
    expect(both[1].body.id).toBe(id);
    const path = `/admin/v1/intent-sources/account:${person.id}/rfp.create`;
    const decided = await call('PUT', path, staff, { state: 'approved', note: 'a customer of years' });
    expect(decided).toMatchObject({ status: 200, body: { decided: 1 } });

    const place = { after: '', found: 0 };
    await eventually('the core has read it', async () => {
      const page = await call('GET', `/v1/intents?after=${place.after}`, core);
      place.after = page.body.next_cursor;
      place.found += page.body.data.filter((one: { id: string }) => one.id === id).length;
      return place.found > 0;
    });
    expect(place.found).toBe(1);
    const result = { result: 'accepted', subject: 'rfps/rfp_flow' };
    for (let i = 0; i < 2; i += 1)
      expect(await call('POST', `/v1/intents/${id}/result`, core, result)).toMatchObject({
        status: 200,
        body: { state: 'answered' },
      });
    const refusal = { result: 'refused', reason: 'Too late.' };
    expect((await call('POST', `/v1/intents/${id}/result`, core, refusal)).status).toBe(409);
    expect((await call('GET', `/v1/rfps/requests/${id}`, person.token)).body).toMatchObject({
      result: 'accepted',
      subject: 'rfps/rfp_flow',
    });
  });

  test('a signature in place of a token asks for one, by whichever process, until its maker is revoked [S2-36]', async () => {
    const { account, call } = stand();
    const person = await account([...usualScopes, 'rfps:create']);
    const { body: sender } = await call('POST', '/v1/rfps/senders', person.token, { label: 'a CRM' });
    const body = wish({ external_ref: `signed-${person.id}` });
    const message = { id: 'msg_flow', at: new Date() };
    const both = [
      await sendSigned({ call }, sender, body, message),
      await sendSigned({ call }, sender, body, message),
    ];
    for (const answer of both)
      expect(answer).toMatchObject({ status: 202, body: { id: both[0]!.body.id, state: 'pending_review' } });
    const tampered = { over: { 'webhook-id': 'msg_other' } };
    expect(await sendSigned({ call }, sender, body, tampered)).toMatchObject({
      status: 401,
      body: { code: 'signature_invalid' },
    });
    const me = (await call('GET', '/v1/tokens', person.token)).body.data.find(
      ({ kind }: { kind: string }) => kind === 'k',
    );
    expect((await call('DELETE', `/v1/tokens/${me.id}`, person.token)).status).toBe(202);
    expect((await sendSigned({ call }, sender, wish())).status).toBe(401);
  });

  test('a broadcast reaches each candidate that the floor chose once, and its withdrawal follows [S2-35]', async () => {
    const { account, subscribe, inStates, call, core } = stand();
    const people = await Promise.all(Array.from({ length: 3 }, () => account()));
    const subs = await Promise.all(people.map((one) => subscribe(one, { event_types: ['rfp.*'] })));
    const [first, second, third] = people.map(({ id }) => id);
    const event = eventFor([first!], {
      type: 'rfp.broadcast',
      exposure: { candidates: [second, third], new_sellers: [third], floor: 0.5, limit: 1 },
    });
    const rfpId = `rfp_flow_${first!.slice(4)}`;
    Object.assign(event, { subject: `rfps/${rfpId}` });
    Object.assign(event['data'], { rfp_id: rfpId });
    for (let i = 0; i < 2; i += 1) {
      const answer = await call('POST', '/v1/events', core, { ...event, id: undefined });
      expect(answer.body).toMatchObject({ status: 'accepted' });
    }
    for (const i of [0, 2]) await inStates(people[i]!, subs[i]!, ['delivered']);
    const withdrawn = eventFor([first!, third!], { type: 'rfp.withdrawn', subject: `rfps/${rfpId}` });
    Object.assign(withdrawn['data'], { rfp_id: rfpId });
    expect((await call('POST', '/v1/events', core, withdrawn)).body).toMatchObject({ status: 'accepted' });
    for (const i of [0, 2]) await inStates(people[i]!, subs[i]!, ['delivered', 'delivered']);
    const types = subs.map(({ sink }) => sink.received.map((one) => bodyOf(one).type));
    expect(types).toEqual([['rfp.broadcast', 'rfp.withdrawn'], [], ['rfp.broadcast', 'rfp.withdrawn']]);
  });
};
