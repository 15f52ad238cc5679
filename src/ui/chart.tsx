import { layOutDays, type Series } from './chart-layout.ts';

type Props = {
  id: string;
  title: string;
  /** `2026-11-22`, the oldest first. */
  days: readonly string[];
  series: readonly Series[];
};

/**
 * Columns by day, drawn by the server: it needs no script, takes the width that there is, and says the same as a table.
 * What it shows is told by the order and by the legend as well as by colour.
 */
export function DayChart({ id, title, days, series }: Props) {
  const { sums } = layOutDays(days, series);
  const total = sums.reduce((sum, one) => sum + one, 0);
  return (
    <section class="stack" aria-labelledby={id}>
      <div class="row apart">
        <h2 id={id}>{title}</h2>
        {total > 0 && series.length > 1 ? <Legend series={series} /> : null}
      </div>
      {total === 0 ? (
        <p class="dim">None in these days.</p>
      ) : (
        <>
          <Drawing title={title} days={days} series={series} total={total} />
          <AsTable title={title} days={days} series={series} />
        </>
      )}
    </section>
  );
}

function Legend({ series }: { series: readonly Series[] }) {
  return (
    <ul class="key">
      {series.map(({ name, tone, values }) => (
        <li class={`swatch ${tone}`}>
          {name} <b>{shown(values.reduce((sum, one) => sum + one, 0))}</b>
        </li>
      ))}
    </ul>
  );
}

function Drawing({ title, days, series, total }: Omit<Props, 'id'> & { total: number }) {
  const { height, ticks, bars, sums } = layOutDays(days, series);
  const busiest = sums.indexOf(Math.max(...sums));
  const words = `${title}: ${shown(total)} in all, the most on ${dayWords(days[busiest] ?? '')}, ${shown(sums[busiest] ?? 0)}.`;
  const middle = Math.floor((days.length - 1) / 2);
  return (
    <div class="chart" role="img" aria-label={words}>
      <svg class="axis" width="44" height={height} aria-hidden="true">
        {ticks.map(({ value, y }) => (
          <text x="36" y={y + 5} text-anchor="end">
            {compact.format(value)}
          </text>
        ))}
      </svg>
      <svg class="plot" height={height} aria-hidden="true">
        {ticks.map(({ y }) => (
          <line x1="0" x2="100%" y1={y} y2={y} />
        ))}
        {bars.map((own, day) => (
          <g>
            <title>{dayTitle(days[day] ?? '', series, day)}</title>
            <rect class="hit" x={pc(share(day, days))} width={pc(share(1, days))} y="0" height={height} />
            {own.map((bar) => (
              <rect
                class={series[bar.series]?.tone ?? 'accent'}
                x={pc(bar.x)}
                width={pc(bar.width)}
                y={bar.y}
                height={bar.height}
              />
            ))}
          </g>
        ))}
        <text x="0" y={height - 4}>
          {dayWords(days[0] ?? '')}
        </text>
        {days.length > 2 ? (
          <text x={pc(share(middle + 0.5, days))} y={height - 4} text-anchor="middle">
            {dayWords(days[middle] ?? '')}
          </text>
        ) : null}
        <text x="100%" y={height - 4} text-anchor="end">
          {dayWords(days.at(-1) ?? '')}
        </text>
      </svg>
    </div>
  );
}

function AsTable({ title, days, series }: Omit<Props, 'id'>) {
  return (
    <details class="fold aside">
      <summary>As a table</summary>
      <table>
        <caption class="vh">{title}, by day (UTC)</caption>
        <thead>
          <tr>
            <th>Day</th>
            {series.map(({ name }) => (
              <th class="num">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days
            .map((day, i) => (
              <tr>
                <td>{dayWords(day)}</td>
                {series.map(({ values }) => (
                  <td class="num">{shown(values[i] ?? 0)}</td>
                ))}
              </tr>
            ))
            .toReversed()}
        </tbody>
      </table>
    </details>
  );
}

const compact = new Intl.NumberFormat('en', { notation: 'compact' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

const dayWords = (day: string): string => dayFormat.format(new Date(`${day}T00:00:00Z`));
const shown = (n: number): string => n.toLocaleString('en');
const pc = (n: number): string => `${n}%`;
const share = (n: number, days: readonly string[]): number => Math.round((n / days.length) * 10_000) / 100;

const dayTitle = (day: string, series: readonly Series[], at: number): string =>
  `${dayWords(day)}: ${series.map(({ name, values }) => `${shown(values[at] ?? 0)} ${name}`).join(', ')}`;
