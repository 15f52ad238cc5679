/**
 * What a grant or a token may be given (contract: Scopes). The names are public and fixed.
 * `restricted` and `writing` scopes are refused to an app until its abuse and privacy review is on record;
 * `serviceOnly` scopes exist for the marketplace core alone and are never offered on a consent screen.
 * `webhooks:manage` is not "writing": it sends nowhere anything that its holder could not read already.
 */
export const scopes = {
  'events:publish': service('Publish marketplace events.'),
  'intents:read': service('Read and settle what partners ask the marketplace for.'),
  'accounts:write': service('Tell the hub of suspended, closed and erased accounts.'),
  'bookings:read': reading(
    'Bookings: when, where in town, what kind and in which state. No names, no addresses.',
  ),
  'bookings.contact:read': reading(
    'The people behind bookings and RFPs: names, addresses, e-mail, phone, notes.',
  ),
  'deliverables:read': reading('Deliverables and their file manifests.'),
  'rfps:read': reading('RFPs: brief, roles, dates, state. No contacts.'),
  'rfps:create': { ...reading('Ask the marketplace to create an RFP.'), writing: true },
  'reviews:read': reading('Published reviews.'),
  'money:read': { ...reading('Amounts, fees, payment methods, escrow, promotions.'), restricted: true },
  'messages:read': { ...reading('Direct messages.'), restricted: true },
  'webhooks:manage': reading('Make and change webhook subscriptions, and hear about their health.'),
  'connections:manage': { ...reading('Link and unlink vendor accounts.'), writing: true },
  'tokens:manage': { ...reading('Make and revoke personal access tokens.'), writing: true },
} as const satisfies Record<string, ScopeFacts>;

export type Scope = keyof typeof scopes;

export type ScopeFacts = {
  description: string;
  restricted: boolean;
  writing: boolean;
  serviceOnly: boolean;
};

// The table is declared with `satisfies`, so its own keys are exactly the union.
export const scopeNames = Object.keys(scopes) as readonly Scope[];

/** Scopes that reveal data and change nothing: what an unreviewed app may at most ask for, less the restricted ones. */
export const readScopes: readonly Scope[] = scopeNames.filter(
  (scope) => scope.endsWith(':read') && !scopes[scope].serviceOnly,
);

export function isScope(name: string): name is Scope {
  return Object.hasOwn(scopes, name);
}

function reading(description: string): ScopeFacts {
  return { description, restricted: false, writing: false, serviceOnly: false };
}

function service(description: string): ScopeFacts {
  return { description, restricted: false, writing: true, serviceOnly: true };
}
