import { ACCOUNT_PLACE, seededAccount } from '../accounts.ts';
import type { EventTemplate, LoadPlan } from './plan.ts';
import { createStamps } from '../stamps.ts';

/** Makes the body of one post, its events stamped with the moment it was due. */
export function createBodies(plan: LoadPlan): (dueMicros: number) => string {
  const stamp = createStamps();
  const made = { events: 0 };
  const writeEvent = (dueMicros: number): string => {
    made.events += 1;
    const { alternate } = plan;
    const isAlternate = alternate !== undefined && made.events % alternate.every === 0;
    const event = fill(isAlternate ? alternate.events : plan.events, stamp(dueMicros));
    if (plan.drawAccountsBelow === undefined) return event;
    return event.replace(ACCOUNT_PLACE, seededAccount(Math.floor(Math.random() * plan.drawAccountsBelow)));
  };
  if (plan.eventsPerPost === 1) return writeEvent;
  return (dueMicros) => {
    const events = Array.from({ length: plan.eventsPerPost }, () => writeEvent(dueMicros));
    return `{"events":[${events.join(',')}]}`;
  };
}

function fill(template: EventTemplate, stamp: string): string {
  return template.join(stamp);
}
