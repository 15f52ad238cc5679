import type { Ports } from '#src/context';
import { bad, type Finding, good, warn } from './finding.ts';

const dayMs = 86_400_000;
/** Time to write the next version of a connector, and to have it reviewed. */
const noticeMs = 180 * dayMs;

/** Of each connector that is switched on: whether its vendor's app is set up, and how long its vendor's API lives. */
export async function connectorFindings({
  connectors,
  clock,
}: Pick<Ports, 'connectors' | 'clock'>): Promise<Finding[]> {
  const loaded = await Promise.all(connectors.ids.map((id) => connectors.load(id)));
  return loaded.flatMap((connector) => {
    if (!connector) return [];
    const { id, name, auth, vendorApi } = connector.manifest;
    const what = `connector ${id}`;
    const variable = `PATCHBAY_${id.toUpperCase().replaceAll('-', '_')}_CLIENT_ID`;
    if (auth.type === 'oauth2' && !connectors.app(id)) {
      return [
        bad(what, {
          found: `it is switched on, and ${name} has given this installation no client id and secret`,
          why: 'Nobody can link an account, and what is linked cannot renew its token.',
          remedy: `Set ${variable} and ${variable.replace('_ID', '_SECRET')}, or take it out of PATCHBAY_CONNECTORS.`,
        }),
      ];
    }
    const leftMs = vendorApi.endsAt === undefined ? Infinity : Date.parse(vendorApi.endsAt) - clock.ms();
    if (leftMs > noticeMs) return [good(what, `${vendorApi.name}, set up`)];
    const trouble = {
      found: `${vendorApi.name} ends on ${vendorApi.endsAt}`,
      why: 'From then on the vendor refuses what it sends.',
      remedy: 'Is there a newer version of Patchbay? Its connector speaks a newer API.',
    };
    return [leftMs > 0 ? warn(what, trouble) : bad(what, trouble)];
  });
}
