import { approvalStates, listApprovals, type ShownApproval } from '#src/approvals';
import { Chip, Empty, type Tone, When } from '#src/ui';
import { type Console, page } from './door.tsx';
import { approvalPath, approvalRulesPath, approvalsPath } from './paths.ts';
import { Tabs } from './tabs.tsx';
import { Pager, pageAsked } from './pager.tsx';

type State = ShownApproval['state'];

export const approvalTones: Record<State, [tone: Tone, word: string]> = {
  pending: ['wait', 'waiting'],
  approved: ['good', 'approved'],
  refused: ['bad', 'refused'],
};

/** What waits for approval, the first to come first; and what was decided. */
export function approvalsPage(desk: Console): void {
  page(desk, { path: approvalsPath, permission: 'approvals:read' }, async ({ ctx, query }) => {
    const state = approvalStates.find((one) => one === query.get('state')) ?? 'pending';
    const asked = pageAsked(query);
    const { data, next_cursor: next } = await listApprovals(ctx, {
      state,
      ...asked,
    });
    const here = { state: state === 'pending' ? null : state };
    return {
      title: 'Approvals',
      body: (
        <div class="stack">
          <div class="row apart">
            <h1>Approvals</h1>
            <ApprovalTabs at={state} />
          </div>
          {data.length === 0 ? <None state={state} /> : <List approvals={data} />}
          <Pager at={approvalsPath} kept={here} asked={asked} next={next} isOldestFirst />
        </div>
      ),
    };
  });
}

export function ApprovalTabs({ at }: { at: State | 'rules' }) {
  const tabs: [key: State | 'rules', href: string, name: string][] = [
    ['pending', approvalsPath, 'Waiting'],
    ['approved', `${approvalsPath}?state=approved`, 'Approved'],
    ['refused', `${approvalsPath}?state=refused`, 'Refused'],
    ['rules', approvalRulesPath, 'Rules'],
  ];
  return <Tabs name="Which approvals" at={at} tabs={tabs} />;
}

function List({ approvals }: { approvals: readonly ShownApproval[] }) {
  return (
    <table>
      <caption class="vh">Approvals, oldest first. Keys: j and k to walk, enter to open.</caption>
      <thead>
        <tr class="indent">
          <th>Who asks</th>
          <th class="wide-only">For</th>
          <th class="wide-only">Sent to</th>
          <th>State</th>
          <th class="end">Since</th>
        </tr>
      </thead>
      <tbody>
        {approvals.map((one) => (
          <Row one={one} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ one }: { one: ShownApproval }) {
  const { subscription, app, partner, event_types: types, host, rule, state, updated_at: at } = one;
  const [tone, word] = approvalTones[state];
  return (
    <tr data-row>
      <td>
        <a class="whole" href={approvalPath(subscription)}>
          {app?.name ?? 'An account’s own automation'}
        </a>
        {partner ? <p class="dim">{partner.name}</p> : null}
        <p class="dim narrow-only">
          {wishWords(types)}, to {sentTo(host)}
        </p>
      </td>
      <td class="wide-only">
        {wishWords(types)}
        {rule ? <p class="dim">{rule.note}</p> : null}
      </td>
      <td class="wide-only">{sentTo(host)}</td>
      <td>
        <Chip tone={tone}>{word}</Chip>
      </td>
      <td class="end dim">
        <When at={at} />
      </td>
    </tr>
  );
}

/** Of an address the host alone; a connection goes by its connector's name. */
export const sentTo = (host: string): string => host.replace(/^connector:/, '');

function wishWords(types: readonly string[]): string {
  const shown = types.slice(0, 3).join(', ');
  return types.length > 3 ? `${shown} and ${types.length - 3} more` : shown;
}

function None({ state }: { state: State }) {
  if (state !== 'pending')
    return (
      <Empty title={`Nothing was ${state} yet`}>
        <p>
          What was decided stands here for as long as its subscription lives. Who decided, and why, is kept in
          the trail for good.
        </p>
      </Empty>
    );
  return (
    <Empty title="Nothing waits for approval">
      <p>
        A subscription waits here when a rule asks for it, or its connector does. Until somebody approves it,
        nothing is sent for it. <a href={approvalRulesPath}>See what has to wait</a>
      </p>
    </Empty>
  );
}
