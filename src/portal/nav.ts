import {
  appsPath,
  connectionsPath,
  deliveriesPath,
  home,
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

export const navOf = (pathname: string) =>
  entries.map(([href, name]) => ({
    href,
    name,
    isHere: href === home ? pathname === home : pathname === href || pathname.startsWith(`${href}/`),
  }));
