import type { Connector, FormField, IntentDraft } from '#kit';
import type { Ports } from '#src/context';
import { loadConnector } from './find.ts';
import { showConnector, type ShownConnector } from './show.ts';

/** A connector, for the pages on which people use it: what its manifest says beside what `showConnector` tells. */
export type AboutConnector = Omit<ShownConnector, 'form'> & {
  form: readonly AboutField[];
  /** What a test becomes there; null: it has no place for one. */
  test: string | null;
  /** What it can bring in. */
  intents: readonly IntentDraft['kind'][];
  /** Where the user ends our access by hand, as the vendor has no call for it. */
  revokeByHand: string | null;
};
/** `initial` is what the field has before anybody has chosen: the default of the connector's own schema. */
export type AboutField = FormField & { initial: unknown };

/** Throws 404 where this installation has not switched it on. */
export async function aboutConnector(ports: Pick<Ports, 'connectors'>, id: string): Promise<AboutConnector> {
  const connector = await loadConnector(ports, id);
  const { manifest } = connector;
  const { revoke } = manifest.auth;
  return {
    ...showConnector(connector, ports.connectors.app(id) !== null),
    form: manifest.form.map((field) => ({ ...field, initial: initialOf(connector, field.name) })),
    test: manifest.test ?? null,
    intents: manifest.inbound?.intents ?? [],
    revokeByHand: 'manual' in revoke ? revoke.manual : null,
  };
}

type Fields = { shape?: Record<string, Connector['manifest']['options']> };

/** Only the fields of an object have defaults of their own. */
function initialOf({ manifest }: Connector, name: string): unknown {
  const read = (manifest.options as Fields).shape?.[name]?.safeParse(undefined);
  return read?.success ? read.data : undefined;
}
