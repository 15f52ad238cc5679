import { quarantineList } from '#src/inquiry';
import { counted, Empty, Pages, withQuery } from '#src/ui';
import { type Console, page, type Visit } from './door.tsx';
import { quarantinePath } from './paths.ts';
import { type Asked, askedIn, isFiltered, listPath, queryOf } from './quarantine-filter.ts';
import { EnvTabs, Filters, List, Redrives } from './quarantine-list.tsx';

type Found = Awaited<ReturnType<typeof quarantineList>>;

/** What was kept back: how much of which kind, and each of it. */
export function quarantinePage(desk: Console): void {
  page(desk, { path: quarantinePath, permission: 'quarantine:read' }, list);
}

async function list({ ctx, staff, query }: Visit) {
  const asked = askedIn((name) => query.get(name));
  const after = query.get('after') ?? '';
  const found = await quarantineList(ctx, {
    ...asked,
    limit: 25,
    ...(after === '' ? {} : { after }),
  });
  const { data, next_cursor: next } = found.page;
  const mayRedrive = staff.permissions.has('quarantine:redrive');
  return {
    title: 'Quarantine',
    body: (
      <div class="stack">
        <div class="row apart">
          <h1>Quarantine</h1>
          <EnvTabs asked={asked} />
        </div>
        {found.counts.total === 0 ? null : (
          <>
            <p class="lead">
              {amount(found)} kept back, and delivered to nobody, since{' '}
              {found.counts.total === 1 ? 'it is' : 'they are'} not what their type promises. Nothing is lost:
              mend the cause, then re-drive.
            </p>
            <Filters asked={asked} counts={found.counts} />
          </>
        )}
        {data.length === 0 ? (
          <None asked={asked} />
        ) : (
          <>
            {mayRedrive ? (
              <p>
                <a
                  class="button primary"
                  href={withQuery(`${quarantinePath}/redrive`, queryOf(asked))}
                  data-dialog
                >
                  Re-drive {isFiltered(asked) ? 'all that fit' : 'all of them'}
                </a>
              </p>
            ) : null}
            <List events={data} asked={asked} />
          </>
        )}
        <Pages
          first={after === '' ? null : listPath(asked)}
          next={next === null ? null : withQuery(quarantinePath, { ...queryOf(asked), after: next })}
        />
        {found.redrives.length > 0 ? <Redrives redrives={found.redrives} /> : null}
      </div>
    ),
  };
}

const amount = ({ counts: { total, at_least: isMore } }: Found): string =>
  isMore
    ? `More than ${total.toLocaleString('en')} events were`
    : `${counted(total, 'event')} ${total === 1 ? 'was' : 'were'}`;

function None({ asked }: { asked: Asked }) {
  if (isFiltered(asked))
    return (
      <Empty title="Nothing in quarantine fits">
        <p>
          <a href={listPath({ ...asked, type: null, reason: null, publisher: null })}>Show all of it</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="Nothing is in quarantine">
      <p>
        An event whose data are not what its type promises is kept here with its reasons, under its sequence
        number, and is delivered to nobody. Once the cause is mended it is re-driven: accepted late, under the
        same number.
      </p>
    </Empty>
  );
}
