import { createAccount, createPersonalToken, createServiceToken } from '../../src/access/index.ts';
import { openNodeHub } from '../../src/node.ts';
import { memoryLog } from '../harness/hub.ts';

export type People = { publisher: string; account: { id: string; token: string } };

/** In a data folder whose hub is not running. */
export const prepareFolder = (folder: string): Promise<People> => preparePeople({ PATCHBAY_DATA: folder });

/** A publisher and an account, made as the `patchbay` command makes them: beside the hub, on its store. */
export async function preparePeople(environment: Record<string, string>): Promise<People> {
  const { hub, close } = await openNodeHub(environment, memoryLog());
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
  await close();
  return { publisher: service.token, account: { id: account.id, token: personal.token } };
}
