import { countDay } from '#src/deliveries';
import { listSubscriptions } from '#src/subscriptions';
import { showUsage } from '#src/usage';
import { Ask, Chip, Empty, Note, type Tone } from '#src/ui';
import { type Cord, cordsOf, counted, type Health, nameOf } from './cords.ts';
import { withDestinations } from './destinations.ts';
import { page, type Portal, type Visit } from './door.tsx';
import { cordWords, mostDestinations, PatchBay } from './patch-bay.tsx';
import {
  connectionsPath,
  deliveriesPath,
  home,
  newSubscriptionPath,
  subscriptionPath,
  subscriptionsPath,
  typesPath,
  usagePath,
  withQuery,
} from './paths.ts';
import { standingOf } from './states.tsx';

/** Cords; beyond them the list is longer than anybody reads. */
const mostListed = 50;

export function overviewPage(portal: Portal): void {
  page(portal, home, async ({ ctx, session }: Visit) => {
    const [{ data }, { plan }] = await Promise.all([
      listSubscriptions(ctx, { limit: 100 }),
      showUsage(ctx, 1),
    ]);
    const subscriptions = await withDestinations(ctx, data);
    const counts = await countDay(
      ctx,
      subscriptions.map(({ id }) => id),
    );
    const cords = cordsOf(subscriptions, counts);
    const name = session.account?.name ?? '';
    return {
      title: 'Overview',
      body: cords.length === 0 ? <Nothing name={name} /> : <Overview name={name} cords={cords} plan={plan} />,
    };
  });
}

type Plan = Awaited<ReturnType<typeof showUsage>>['plan'];

function Overview({ name, cords, plan }: { name: string; cords: Cord[]; plan: Plan }) {
  const sum = (key: 'delivered' | 'waiting' | 'held' | 'dead') => cords.reduce((n, cord) => n + cord[key], 0);
  const stamp = cords.map((cord) => `${cord.health}${cord.total}${cord.delivered}`).join();
  return (
    <div class="stack-l" data-live="overview" data-stamp={stamp}>
      <header class="stack">
        <h1>{name}</h1>
        <dl class="tiles">
          <Tile
            name="Delivered, 24 hours"
            n={sum('delivered')}
            state="delivered"
            isMore={cords.some((c) => c.isMore)}
          />
          <Tile name="On their way" n={sum('waiting')} state="retrying" />
          <Tile name="Held" n={sum('held')} state="held" />
          <Tile name="Dead" n={sum('dead')} state="dead" />
        </dl>
        <UnitsLine plan={plan} />
      </header>
      <NeedsYou cords={cords} />
      <section class="stack" aria-labelledby="bay">
        <div class="row apart">
          <h2 id="bay">What flows where</h2>
          <ul class="key">
            {(['flowing', 'held', 'broken', 'quiet'] as const).map((health) => (
              <li>
                <HealthChip health={health} />
              </li>
            ))}
          </ul>
        </div>
        <PatchBay cords={cords} />
        <LeftOut cords={cords} />
      </section>
      <section class="stack" aria-labelledby="list">
        <h2 id="list">The same as a list</h2>
        <table>
          <thead>
            <tr class="indent">
              <th>Event</th>
              <th class="wide-only">Goes to</th>
              <th class="wide-only">In 24 hours</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {cords.slice(0, mostListed).map((cord) => (
              <CordRow cord={cord} />
            ))}
          </tbody>
        </table>
        {cords.length > mostListed ? (
          <p>
            {counted(cords.length - mostListed, 'more is', 'more are')} of less concern.{' '}
            <a href={subscriptionsPath}>All subscriptions</a>
          </p>
        ) : null}
      </section>
    </div>
  );
}

function LeftOut({ cords }: { cords: Cord[] }) {
  const all = new Set(cords.map(({ subscription }) => subscription.id)).size;
  if (all <= mostDestinations) return null;
  return (
    <p class="small dim">
      The picture has {mostDestinations} of {all} destinations: those that need somebody, then the busiest.
    </p>
  );
}

