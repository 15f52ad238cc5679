import {
  appsPath,
  connectionsPath,
  connectorsPath,
  deliveriesPath,
  feedsPath,
  home,
  recipesPath,
  sendersPath,
  subscriptionsPath,
  tokensPath,
  typesPath,
  usagePath,
} from './paths.ts';

const entries = [
  [home, 'Overview'],
  [deliveriesPath, 'Deliveries'],
  [subscriptionsPath, 'Subscriptions'],
  [connectionsPath, 'Connections'],
  [typesPath, 'Events'],
  [appsPath, 'Apps'],
  [tokensPath, 'Tokens'],
  [usagePath, 'Usage'],
] as const;

/** What belongs to an entry without lying under it. */
const under: Record<string, readonly string[]> = {
  [connectionsPath]: [connectorsPath, recipesPath, feedsPath, sendersPath],
};

export const navOf = (pathname: string) =>
  entries.map(([href, name]) => {
    const isUnder = (path: string) => pathname === path || pathname.startsWith(`${path}/`);
    return {
      href,
      name,
      isHere: href === home ? pathname === home : [href, ...(under[href] ?? [])].some(isUnder),
    };
  });
