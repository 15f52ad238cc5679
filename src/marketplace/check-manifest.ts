import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import * as z from 'zod';
import { canonicalJson, sha256Hex } from '#kit';
import { verifyManifest } from '#src/catalog';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { parseStrictJson } from '#src/wire';

/**
 * Whether a copy of an archived manifest is what was archived. What is compared is the SHA-256 of the document's
 * canonical text, which names the file at the vendor; the audit trail has it from the moment of archiving, in the same
 * write as the receipt, and nothing changes or purges that row. So no vendor is asked, and no hub need run.
 */
export type ManifestCheck =
  | {
      verdict: 'match' | 'altered';
      sha256: string;
      deliverable: string;
      revision: number;
      /** What the trail has of this deliverable, oldest first; where it matches, that alone. */
      archived: ArchivedManifest[];
      /** False where the content is as archived and the text is not: another program has formatted it. */
      isSameText: boolean;
      /** Whether `manifest.sha256` is that of its files, as docs/event-types.md has it. */
      isDigestRight: boolean;
    }
  /** Nothing to compare it with. */
  | { verdict: 'unknown'; why: string };

export type ArchivedManifest = {
  at: Date;
  connection: string;
  /** Of the event that was archived. */
  event: string;
  sha256: string;
  /** Ours and the vendor's own: `sha256:… dropbox:…`. */
  receipt: string;
};

const shape = z.looseObject({
  format: z.literal('patchbay.manifest/1'),
  deliverable_id: z.string().regex(/^dlb_[0-9a-z_-]{1,60}$/),
  revision: z.int(),
  buyer_account_id: z.string().optional(),
  provider_account_id: z.string().optional(),
  manifest: z.looseObject({
    sha256: z.string(),
    files: z.array(z.looseObject({ name: z.string(), sha256: z.string(), size_bytes: z.int() })),
  }),
});
type Document = z.output<typeof shape>;
type Env = 'live' | 'test';

export async function checkManifest(
  ports: Pick<Ports, 'store' | 'digest'>,
  text: string,
  env: Env = 'live',
): Promise<ManifestCheck> {
  const document = readDocument(text);
  if (typeof document === 'string') return { verdict: 'unknown', why: document };
  const { deliverable_id: deliverable, revision } = document;
  const sha256 = await sha256Hex(canonicalJson(document));
  const recorded = await readArchived(ports, document, env);
  if (recorded.length === 0)
    return { verdict: 'unknown', why: `The audit trail has no archived manifest of ${deliverable}.` };
  const same = recorded.filter((row) => row.sha256 === sha256);
  return {
    verdict: same.length > 0 ? 'match' : 'altered',
    sha256,
    deliverable,
    revision,
    archived: same.length > 0 ? same : recorded,
    isSameText: text === canonicalJson(document),
    isDigestRight: verifyManifest(ports.digest, document.manifest),
  };
}

/** The document, or why it is none. */
function readDocument(text: string): Document | string {
  try {
    const read = shape.safeParse(parseStrictJson(new TextEncoder().encode(text)).value);
    return read.success ? read.data : 'This is JSON, but no manifest as Patchbay archives it.';
  } catch (error) {
    // What else it threw is not about the file.
    if (error instanceof PatchbayError && error.code === 'invalid_json')
      return `This is no manifest as Patchbay archives it. ${error.publicText}`;
    throw error;
  }
}

/** By the accounts that the deliverable is of, which the trail is indexed by: as the hub knows them, and as the file says. */
async function readArchived(
  { store }: Pick<Ports, 'store'>,
  document: Document,
  env: Env,
): Promise<ArchivedManifest[]> {
  const { audit, connections } = store.tables;
  const { deliverable_id: deliverable, buyer_account_id: buyer, provider_account_id: provider } = document;
  const accounts = new Set([...(await audienceOf({ store }, deliverable, env)), buyer, provider]);
  const prefix = `manifest:${deliverable}:`;
  const rows = await store.db
    .select({ at: audit.at, subject: audit.subject, detail: audit.detail })
    .from(audit)
    .leftJoin(connections, eq(connections.id, audit.subject))
    .where(
      and(
        inArray(audit.accountId, [...accounts].filter((id) => id !== undefined).slice(0, 90)),
        eq(audit.action, 'connection.applied'),
        sql`substr(${audit.detail} ->> 'key', 1, ${sql.param(prefix.length)}) = ${prefix}`,
        // What was tried out proves nothing of what is real, whatever ids it bears.
        env === 'live' ? or(isNull(connections.env), eq(connections.env, env)) : eq(connections.env, env),
      ),
    )
    .orderBy(audit.position);
  return rows.flatMap(({ at, subject, detail: { hash: receipt, event } }) => {
    if (typeof receipt !== 'string' || typeof event !== 'string') return [];
    const sha256 = /^sha256:([0-9a-f]{64})\b/.exec(receipt)?.[1];
    return sha256 ? [{ at, connection: subject, event, sha256, receipt }] : [];
  });
}

/** Whoever has seen its newest event, which retention spares. */
async function audienceOf({ store }: Pick<Ports, 'store'>, deliverable: string, env: Env): Promise<string[]> {
  const { entities, events } = store.tables;
  const [row] = await store.db
    .select({ audience: events.audience })
    .from(entities)
    .innerJoin(events, eq(events.position, entities.eventPosition))
    .where(eq(entities.id, `${env}:deliverable:${deliverable}`));
  return row?.audience ?? [];
}
