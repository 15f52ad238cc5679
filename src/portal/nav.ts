import { deliveriesPath, home, subscriptionsPath, tokensPath, typesPath } from './paths.ts';

const entries = [
  [home, 'Overview'],
  [deliveriesPath, 'Deliveries'],
  [subscriptionsPath, 'Subscriptions'],
  [typesPath, 'Events'],
  [tokensPath, 'Tokens'],
] as const;

export const navOf = (pathname: string) =>
  entries.map(([href, name]) => ({
    href,
    name,
    isHere: href === home ? pathname === home : pathname === href || pathname.startsWith(`${href}/`),
  }));
