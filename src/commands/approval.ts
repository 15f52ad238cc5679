import { addRule, decideApproval, endRule, listApprovals, livingRules, newRule } from '#src/approvals';
import { checked } from '#src/wire';
import { type Input, listOf, needed, oneOf, show, type Terminal, textOf, wrong } from './command.ts';

const by = { actor: 'cli' };

export async function showApprovals(terminal: Terminal, input: Input): Promise<void> {
  const state = oneOf(['pending', 'approved', 'refused'], textOf(input, 'state') ?? 'pending', 'A state');
  const { data } = await listApprovals(await terminal.open(), { state, limit: 1_000 });
  show(
    terminal,
    input,
    data.map(({ subscription, version, app, account, host, event_types, rule, updated_at }) => ({
      subscription,
      version,
      app: app?.name ?? null,
      account,
      host,
      event_types,
      why: rule?.note ?? null,
      since: updated_at,
    })),
  );
}

export async function decide(
  terminal: Terminal,
  input: Input,
  outcome: 'approved' | 'refused',
): Promise<void> {
  const [id = ''] = input.args;
  const version = Number(needed(input, 'seen'));
  if (!Number.isInteger(version)) throw wrong('--seen is a whole number: the version as listed.');
  await decideApproval(await terminal.open(), by, { id, version, outcome, note: needed(input, 'note') });
  terminal.out(`${id} ${outcome}`);
}

export async function showRules(terminal: Terminal, input: Input): Promise<void> {
  const rules = await livingRules(await terminal.open());
  show(
    terminal,
    input,
    rules.map(({ id, appId, scopes, eventTypes, note, createdBy }) => ({
      id,
      app: appId,
      scopes,
      event_types: eventTypes,
      note,
      made_by: createdBy,
    })),
  );
}

export async function makeRule(terminal: Terminal, input: Input): Promise<void> {
  const wish = checked(newRule, {
    app: textOf(input, 'app'),
    scopes: listOf(textOf(input, 'scopes')),
    event_types: listOf(textOf(input, 'types')),
    note: needed(input, 'note'),
  });
  const rule = await addRule(await terminal.open(), by, wish);
  terminal.out(rule.id);
  terminal.note('It holds for what is made or changed from now on; what sends already goes on.');
}

export async function stopRule(terminal: Terminal, input: Input): Promise<void> {
  const [id = ''] = input.args;
  await endRule(await terminal.open(), by, id);
  terminal.out(`${id} ended`);
}
