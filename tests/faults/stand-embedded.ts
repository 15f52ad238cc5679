import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { freePort } from '../services/free-port.ts';
import { buildStart } from './hub-child.ts';
import { createMember } from './member.ts';
import { prepareFolder } from './people.ts';
import { settings, type Stand, subscribeReceivers } from './stand.ts';

/** One process and a folder. */
export async function startEmbedded(random: () => number): Promise<Stand> {
  const entry = await buildStart();
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-faults-'));
  const people = await prepareFolder(folder);
  const ended: string[] = [];
  const environment = { ...settings, PATCHBAY_DATA: folder, PORT: String(await freePort()) };
  const hub = createMember('hub', entry, environment, (what) => ended.push(what));
  await hub.start();
  const receivers = await subscribeReceivers(hub.origin, people, random);
  return {
    apis: [hub],
    workers: [hub],
    people,
    receivers,
    query: async (sql) => {
      const file = new Database(join(folder, 'patchbay.db'), { readonly: true });
      try {
        return file.prepare(sql).all() as Record<string, unknown>[];
      } finally {
        file.close();
      }
    },
    ended,
    stop: async () => {
      await hub.kill();
      await receivers.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