/** What is left of the day, and where it went. */
function UnitsLine({ plan: { units_per_day: perDay, units_left_today: left } }: { plan: Plan }) {
  if (perDay === null || left === null) return null;
  const used = perDay - left;
  return (
    <p class="row small">
      <label for="units">Units today</label>
      <meter id="units" class="gauge short" min="0" max={perDay} high={perDay * 0.8} value={used}>
        {used}
      </meter>
      <span>
        {used.toLocaleString('en')} of {perDay.toLocaleString('en')} used
      </span>
      <a href={usagePath}>Usage</a>
    </p>
  );
}

type TileProps = { name: string; n: number; state: string; isMore?: boolean };

function Tile({ name, n, state, isMore = false }: TileProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <a href={withQuery(deliveriesPath, { state })}>
          {n.toLocaleString('en')}
          {isMore ? '+' : ''}
        </a>
      </dd>
    </div>
  );
}

function CordRow({ cord }: { cord: Cord }) {
  const { subscription, type, health } = cord;
  const words = cordWords(cord);
  return (
    <tr data-row>
      <td>
        <a class="whole" href={withQuery(deliveriesPath, { subscription: subscription.id })}>
          {type}
          <span class="vh"> to {nameOf(subscription)}</span>
        </a>
        <p class="dim narrow-only">
          {nameOf(subscription)}: {words}
        </p>
      </td>
      <td class="wide-only">
        <a href={subscriptionPath(subscription.id)}>{nameOf(subscription)}</a>
      </td>
      <td class="wide-only">{words}</td>
      <td>
        <HealthChip health={health} />
      </td>
    </tr>
  );
}

const tones: Record<Health, Tone> = { flowing: 'good', held: 'wait', broken: 'bad', quiet: 'off' };

const HealthChip = ({ health }: { health: Health }) => <Chip tone={tones[health]}>{health}</Chip>;

/** What happened, why, and what to do next. One line a destination, not one a cord. */
function NeedsYou({ cords }: { cords: Cord[] }) {
  const ids = new Set(
    cords
      .filter(({ health }) => health === 'broken' || health === 'held')
      .map((cord) => cord.subscription.id),
  );
  const first = [...ids].slice(0, 5).flatMap((id) => {
    const own = cords.filter((cord) => cord.subscription.id === id);
    const subscription = own[0]?.subscription;
    return subscription ? [{ subscription, own }] : [];
  });
  if (first.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="needs">
      <h2 id="needs">Needs you</h2>
      <div class="notes">
        {first.map(({ subscription, own }) => {
          const standing = standingOf(subscription);
          const held = own.reduce((n, cord) => n + cord.held, 0);
          const dead = own.reduce((n, cord) => n + cord.dead, 0);
          const tone = own.some(({ health }) => health === 'broken') ? 'bad' : 'wait';
          return (
            <Note tone={tone} title={nameOf(subscription)}>
              <p>
                {standing.why ?? 'Some of its events did not arrive.'}{' '}
                {held > 0 ? `${counted(held, 'event')} held. ` : ''}
                {dead > 0 ? `${counted(dead, 'event')} dead; you can send them again. ` : ''}
              </p>
              <div class="row">
                {subscription.state === 'paused' ? (
                  <Ask
                    action={`${subscriptionPath(subscription.id)}/resume`}
                    label={`Resume ${nameOf(subscription)}`}
                  >
                    <button class="plain">Resume</button>
                  </Ask>
                ) : null}
                <a href={subscriptionPath(subscription.id)}>Open the subscription</a>
                <a
                  href={withQuery(deliveriesPath, {
                    subscription: subscription.id,
                    state: dead > 0 ? 'dead' : null,
                  })}
                >
                  See its deliveries
                </a>
              </div>
            </Note>
          );
        })}
      </div>
    </section>
  );
}

function Nothing({ name }: { name: string }) {
  return (
    <div class="stack-l">
      <h1>{name}</h1>
      <Empty title="Nothing is plugged in yet">
        <p>
          A booking is confirmed here, and within a second your calendar, your team’s channel, your CRM or a
          small script of yours has it.
        </p>
        <p>You choose the events, try the choice on what has really happened, and only then plug it in.</p>
        <p class="row">
          <a class="button primary" href={connectionsPath}>
            Connect an account
          </a>
          <a class="button" href={newSubscriptionPath}>
            Send to an address of yours
          </a>
          <a href={typesPath}>What events are there?</a>
        </p>
      </Empty>
    </div>
  );
}
