import type { Behaviour, Compared } from '#src/inquiry';
import { Chip, counted, DayChart, type Tone } from '#src/ui';

const names: Record<Compared['measure'], string> = {
  calls: 'Calls',
  refused: 'Refused by a cap',
  delivered: 'Deliveries taken',
  failed: 'Attempts that failed',
};

const counts: Record<Compared['measure'], (n: number) => string> = {
  calls: (n) => counted(n, 'call'),
  refused: (n) => `${n.toLocaleString('en')} refused by a cap`,
  delivered: (n) => `${counted(n, 'delivery', 'deliveries')} taken`,
  failed: (n) => `${counted(n, 'attempt')} that failed`,
};

/** Today beside the usual, in words, in bars and by day. For a person to judge: nothing acts on it. */
export function Compare({ behaviour }: { behaviour: Behaviour }) {
  return (
    <>
      <Today behaviour={behaviour} />
      <Fortnight days={behaviour.days} />
    </>
  );
}

/** The usual is one number; a day that was as wild as today is seen here alone. */
function Fortnight({ days }: Pick<Behaviour, 'days'>) {
  const dates = days.map(({ day }) => day);
  return (
    <div class="halves">
      <DayChart
        id="calls-by-day"
        title={`Calls, ${days.length} days`}
        days={dates}
        series={[
          { name: 'answered', tone: 'accent', values: days.map(({ calls }) => calls) },
          { name: 'refused by a cap', tone: 'wait', values: days.map(({ refused }) => refused) },
        ]}
      />
      <DayChart
        id="deliveries-by-day"
        title={`Deliveries, ${days.length} days`}
        days={dates}
        series={[
          { name: 'taken', tone: 'good', values: days.map(({ delivered }) => delivered) },
          { name: 'failed attempts', tone: 'bad', values: days.map(({ failed }) => failed) },
        ]}
      />
    </div>
  );
}

function Today({ behaviour }: { behaviour: Behaviour }) {
  const { compared, days_known: known, day_share: share } = behaviour;
  return (
    <section class="stack" aria-labelledby="usual">
      <h2 id="usual">Is today as usual?</h2>
      {known < 3 ? (
        <p>
          It has been in use for fewer than three days, so there is no usual yet. Today so far:{' '}
          {compared.map(({ measure, now }) => counts[measure](now)).join(', ')}.
        </p>
      ) : (
        <>
          <p class="dim">
            Today so far ({Math.round(share * 100)} % of the day, UTC) beside what the {known} days with use
            before it had by this hour.
          </p>
          <Beside compared={compared} />
        </>
      )}
    </section>
  );
}

function Beside({ compared }: { compared: readonly Compared[] }) {
  return (
    <table>
      <caption class="vh">Usual, now, and how many times as much</caption>
      <thead>
        <tr>
          <th>Of</th>
          <th class="num">Usual by now</th>
          <th class="num">Now</th>
          <th>Times</th>
          <th class="wide-only bars">Usual (grey) and now</th>
        </tr>
      </thead>
      <tbody>
        {compared.map((one) => (
          <Row one={one} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ one }: { one: Compared }) {
  const { measure, now, usual_by_now: usual, words } = one;
  return (
    <tr>
      <td>
        {names[measure]}
        <p class="dim">{words}</p>
      </td>
      <td class="num">{Math.round(usual).toLocaleString('en')}</td>
      <td class="num">
        <b>{now.toLocaleString('en')}</b>
      </td>
      <td>
        <Times one={one} />
      </td>
      <td class="wide-only bars">
        <Bars usual={usual} now={now} isFar={toneOf(one) !== 'plain'} />
      </td>
    </tr>
  );
}

/** Three times as many, or a third: what asks for a look. */
const far = 3;

function toneOf({ ratio, now, usual_by_now: usual }: Compared): Tone {
  if (ratio === null) return now > 0 ? 'wait' : 'plain';
  return ratio >= far || (ratio <= 1 / far && usual >= 10) ? 'wait' : 'plain';
}

function Times({ one }: { one: Compared }) {
  const { ratio, now, usual_by_now: usual } = one;
  // Less than one by this hour is none: then none is nothing strange.
  if (now === 0 && usual < 1) return <>as usual</>;
  const words = ratio === null ? 'usually none' : `× ${ratio.toLocaleString('en')}`;
  return toneOf(one) === 'wait' ? <Chip tone="wait">{words}</Chip> : <>{words}</>;
}

/** Both to one scale; the words beside them say the same. */
function Bars({ usual, now, isFar }: { usual: number; now: number; isFar: boolean }) {
  const most = Math.max(usual, now);
  if (most < 1) return null;
  const width = (value: number): string =>
    `${Math.max(value > 0 ? 1 : 0, Math.round((value / most) * 100))}%`;
  return (
    <svg class="pairs" width="100%" height="24" aria-hidden="true">
      <rect class="usual" x="0" y="2" height="8" width={width(usual)} />
      <rect class={isFar ? 'far' : 'now'} x="0" y="13" height="8" width={width(now)} />
    </svg>
  );
}
