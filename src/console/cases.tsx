import { caseList } from '#src/inquiry';
import { Chip, Empty, When } from '#src/ui';
import { wordsOf } from './case-words.ts';
import { type Console, page } from './door.tsx';
import { casePath, casesPath } from './paths.ts';
import { SubjectLink } from './subject-link.tsx';
import { Tabs } from './tabs.tsx';
import { Pager, pageAsked } from './pager.tsx';

type Case = Awaited<ReturnType<typeof caseList>>['data'][number];

export function casesPage(desk: Console): void {
  page(desk, { path: casesPath, permission: 'cases:read' }, async ({ ctx, query }) => {
    const which = query.get('state') === 'all' ? 'all' : 'open';
    const asked = pageAsked(query);
    const { data: cases, next_cursor: next } = await caseList(ctx, {
      state: which,
      ...asked,
    });
    const here = { state: which === 'all' ? 'all' : null };
    return {
      title: 'Cases',
      body: (
        <div class="stack">
          <div class="row apart">
            <h1>Cases</h1>
            <Tabs
              name="Which cases"
              at={which}
              tabs={[
                ['open', casesPath, 'Open'],
                ['all', `${casesPath}?state=all`, 'All'],
              ]}
            />
          </div>
          {cases.length === 0 ? <None which={which} /> : <List cases={cases} />}
          <Pager at={casesPath} kept={here} asked={asked} next={next} />
        </div>
      ),
    };
  });
}

function List({ cases }: { cases: readonly Case[] }) {
  return (
    <table>
      <caption class="vh">Cases, newest first. Keys: j and k to walk, enter to open.</caption>
      <thead>
        <tr class="indent">
          <th>What was seen</th>
          <th class="wide-only">About</th>
          <th>State</th>
          <th class="end">Opened</th>
        </tr>
      </thead>
      <tbody>
        {cases.map((one) => (
          <tr data-row>
            <td>
              <a class="whole" href={casePath(one.id)}>
                {wordsOf(one).title}
              </a>
            </td>
            <td class="wide-only">
              <SubjectLink subject={one.subject} />
            </td>
            <td>
              <Chip tone={one.state === 'open' ? 'bad' : 'off'}>{one.state}</Chip>
            </td>
            <td class="end dim">
              <When at={one.created_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function None({ which }: { which: 'open' | 'all' }) {
  return (
    <Empty title={which === 'open' ? 'No case is open' : 'There was no case yet'}>
      <p>
        A case opens by itself when the hub has proof of something: a refresh token or a code that was used
        twice, a token that somebody found. It says what was seen, what was done, and what to press.
      </p>
    </Empty>
  );
}
