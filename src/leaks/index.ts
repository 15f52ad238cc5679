export { leaksKind } from './end-all.ts';
export { findTokens } from './find-tokens.ts';
export { lookUpToken, type LookedUp, type TokenFacts } from './look-up.ts';
export { githubLeakRoute, type LeakDoor, leakRoutes } from './routes.ts';
export { tokenLookUpRoute } from './staff-routes.ts';
