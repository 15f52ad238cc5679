/**
 * Writes docs/connectors.md from the manifests: `node tests/connectors/write-docs.ts`. A test fails when it is stale, and so
 * does `--check <id>`, for one connector.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Auth, Connector, Idempotency, Inbound, Limit, Manifest } from '#kit';

const root = join(import.meta.dirname, '../..');
const path = join(root, 'docs/connectors.md');

type AnyManifest = Manifest<unknown, string>;

export const manifests: readonly AnyManifest[] = (
  await Promise.all(
    globSync('connectors/*/index.ts', { cwd: root })
      // Folders that a test of `connector:new` writes and takes away.
      .filter((file) => !file.startsWith('connectors/zz-'))
      // A folder's door exports this name, and nothing else.
      .map(async (file) => ((await import(join(root, file))) as { connector: Connector }).connector.manifest),
  )
).toSorted((a, b) => a.name.localeCompare(b.name));

export const writtenDoc = (): string => readFileSync(path, 'utf8');

export const connectorsDoc = (): string =>
  `${[preface, overview(), ...manifests.map(section), others].join('\n\n')}\n`;

const preface = `# Connectors

<!-- Written by tests/connectors/write-docs.ts from the manifests. Change those, not this. -->

What each connector is allowed to do and why, how it is kept from doing a thing twice, how fast it may go, what can be taken back, and until when the vendor supports what we speak. The same manifests draw the gallery, the consent page, the list of hosts that may be reached, and the rate gate.

- **Once**: how a second try of an op meets the first. After silence the vendor is asked before anything is sent again; where that is not possible, nothing is sent twice and you are told.
- **Speed**: what the hub keeps to; a vendor that asks for more patience gets it.
- **A test**: what appears there when you press *send a test*; testing again is about the same thing.
- **Taking back**: what a recall, or the end of a booking or an RFP, can undo there.`;

function overview(): string {
  return [
    '| connector | what you get | events | listens | the vendor’s API ends |',
    '|---|---|---|---|---|',
    ...manifests.map(row),
  ].join('\n');
}

const row = ({ name, summary, consumes, inbound, vendorApi }: AnyManifest): string =>
  `| [${name}](#${anchor(name)}) | ${summary} | ${types(consumes)} | ${inbound ? 'yes' : ''} | ${vendorApi.endsAt ?? ''} |`;

const others = `## Without a connector

Zapier is an app that acts for you by [OAuth](oauth.md) and takes events by REST hooks. Any calendar can subscribe to an address of the hub's, and any program of yours can [receive webhooks](guides/receive-webhooks.md).`;

function section(manifest: AnyManifest): string {
  const { id, name, version, vendorApi, auth, hosts, idempotency, limits, recall, inbound, test } = manifest;
  const facts: [string, string][] = [
    ['connector', `\`${id}\` ${version}`],
    [
      'vendor’s API',
      `${vendorApi.name}${vendorApi.endsAt ? `, supported until ${vendorApi.endsAt}` : ', no end announced'}`,
    ],
    ['how you connect', waysIn[auth.type]],
    ['how it ends there', ending(auth)],
    ['hosts', hosts.map((host) => `\`${host}\``).join(', ')],
    ['once', once(idempotency)],
    ['speed', limits.map(speed).join('; ')],
    ...(test === undefined ? [] : [['a test', test] satisfies [string, string]]),
    ['taking back', recall],
    ['listens', inbound ? listens(inbound) : 'no'],
    ...(existsSync(join(root, `docs/guides/${id}.md`))
      ? [['guide', `[${name}](guides/${id}.md)`] satisfies [string, string]]
      : []),
  ];
  return [
    `## ${name}`,
    ['| | |', '|---|---|', ...facts.map(([what, said]) => `| ${what} | ${said} |`)].join('\n'),
    scopes(manifest),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function scopes({ tiers, scopes: known }: AnyManifest): string {
  const asked = Object.entries(known);
  if (asked.length === 0) return '';
  const rows = asked.map(([scope, { why, kinds }]) => {
    const of = tiers.flatMap(({ name, scopes: all, optionalScopes = [] }) =>
      all.includes(scope) ? [name] : optionalScopes.includes(scope) ? [`${name} (optional)`] : [],
    );
    return `| \`${scope}\` | ${why} | ${kinds.join(', ')} | ${of.join('; ')} |`;
  });
  return ['| scope | why | for | asked by |', '|---|---|---|---|', ...rows].join('\n');
}

const types = (consumes: readonly string[]): string => consumes.map((type) => `\`${type}\``).join(', ');

const waysIn: Record<Auth['type'], string> = {
  oauth2: 'you sign in at the vendor and allow it',
  'secret-url': 'you paste an address that the vendor gives you',
};

function ending({ revoke }: Auth): string {
  return 'manual' in revoke
    ? `you do it: ${revoke.manual}`
    : 'we revoke our access at the vendor, then destroy it here';
}

const howOnce: Record<Idempotency, string> = {
  'client-id': 'an id that we choose',
  'upsert-key': 'a key by which the vendor finds it',
  'content-address': 'an address made of its content',
  precondition: 'a condition that the vendor checks',
  none: 'the vendor cannot tell two apart: it is asked first, and nothing is sent twice blindly',
};

function once(idempotency: AnyManifest['idempotency']): string {
  const hows = Map.groupBy(Object.entries(idempotency), ([, how]) => how);
  return [...hows]
    .map(([how, kinds]) => `${kinds.map(([kind]) => kind).join(', ')}: ${howOnce[how]}`)
    .join('; ');
}

const owners: Record<Limit['per'], string> = {
  app: 'for all of the hub',
  connection: 'for one account there',
  resource: 'for one channel or collection',
};

const speed = ({ per, tokens, windowMs }: Limit): string =>
  `${tokens} in ${windowMs / 1_000} s ${owners[per]}`;

function listens({ of, toleranceSeconds, intents = [] }: Inbound): string {
  return [
    of === 'app'
      ? 'what the vendor signs with the app’s secret'
      : 'what comes with the connection’s own secret',
    ...(toleranceSeconds > 0 ? [`at most ${toleranceSeconds} s old`] : []),
    ...(intents.length > 0 ? [`may ask for ${types(intents)}, where you switch it on`] : []),
  ].join('; ');
}

/** As GitHub makes them. */
const anchor = (name: string): string => name.toLowerCase().replaceAll(' ', '-');

/** What of the page is not as the manifest is, in words; null: it is. */
export function staleness(id: string, page = writtenDoc()): string | null {
  const manifest = manifests.find((one) => one.id === id);
  if (!manifest) return `There is no connector ${id}.`;
  const stale = [
    ...(page.includes(`\n${row(manifest)}\n`) ? [] : ['its row in the table']),
    ...(page.includes(`\n\n${section(manifest)}\n\n`) ? [] : [`its section, ${manifest.name}`]),
  ];
  if (stale.length === 0) return null;
  return `  docs/connectors.md does not say what the manifest says: ${stale.join(', and ')}. Write it:\n  node tests/connectors/write-docs.ts`;
}

if (process.argv[1] === import.meta.filename) {
  const [, , flag, id] = process.argv;
  const stale = flag === '--check' ? staleness(id ?? '') : null;
  if (flag !== '--check') writeFileSync(path, connectorsDoc());
  if (stale !== null) {
    process.stdout.write(`${stale}\n`);
    process.exitCode = 1;
  }
}
