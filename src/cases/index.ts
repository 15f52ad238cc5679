export { closeCase } from './close.ts';
export { closingOf, listCases, openCasesAbout } from './list.ts';
export { type NewCase, openCase } from './open.ts';
