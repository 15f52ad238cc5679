export { actorOf, type Caller, type Ctx, type Peppers, type Ports } from './ctx.ts';
export { newestOf, readKeys, versionInUse, type VersionedKey } from './read-keys.ts';
export { type OidcSettings } from './oidc.ts';
export { readSettings } from './read-settings.ts';
export { defaultSettings, type PlanName, planNames, type Settings } from './settings.ts';
