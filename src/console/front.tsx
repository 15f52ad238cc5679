import { listCases } from '#src/cases';
import { type Console, page, type Visit } from './door.tsx';
import { cordsOf } from './cords.ts';
import { type Places, readDay, suspendedPartners } from './day.ts';
import { Decide } from './decide.tsx';
import { Flow } from './flow.tsx';
import { home } from './paths.ts';
import { SearchField } from './search-field.tsx';
import { readWaits } from './waits.tsx';

/** What an officer sees first: where to type, what asks for a decision, what is pulled, and what flows. */
export function frontPage(desk: Console): void {
  page(desk, { path: home, permission: null }, async (visit) => {
    const { ctx, staff, query } = visit;
    const by: Places = query.get('by') === 'host' ? 'host' : 'city';
    const { permissions } = staff;
    const [cases, waits, flow] = await Promise.all([
      permissions.has('cases:read') ? listCases(ctx, 'open') : null,
      readWaits(ctx, staff),
      permissions.has('behaviour:read') ? flowNow(visit, by) : null,
    ]);
    return {
      title: 'Now',
      body: (
        <div class="stack-l">
          <header>
            <h1 class="vh">Now</h1>
            {permissions.has('search:read') ? <SearchField value="" isFirst /> : null}
          </header>
          {cases || waits.length > 0 ? <Decide cases={cases ?? []} waits={waits} /> : null}
          {flow ? <Flow {...flow} by={by} /> : null}
        </div>
      ),
    };
  });
}

async function flowNow({ ctx }: Visit, by: Places) {
  const [day, suspended] = await Promise.all([readDay(ctx, by), suspendedPartners(ctx)]);
  return { cords: cordsOf(day, suspended), isMore: day.isMore };
}
