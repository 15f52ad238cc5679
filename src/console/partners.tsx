import { type ListedPartner, partnerList, type PartnerState, partnerStates } from '#src/inquiry';
import { Chip, counted, Empty, When, withQuery } from '#src/ui';
import { type Console, page } from './door.tsx';
import { partnersPath, reviewsPath } from './paths.ts';
import { Tabs } from './tabs.tsx';
import { Pager, pageAsked } from './pager.tsx';

const tabs: Record<PartnerState, string> = { all: 'All', waiting: 'To review', suspended: 'Suspended' };

/** Who makes apps, and whether anybody has looked at them. */
export function partnersPage(desk: Console): void {
  page(desk, { path: partnersPath, permission: 'access:read' }, async ({ ctx, query }) => {
    const state = partnerStates.find((one) => one === query.get('state')) ?? 'all';
    const asked = pageAsked(query);
    const { data, next_cursor: next } = await partnerList(ctx, {
      state,
      ...asked,
    });
    const here = { state: state === 'all' ? null : state };
    return {
      title: 'Partners',
      body: (
        <div class="stack">
          <div class="row apart">
            <h1>Partners</h1>
            <Tabs
              name="Which partners"
              at={state}
              tabs={partnerStates.map((one) => [
                one,
                withQuery(partnersPath, { state: one === 'all' ? null : one }),
                tabs[one],
              ])}
            />
          </div>
          {data.length === 0 ? <None state={state} /> : <List partners={data} />}
          <Pager at={partnersPath} kept={here} asked={asked} next={next} />
        </div>
      ),
    };
  });
}

function List({ partners }: { partners: readonly ListedPartner[] }) {
  return (
    <table>
      <caption class="vh">Partners, newest first. Keys: j and k to walk, enter to open.</caption>
      <thead>
        <tr class="indent">
          <th>Partner</th>
          <th class="wide-only">Apps</th>
          <th>Review</th>
          <th class="wide-only">Closed without one</th>
          <th class="end">Since</th>
        </tr>
      </thead>
      <tbody>
        {partners.map((one) => (
          <tr data-row>
            <td>
              <a class="whole" href={reviewsPath(one.id)}>
                {one.name}
              </a>
              {one.suspended_at ? (
                <p>
                  <Chip tone="wait">suspended</Chip>
                </p>
              ) : null}
              <p class="dim narrow-only">{counted(one.apps, 'app')}</p>
            </td>
            <td class="wide-only">{one.apps.toLocaleString('en')}</td>
            <td>
              <ReviewChip review={one.review} />
              {one.uncovered.length > 0 ? <p class="dim narrow-only">{one.uncovered.join(', ')}</p> : null}
            </td>
            <td class="wide-only">{one.uncovered.join(', ')}</td>
            <td class="end dim">
              <When at={one.created_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the latest review comes to now. */
export function ReviewChip({ review }: Pick<ListedPartner, 'review'>) {
  if (review === null) return <Chip tone="off">none</Chip>;
  switch (review.outcome) {
    case 'passed':
      return review.stands ? <Chip tone="good">passed</Chip> : <Chip tone="wait">has ended</Chip>;
    case 'refused':
      return <Chip tone="bad">refused</Chip>;
    case 'withdrawn':
      return <Chip tone="off">withdrawn</Chip>;
    default:
      return review.outcome satisfies never;
  }
}

function None({ state }: { state: PartnerState }) {
  switch (state) {
    case 'waiting':
      return (
        <Empty title="Nobody waits for a review">
          <p>
            A partner stands here as soon as one of its apps is registered for a scope that reveals what is
            sensitive or changes something, and no review covers that. Until one does, the app is refused it.
          </p>
        </Empty>
      );
    case 'suspended':
      return (
        <Empty title="No partner is suspended">
          <p>
            Suspending one stops all that its apps do, until you lift it. Open a partner, and press “Stop it”.
          </p>
        </Empty>
      );
    case 'all':
      return (
        <Empty title="No partners yet">
          <p>A partner is an organisation that makes apps. The operator makes one:</p>
          <pre>patchbay partner create --name "Acme Tools"</pre>
        </Empty>
      );
    default:
      return state satisfies never;
  }
}
