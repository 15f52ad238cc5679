import { manifest, type Broken } from '../breaking.ts';

export const brokenInManifest: readonly Broken[] = [
  { what: 'a version that is none', manifest: { version: '1' }, fires: ['manifest: fits its schema'] },
  {
    what: 'a tier that asks for a scope nobody explained',
    manifest: {
      tiers: [
        { ...manifest.tiers[0], scopes: ['me:read', 'walls:write', 'cards:write', 'notes:write', 'all'] },
      ],
    },
    fires: ['manifest: every scope is asked for by a tier'],
  },
  {
    what: 'no way to ask',
    connector: { reconcile: undefined as never },
    fires: ['manifest: a kind that the vendor'],
  },
  {
    what: 'verify without inbound',
    manifest: { inbound: undefined },
    fires: ['manifest: what it says of itself'],
  },
  {
    what: 'an option without a field',
    manifest: { form: manifest.form.slice(1) },
    fires: ['manifest: the form has'],
  },
  {
    what: 'a tier that nothing proves',
    manifest: { tiers: [...manifest.tiers, { ...manifest.tiers[0], id: 'more' }] },
    fires: ['manifest: every tier'],
  },
  {
    what: 'a host too many',
    manifest: { hosts: [...manifest.hosts, 'x.example.com'] },
    fires: ['manifest: hosts are'],
  },
  {
    what: 'an approval that nobody asks for',
    manifest: { approvals: { notes: 'Why.' } },
    fires: ['manifest: an option that'],
  },
  {
    what: 'a scope too many',
    manifest: {
      tiers: [{ ...manifest.tiers[0], scopes: [...Object.keys(manifest.scopes), 'all:read'] }],
      scopes: { ...manifest.scopes, 'all:read': { why: 'One never knows.', kinds: ['health'] } },
    },
    fires: ['manifest: without any one scope', 'life: health: a scope is missing'],
  },
];
