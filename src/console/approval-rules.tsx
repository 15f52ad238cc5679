import { addRule, endRule, livingRules, newRule, type Rule } from '#src/approvals';
import { readScopes, scopes } from '#src/catalog';
import { idPattern } from '#src/columns';
import { mayNow, staffActor } from '#src/staff';
import { checked } from '#src/wire';
import {
  Ask,
  Crumb,
  Empty,
  type Form,
  TextArea,
  TextField,
  When,
  withQuery,
  type Wrong,
  WrongAt,
  WrongSummary,
  wrongOf,
} from '#src/ui';
import { lookedFor } from './approval.tsx';
import { ApprovalTabs } from './approvals.tsx';
import { AskForPower } from './ask-for-power.tsx';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { approvalRulesPath, approvalsPath } from './paths.ts';
import { atField, reasonOf } from './reason.ts';
import { AnyId } from './subject-link.tsx';

type Filled = { app: string; types: string; scopes: readonly string[]; note: string; wrong: Wrong };
const nothing: Filled = { app: '', types: '', scopes: [], note: '', wrong: new Map() };

/** Rules that make a subscription wait: what they look for, and who made them; making and ending takes an elevation. */
export function approvalRulePages(desk: Console): void {
  page(desk, { path: approvalRulesPath, permission: 'approvals:read' }, (visit) => show(visit, nothing));
  deed(desk, { path: approvalRulesPath, permission: 'approvals:manage' }, async (visit) => {
    const { ctx, form } = visit;
    try {
      await addRule(ctx, byOf(visit), wishIn(form));
      return { to: withQuery(approvalRulesPath, { done: 'rule_made' }) };
    } catch (error) {
      const wrong = wrongOf(error, { app: 'app', event_types: 'types', scopes: 'scopes', note: 'note' });
      const filled = {
        app: form.one('app'),
        types: form.one('types'),
        scopes: form.many('scopes'),
        note: form.one('note'),
      };
      return { ...(await show(visit, { ...filled, wrong })), status: 422 };
    }
  });
  deed(desk, { path: `${approvalRulesPath}/end`, permission: 'approvals:manage' }, async (visit) => {
    const rule = visit.form.one('rule');
    if (!idPattern('apr').test(rule)) throw atField('rule', 'There is no such rule.');
    await endRule(visit.ctx, byOf(visit), rule);
    return { to: withQuery(approvalRulesPath, { done: 'rule_ended' }) };
  });
}

const byOf = ({ ctx, staff }: Visit) => ({ actor: staffActor(staff), requestId: ctx.requestId });

const wishIn = (form: Form) =>
  checked(newRule, {
    app: form.one('app') === '' ? null : form.one('app'),
    event_types: form
      .one('types')
      .split(/[\s,]+/)
      .filter(Boolean),
    scopes: form.many('scopes'),
    note: reasonOf(form, 'note'),
  });

async function show({ ctx, staff }: Visit, filled: Filled): Promise<Shown> {
  const rules = await livingRules(ctx);
  const mayManage = mayNow(staff, 'approvals:manage');
  return {
    title: 'What has to wait',
    body: (
      <div class="stack-l">
        <section class="stack">
          <Crumb href={approvalsPath}>Approvals</Crumb>
          <div class="row apart">
            <h1>What has to wait</h1>
            <ApprovalTabs at="rules" />
          </div>
          {rules.length === 0 ? <None /> : <List rules={rules} mayEnd={mayManage} />}
        </section>
        {staff.permissions.has('approvals:manage') ? (
          <section class="stack form" aria-labelledby="make">
            <h2 id="make">Make a rule</h2>
            {mayManage ? (
              <Make filled={filled} />
            ) : (
              <AskForPower ctx={ctx} need={['approvals:manage']} next={approvalRulesPath} />
            )}
          </section>
        ) : null}
      </div>
    ),
  };
}

function List({ rules, mayEnd }: { rules: readonly Rule[]; mayEnd: boolean }) {
  return (
    <table>
      <caption class="vh">Rules that hold, the oldest first</caption>
      <thead>
        <tr class="indent">
          <th>Waits</th>
          <th class="wide-only">Made by</th>
          <th class="end wide-only">When</th>
          <th>
            <span class="vh">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => (
          <tr data-row>
            <td>
              {sentence(lookedFor({ app: rule.appId, scopes: rule.scopes, event_types: rule.eventTypes }))}
              <p class="dim">“{rule.note}”</p>
            </td>
            <td class="wide-only">
              <AnyId text={rule.createdBy} />
            </td>
            <td class="end dim wide-only">
              <When at={rule.createdAt.toISOString()} />
            </td>
            <td class="end">
              {mayEnd ? (
                <Ask action={`${approvalRulesPath}/end`} label={`End the rule ${rule.note}`}>
                  <input type="hidden" name="rule" value={rule.id} />
                  <button class="plain">
                    End it<span class="vh">: {rule.note}</span>
                  </button>
                </Ask>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const sentence = (words: string): string => words.replace(/^./, (first) => first.toUpperCase());

function None() {
  return (
    <Empty title="Nothing has to wait">
      <p>
        A rule names an app, event types or what is revealed; what fits it waits until staff approve it. It
        holds for what is made or changed afterwards: what sends already goes on.
      </p>
    </Empty>
  );
}

function Make({ filled: { app, types, scopes: ticked, note, wrong } }: { filled: Filled }) {
  return (
    <Ask action={approvalRulesPath} label="Make a rule">
      <WrongSummary wrong={wrong} title="No rule was made" />
      <p>What you name must all fit. What sends already goes on.</p>
      <TextField
        name="app"
        label="App"
        value={app}
        placeholder="app_…"
        hint="Empty: whatever app, and accounts’ own automation."
        wrong={wrong}
        isOptional
        mono
      />
      <TextField
        name="types"
        label="Event types"
        value={types}
        placeholder="booking.*, rfp.created"
        hint="It wants one of these. Empty: whatever it wants."
        wrong={wrong}
        isOptional
        mono
      />
      <fieldset id="scopes" tabindex={-1}>
        <legend>It would see something by one of these</legend>
        <WrongAt name="scopes" wrong={wrong} />
        {readScopes.map((scope) => (
          <label class="pick">
            <input type="checkbox" name="scopes" value={scope} checked={ticked.includes(scope)} />
            <span>
              {scopes[scope].description} <code class="dim">{scope}</code>
            </span>
          </label>
        ))}
      </fieldset>
      <TextArea
        name="note"
        label="Why?"
        value={note}
        rows={2}
        hint="Who decides reads it, beside each that waits. No personal data."
        wrong={wrong}
      />
      <p>
        <button class="primary">Make the rule</button>
      </p>
    </Ask>
  );
}
