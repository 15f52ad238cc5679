import { type ConnectorCtx, type Op, type Outcome, readObject, stableId } from '#kit';
import { failureOf } from './errors.ts';

export type Kind = 'put-card' | 'drop-card';

/** The id is ours and the same for ever, so a second try meets the first: nothing can be made twice. */
export async function deliver(op: Op<Kind>, ctx: ConnectorCtx): Promise<Outcome> {
  const id = await stableId(ctx.connectionId, op.key, 32);
  const url = `https://api.template.example/v1/cards/${id}`;
  switch (op.kind) {
    case 'put-card': {
      const answer = await ctx.fetch(url, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(op.body),
      });
      const card = await readObject(answer);
      if (!answer.ok || card?.['id'] !== id) return failureOf(answer, card, ctx.now());
      return { ok: true, applied: answer.status === 201 ? 'created' : 'updated', ref: { id } };
    }
    case 'drop-card': {
      const answer = await ctx.fetch(url, { method: 'DELETE' });
      if (answer.status === 204) return { ok: true, applied: 'deleted' };
      const body = await readObject(answer);
      // It was never there, or somebody removed it: that is what was wanted.
      if (body?.['code'] === 'no_card') return { ok: true, applied: 'unchanged' };
      return failureOf(answer, body, ctx.now());
    }
    default:
      return op.kind satisfies never;
  }
}
