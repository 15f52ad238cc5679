import { listDeliveries, type ShownDelivery } from '#src/deliveries';
import type { Ctx } from '#src/context';
import { When } from '#src/ui';
import { deliveriesPath, deliveryPath, withQuery } from './paths.ts';
import { DeliveryChip } from './states.tsx';

/** Newest first. */
export async function latestDeliveries(ctx: Ctx, subscription: string): Promise<ShownDelivery[]> {
  return (await listDeliveries(ctx, { subscription, limit: 5 })).data;
}

/** The one that says what its endpoint does wrong: of those that failed, the last to have done so. */
export async function latestFailure(ctx: Ctx, subscription: string): Promise<ShownDelivery | null> {
  const [retrying, dead] = await Promise.all(
    (['retrying', 'dead'] as const).map((state) => listDeliveries(ctx, { subscription, state, limit: 1 })),
  );
  const failed = [...(retrying?.data ?? []), ...(dead?.data ?? [])];
  return failed.sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1))[0] ?? null;
}

type Props = { subscription: string; deliveries: readonly ShownDelivery[] };

export function LatestDeliveries({ subscription, deliveries }: Props) {
  return (
    <section class="stack" aria-labelledby="latest">
      <div class="row apart">
        <h2 id="latest">Its last deliveries</h2>
        {deliveries.length > 0 ? (
          <a href={withQuery(deliveriesPath, { subscription })}>All its deliveries</a>
        ) : null}
      </div>
      {deliveries.length === 0 ? (
        <p class="dim">None yet.</p>
      ) : (
        <table>
          <caption class="vh">Its last deliveries, newest first</caption>
          <thead>
            <tr>
              <th>Event</th>
              <th>State</th>
              <th class="end">When</th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map(({ id, type, state, words, created_at: at }) => (
              <tr>
                <td>
                  <a class="whole" href={deliveryPath(id)}>
                    {type}
                  </a>
                  {state === 'delivered' ? null : <p class="dim small">{words}</p>}
                </td>
                <td>
                  <DeliveryChip state={state} />
                </td>
                <td class="end dim">
                  <When at={at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
