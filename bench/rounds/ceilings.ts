import type { LoadPlan, LoadResult } from '../load/plan.ts';
import { runProgram, startProgram } from '../programs.ts';
import { CONNECTIONS } from '../target.ts';
import { bookingTemplate, templateBytes } from '../template.ts';
import type { Bench } from './bench.ts';

type Ceiling = { perSecond: number; micros: number };

/** What the parts do alone, with the same bytes that everything else gets. */
export async function measureCeilings({ options, figures, sink, directory }: Bench): Promise<void> {
  const events = bookingTemplate([`acc_${'0'.repeat(26)}`]);
  const bytes = String(templateBytes(events));
  const seconds = String(options.seconds * 0.7);
  const ceiling = (name: string, ...args: string[]): Promise<Ceiling> =>
    runProgram<Ceiling>({ file: `./ceilings/${name}.ts`, args: [...args, bytes] });

  figures.note(await measureHttp({ events, seconds: options.seconds * 0.7 }));
  for (const how of ['request', 'dispatch']) {
    const found = await ceiling('undici', how, sink.url('ceiling', 0), seconds);
    figures.note({ [`undici.${how}`]: found.perSecond, [`undici.${how}.micros`]: found.micros });
  }
  figures.note({ 'sqlite.each': (await ceiling('sqlite', directory(), '1', seconds)).perSecond });
  figures.note({ 'sqlite.group': (await ceiling('sqlite', directory(), '64', seconds)).perSecond });
  figures.note({ 'hmac.micros': (await ceiling('hmac', '0.4')).micros });
}

async function measureHttp(wish: Pick<LoadPlan, 'events' | 'seconds'>): Promise<Record<string, number>> {
  const server = await startProgram<{ port: number }>({ file: './ceilings/http.ts' });
  const post = (extra: Partial<LoadPlan>): Promise<LoadResult> => {
    const url = `http://127.0.0.1:${server.ready.port}/v1/events`;
    const plan: LoadPlan = {
      url,
      headers: {},
      connections: CONNECTIONS,
      eventsPerPost: 1,
      ...wish,
      ...extra,
    };
    return runProgram<LoadResult>({ file: './load.ts', args: [JSON.stringify(plan)] });
  };
  try {
    await post({ seconds: wish.seconds / 2 });
    const single = await post({});
    const fifty = await post({ eventsPerPost: 50 });
    return { http: single.postsPerSecond, 'http.fifty': fifty.eventsPerSecond };
  } finally {
    await server.stop();
  }
}
