import { createAccount, createPersonalToken, createServiceToken } from '../../src/access/index.ts';
import { openNodeHub } from '../../src/node.ts';
import { memoryLog } from '../harness/hub.ts';

export type People = { publisher: string; account: { id: string; token: string } };

/** A publisher and an account in a data folder whose hub is not running. */
export async function prepareFolder(folder: string): Promise<People> {
  const { hub } = await openNodeHub({ PATCHBAY_DATA: folder }, memoryLog());
  const account = await createAccount(hub, 'test', {
    name: 'Account',
    kind: 'organisation',
    city: 'houston',
  });
  const personal = await createPersonalToken(hub, 'test', {
    label: 'test',
    env: 'live',
    scopes: ['bookings:read', 'webhooks:manage'],
    accountId: account.id,
  });
  const service = await createServiceToken(hub, 'test', {
    label: 'core',
    env: 'live',
    scopes: ['events:publish'],
  });
  await hub.http.close();
  await hub.store.close();
  return { publisher: service.token, account: { id: account.id, token: personal.token } };
}
