import { compress } from 'hono/compress';
import type { Hono } from 'hono';
import { assetsOf } from '#src/ui';
import { accountEventsPage } from './account-events.tsx';
import { approvalPages } from './approval.tsx';
import { approvalRulePages } from './approval-rules.tsx';
import { approvalsPage } from './approvals.tsx';
import { casePages } from './case.tsx';
import { casesPage } from './cases.tsx';
import { type Console, nothingElse } from './door.tsx';
import { elevationPages } from './elevation.tsx';
import { eventPages } from './event.tsx';
import { frontPage } from './front.tsx';
import { intentPages } from './intent.tsx';
import { intentsPage } from './intents.tsx';
import { originPages } from './origin.tsx';
import { originsPage } from './origins.tsx';
import { partnerReviewPages } from './partner-reviews.tsx';
import { withdrawPages } from './partner-withdraw.tsx';
import { partnersPage } from './partners.tsx';
import { home } from './paths.ts';
import { keptPages } from './quarantine-event.tsx';
import { quarantinePage } from './quarantine.tsx';
import { redrivePages } from './quarantine-redrive.tsx';
import { receiptPages } from './receipts.tsx';
import { searchPages } from './search.tsx';
import { subjectPages } from './subject.tsx';
import { staffPages } from './staff.tsx';
import { staffTokenPages } from './staff-tokens.tsx';
import { stopPages } from './stop.tsx';
import { suspensionPages } from './suspensions.tsx';
import { timelinePages } from './timeline.tsx';

type Given = [
  app: Console['app'] & Pick<Hono, 'use'>,
  ports: Console['ports'],
  shared: Pick<Console, 'idOf' | 'tell'>,
];

/** Where the host does not compress by itself. Workers do: there it would be done twice, and nobody could read it. */
export function compressedConsoleRoutes(...given: Given): void {
  for (const path of [home, `${home}/*`]) given[0].use(path, compress());
  consoleRoutes(...given);
}

/** The pages for staff. They use the rooms' verbs as the API does, with the roles of who is signed in. */
export function consoleRoutes(...[app, ports, shared]: Given): void {
  const desk: Console = { app, ports, assets: assetsOf(ports), ...shared };
  frontPage(desk);
  casesPage(desk);
  casePages(desk);
  approvalsPage(desk);
  // Before one approval and one intent: `rules` and `origins` are no ids.
  approvalRulePages(desk);
  approvalPages(desk);
  intentsPage(desk);
  originsPage(desk);
  originPages(desk);
  intentPages(desk);
  quarantinePage(desk);
  // Before one event: `redrive` is no id.
  redrivePages(desk);
  keptPages(desk);
  partnersPage(desk);
  partnerReviewPages(desk);
  withdrawPages(desk);
  elevationPages(desk);
  searchPages(desk);
  subjectPages(desk);
  accountEventsPage(desk);
  eventPages(desk);
  timelinePages(desk);
  stopPages(desk);
  receiptPages(desk);
  suspensionPages(desk);
  staffPages(desk);
  staffTokenPages(desk);
  nothingElse(desk);
}
