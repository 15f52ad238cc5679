import { eventually, type Person, type Stand } from './stand.ts';

/** What flows look at of an event in the feed. */
export type Shown = { id: string; sequence: number; type: string };

/** By pages of two, until so many are there: on Postgres an event waits for transactions that began before it. */
export async function readFeed({ call }: Stand, { token }: Person, count: number): Promise<Shown[]> {
  const found: Shown[] = [];
  const place = { after: '' };
  await eventually(`the feed has ${count}`, async () => {
    const { body } = await call('GET', `/v1/events?limit=2${place.after}`, token);
    found.push(...(body.data as Shown[]));
    place.after = `&after=${body.next_cursor}`;
    return found.length >= count;
  });
  return found;
}
