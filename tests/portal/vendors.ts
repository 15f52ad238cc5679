/** Several vendors for one hub, each the connector's own stand-in behind sockets. */
import type { Connector } from '#kit';
import type { Conformance } from '#kit/conformance';
import { conformance as calendarVendor } from '../../connectors/google-calendar/conformance.ts';
import { connector as calendar } from '../../connectors/google-calendar/index.ts';
import { conformance as driveVendor } from '../../connectors/google-drive/conformance.ts';
import { connector as drive } from '../../connectors/google-drive/index.ts';
import { conformance as dropboxVendor } from '../../connectors/dropbox/conformance.ts';
import { connector as dropbox } from '../../connectors/dropbox/index.ts';
import { conformance as hubspotVendor } from '../../connectors/hubspot/conformance.ts';
import { connector as hubspot } from '../../connectors/hubspot/index.ts';
import { conformance as slackVendor } from '../../connectors/slack/conformance.ts';
import { connector as slack } from '../../connectors/slack/index.ts';
import { startVendor, type Vendor } from '../connections/vendor.ts';

const known = {
  slack: () => start(slack, slackVendor, 1),
  'google-calendar': () => start(calendar, calendarVendor),
  dropbox: () => start(dropbox, dropboxVendor),
  hubspot: () => start(hubspot, hubspotVendor),
  'google-drive': () => start(drive, driveVendor),
};
export type VendorName = keyof typeof known;
export type Vendors = Record<VendorName, Vendor>;

const start = <Options, Kind extends string>(
  connector: Connector<Options, Kind>,
  conformance: Conformance<Options, Kind>,
  at = 0,
): Promise<Vendor> => startVendor(connector, conformance, at);

/** Drive and Calendar have their hosts in common, so one hub of a test has one of the two. */
export async function startVendors(names: readonly VendorName[]): Promise<{
  vendors: Vendors;
  environment: Record<string, string>;
  close(): Promise<void>;
}> {
  const started = await Promise.all(
    names.map(async (name): Promise<[string, Vendor]> => [name, await known[name]()]),
  );
  const all = started.map(([, vendor]) => vendor.environment);
  const joined = (name: string) => all.map((one) => one[name]).join(',');
  return {
    vendors: Object.fromEntries(started) as Vendors,
    environment: {
      ...Object.assign({}, ...all),
      PATCHBAY_CONNECTORS: joined('PATCHBAY_CONNECTORS'),
      PATCHBAY_VENDOR_STAND_INS: joined('PATCHBAY_VENDOR_STAND_INS'),
    },
    close: async () => {
      await Promise.all(started.map(([, vendor]) => vendor.close()));
    },
  };
}
