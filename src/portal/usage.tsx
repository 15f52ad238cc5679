import type { Ctx } from '#src/context';
import { type DayUse, showUsage, sumOf, type UsagePart, usageParts } from '#src/usage';
import { DayChart, When } from '#src/ui';
import { page, type Portal } from './door.tsx';
import { appPath, tokensPath, usagePath, withQuery } from './paths.ts';

const spans = [7, 30, 90] as const;

/** How much was called and sent, by day and by whom; what is left; and whose limits were hit. */
export function usagePage(portal: Portal): void {
  page(portal, usagePath, async ({ ctx, query }) => {
    const asked = Number(query.get('days'));
    const span = spans.find((one) => one === asked) ?? 30;
    return { title: 'Usage', body: <Usage span={span} facts={await readUsage(ctx, span)} /> };
  });
}

type Facts = { plan: Awaited<ReturnType<typeof showUsage>>['plan']; parts: UsagePart[] };

async function readUsage(ctx: Ctx, span: number): Promise<Facts> {
  const [{ plan }, parts] = await Promise.all([showUsage(ctx, 1), usageParts(ctx, span)]);
  return { plan, parts };
}

function Usage({ span, facts: { plan, parts } }: { span: number; facts: Facts }) {
  return (
    <div class="stack-l">
      <header class="stack">
        <div class="row apart">
          <h1>Usage</h1>
          <nav class="row small" aria-label="Span">
            {spans.map((one) => (
              <a
                href={withQuery(usagePath, { days: String(one) })}
                {...(one === span ? { 'aria-current': 'true' } : {})}
              >
                {one} days
              </a>
            ))}
          </nav>
        </div>
        <Left plan={plan} />
      </header>
      <Charts parts={parts} />
      <Parts parts={parts} />
    </div>
  );
}

function Left({ plan }: Pick<Facts, 'plan'>) {
  const { units_per_day: perDay, units_left_today: left } = plan;
  if (perDay === null || left === null) return null;
  const used = perDay - left;
  return (
    <section class="stack" aria-labelledby="left">
      <h2 id="left">Today’s units</h2>
      <meter class="gauge" min="0" max={perDay} high={perDay * 0.8} value={used} aria-labelledby="left">
        {shown(used)} of {shown(perDay)}
      </meter>
      <p>
        <b>{shown(used)}</b> of {shown(perDay)} used, {shown(left)} left. They begin anew{' '}
        <When at={plan.resets_at} />.
      </p>
      <p class="dim small">
        On the plan “{plan.name}”,{' '}
        {plan.name === 'free' ? 'which costs nothing' : 'whose price is illustrative'}. Reading costs one
        unit, writing five. Looking at these pages costs none, nor does what is sent to you. What apps call
        counts for them.
      </p>
    </section>
  );
}

function Charts({ parts }: Pick<Facts, 'parts'>) {
  const own = daysOf(parts.filter(({ kind }) => kind === 'own'));
  const apps = daysOf(parts.filter(({ kind }) => kind === 'app'));
  const days = own.map(({ day }) => day);
  const all = own.map((day, i) => sumOf([day, ...(apps[i] ? [apps[i]] : [])]));
  return (
    <>
      <DayChart
        id="calls"
        title="Calls"
        days={days}
        series={[
          { name: 'by you', tone: 'accent', values: own.map(callsOf) },
          { name: 'by apps', tone: 'wait', values: apps.map(callsOf) },
        ]}
      />
      <DayChart
        id="deliveries"
        title="Deliveries"
        days={days}
        series={[
          { name: 'taken', tone: 'good', values: all.map(({ delivered }) => delivered) },
          { name: 'failed attempts', tone: 'bad', values: all.map(({ failed }) => failed) },
        ]}
      />
      <DayChart
        id="hits"
        title="Limits hit"
        days={days}
        series={[
          { name: 'ours: calls refused', tone: 'accent', values: all.map(({ refused }) => refused) },
          { name: 'theirs: endpoints said 429', tone: 'wait', values: all.map(({ theirs }) => theirs) },
        ]}
      />
    </>
  );
}

/** Day by day over all of these, the oldest first. */
function daysOf(parts: readonly UsagePart[]): DayUse[] {
  const [first] = parts;
  if (!first) return [];
  return first.days
    .map(({ day }, i) => ({ day, ...sumOf(parts.flatMap(({ days }) => days[i] ?? [])) }))
    .toReversed();
}

function Parts({ parts }: Pick<Facts, 'parts'>) {
  const used = parts
    .map((part) => ({ part, sum: sumOf(part.days) }))
    .filter(({ part, sum }) => part.kind === 'own' || callsOf(sum) + sum.delivered + sum.refused > 0);
  return (
    <section class="stack" aria-labelledby="whose">
      <h2 id="whose">Whose it was</h2>
      <table>
        <thead>
          <tr>
            <th>Who</th>
            <th class="num">Calls</th>
            <th class="num">Refused</th>
            <th class="num">Deliveries</th>
          </tr>
        </thead>
        <tbody>
          {used.map(({ part, sum }) => (
            <tr>
              <td>
                <WhoseName part={part} />
              </td>
              <td class="num">{shown(callsOf(sum))}</td>
              <td class="num">{shown(sum.refused)}</td>
              <td class="num">{part.kind === 'token' ? '' : shown(sum.delivered)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim small">
        Days are those of UTC; counts come some seconds late. By program: <code>GET /v1/usage</code> and{' '}
        <code>GET /v1/usage/parts</code>.
      </p>
    </section>
  );
}

function WhoseName({ part: { kind, name, of, partner } }: { part: UsagePart }) {
  switch (kind) {
    case 'own':
      return <b>{name}</b>;
    case 'token':
      return (
        <>
          <a href={tokensPath}>{name}</a>
          <p class="dim">a token of yours</p>
        </>
      );
    case 'app':
      return (
        <>
          <a href={appPath(of.slice('grant:'.length))}>{name}</a>
          <p class="dim">by {partner}</p>
        </>
      );
    default:
      return kind satisfies never;
  }
}

const callsOf = ({ reads, writes, creates }: Pick<DayUse, 'reads' | 'writes' | 'creates'>): number =>
  reads + writes + creates;
const shown = (n: number): string => n.toLocaleString('en');
