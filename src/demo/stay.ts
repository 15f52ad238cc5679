import type { Stage } from './play.ts';
import { title } from './report.ts';

/** The hub stays up: where it is, and lines to paste that work as they stand. */
export function stayLines({ hub, tokens, endpoints, screen }: Stage): string[] {
  const { paint } = screen;
  const crm = endpoints.find(({ plan }) => plan.key === 'crm');
  const ops = endpoints.find(({ plan }) => plan.key === 'ops');
  if (!crm || !ops) return [];
  const event = `{"type":"message.direct","occurred_at":"${new Date().toISOString()}","city":"houston","subject":"threads/thr_try",`;
  const data = `"data":{"message_id":"msg_try","thread_id":"thr_try","from_account_id":"${crm.plan.ownerId}","to_account_id":"acc_linh_tran","sent_at":"2026-11-21T15:00:00Z","body":"Hello from the shell."}}`;
  const tries: [string, string][] = [
    [
      'The feed, as Bayou City Denim sees it',
      `curl -s "${hub.origin}/v1/events?limit=3" -H "authorization: Bearer $DENIM"`,
    ],
    ['Its subscriptions', `curl -s "${hub.origin}/v1/subscriptions" -H "authorization: Bearer $DENIM"`],
    [
      'The newest deliveries to Lone Star Cold Brew',
      `curl -s "${hub.origin}/v1/deliveries?subscription=${ops.subscriptionId}&limit=3" -H "authorization: Bearer $COLDBREW"`,
    ],
    [
      'Publish something',
      `curl -s "${hub.origin}/v1/events" -H "authorization: Bearer $CORE" -H "content-type: application/json" -d '${event}"audience":["${crm.plan.ownerId}","acc_linh_tran"],${data}'`,
    ],
  ];
  return [
    title('The hub stays up', 'ctrl-c ends it and forgets everything', paint),
    '',
    `  API        ${paint.bold(hub.origin)}`,
    `  Reference  ${paint.bold(`${hub.origin}/docs`)}`,
    `  Log        ${hub.logFile}`,
    '',
    `  export CORE=${tokens.core}`,
    `  export DENIM=${crm.token}`,
    `  export COLDBREW=${ops.token}`,
    '',
    ...tries.flatMap(([what, line]) => [`  ${paint.dim(`# ${what}`)}`, `  ${line}`, '']),
  ];
}
