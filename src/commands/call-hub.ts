import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { type CallAnswer, type Input, type Terminal, textOf } from './command.ts';

/** The API of the hub that runs on this data, by HTTP like anybody else. */
export type HubApi = { url: string; call(method: string, path: string, body?: unknown): Promise<unknown> };

export const urlOf = (terminal: Terminal, input: Input, { settings }: Pick<Ports, 'settings'>): string =>
  (textOf(input, 'url') ?? terminal.hubUrl ?? settings.publicUrl).replace(/\/$/, '');

export function hubApi(terminal: Terminal, url: string, token: string): HubApi {
  return {
    url,
    call: async (method, path, body) => {
      const answer = await reach(terminal, url, {
        method,
        path,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (answer.status >= 200 && answer.status < 300) return JSON.parse(answer.body) as unknown;
      throw new PatchbayError('invalid_parameter', {
        public: `${url} answered ${answer.status}: ${detailOf(answer)}`,
      });
    },
  };
}

type Asked = { method: string; path: string; headers: Record<string, string>; body?: string };

async function reach(terminal: Terminal, url: string, { path, ...request }: Asked): Promise<CallAnswer> {
  try {
    return await terminal.call({ ...request, url: url + path });
  } catch (error) {
    throw new PatchbayError('store_unavailable', {
      public: `No hub answers at ${url}. Start it with npm start, or say where it is with --url.`,
      cause: error,
    });
  }
}

/** Problem documents say it in `detail`; anything else is no hub. */
function detailOf({ body }: CallAnswer): string {
  try {
    const problem = JSON.parse(body) as { detail?: unknown };
    return typeof problem.detail === 'string' ? problem.detail : 'no more is said';
  } catch {
    // Not JSON, so not the hub: what it said would only confuse.
    return 'this is not a Patchbay hub';
  }
}
