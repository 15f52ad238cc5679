import type { Context, Hono } from 'hono';
import type * as z from 'zod';
import { respond } from '#src/wire';
import type { Pull } from './hub.ts';
import { askShape, pullPaths, renewShape, settleShape, withdrawnShape } from './protocol.ts';

const kib = 1_024;

/** Not part of the API: no token opens these, and the OpenAPI document does not know them. */
export function pullRoutes(app: Pick<Hono, 'post'>, pull: Pull): void {
  const post = <S extends z.ZodType>(
    path: string,
    shape: S,
    maxBytes: number,
    answer: (input: z.output<S>, isGone: () => boolean) => Promise<unknown>,
  ): void => {
    app.post(path, async (c: Context) => {
      const input = await pull.verify(c.req.raw, shape, maxBytes);
      const body = await answer(input, () => c.req.raw.signal.aborted);
      return respond({ status: 200, body, headers: { 'cache-control': 'no-store' } });
    });
  };

  post(pullPaths.ask, askShape, 64 * kib, (input, isGone) => pull.ask(input, isGone));
  post(pullPaths.renew, renewShape, 128 * kib, (input) => pull.renew(input));
  // A hundred answers of a KiB, where every character may take six in JSON.
  post(pullPaths.settle, settleShape, 2_048 * kib, (input) => pull.settle(input));
  post(pullPaths.withdrawn, withdrawnShape, 128 * kib, (input, isGone) => pull.withdrawn(input, isGone));
}
