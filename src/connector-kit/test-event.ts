import type { HubEvent } from './event.ts';

/** Somebody pressed "send a test": the type that a connector consumes where a test has a place at its vendor. */
export const testType = 'integration.test';

/** What a test is called wherever it arrives, so that nobody takes it for anything real. */
export const testTitle = 'Test from Patchbay';

export type TestDocument = { format: 'patchbay.test/1'; note: string };

/** `test:sub_…`: one test a subscription, so that testing again is about the same thing. Null: it is no test. */
export const testKey = ({ type, subject }: Pick<HubEvent, 'type' | 'subject'>): string | null =>
  type === testType ? `test:${subject.replace(/^subscriptions\//, '')}` : null;

/** What an archive keeps of a test: always the same text, so that it is written once. */
export const testDocument: TestDocument = {
  format: 'patchbay.test/1',
  note: 'This is a test from Patchbay. Nothing happened in the marketplace. You may delete this file.',
};
