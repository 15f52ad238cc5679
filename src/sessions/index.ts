export { authenticatedAt } from './authenticated-at.ts';
export { endedCookie, isOpenLoopback, readSessionCookie, sessionCookie } from './cookie.ts';
export { type Entered, enterSession, type Session } from './enter.ts';
export { createSignInLink, type Person, readSignInLink, spendSignInLink } from './links.ts';
export { enterPerson } from './person.ts';
export type { Membership } from './memberships.ts';
export { requireSameOrigin } from './same-origin.ts';
export { isStanding, isStillThere } from './still-stands.ts';
export { actFor, endSession, startSession } from './sessions.ts';
