/** Several vendors for one hub, each the connector's own stand-in behind sockets. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connector } from '#kit';
import type { Conformance } from '#kit/conformance';
import { conformance as calendarVendor } from '../../connectors/google-calendar/conformance.ts';
import { connector as calendar } from '../../connectors/google-calendar/index.ts';
import { conformance as driveVendor } from '../../connectors/google-drive/conformance.ts';
import { connector as drive } from '../../connectors/google-drive/index.ts';
import { conformance as discordVendor } from '../../connectors/discord/conformance.ts';
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
  discord: Awaited<ReturnType<typeof startDiscord>>;
  environment: Record<string, string>;
  close(): Promise<void>;
}> {
  const started = await Promise.all(
    names.map(async (name): Promise<[string, Vendor]> => [name, await known[name]()]),
  );
  const discord = await startDiscord();
  const all = [...started.map(([, vendor]) => vendor.environment), discord.environment];
  const joined = (name: string) => all.map((one) => one[name]).join(',');
  return {
    vendors: Object.fromEntries(started) as Vendors,
    discord,
    environment: {
      ...Object.assign({}, ...all),
      PATCHBAY_CONNECTORS: joined('PATCHBAY_CONNECTORS'),
      PATCHBAY_VENDOR_STAND_INS: joined('PATCHBAY_VENDOR_STAND_INS'),
    },
    close: async () => {
      await Promise.all([discord.close(), ...started.map(([, vendor]) => vendor.close())]);
    },
  };
}

/** Discord, which people sign in to nowhere: an address is all it takes. */
export async function startDiscord() {
  const standIn = discordVendor.standIn(new Set());
  const server = createServer((incoming, response) => {
    const answered = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString('utf8');
      const answer = await standIn.answer(
        new Request(new URL(incoming.url ?? '/', 'https://discord.com'), {
          method: incoming.method ?? 'GET',
          headers: { 'content-type': 'application/json' },
          ...(body === '' ? {} : { body }),
        }),
      );
      response.statusCode = answer.status;
      response.setHeader('content-type', answer.headers.get('content-type') ?? 'text/plain');
      response.end(Buffer.from(await answer.arrayBuffer()));
    };
    void answered();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: discordVendor.connections[0]?.secretUrl ?? '',
    standIn,
    environment: {
      PATCHBAY_CONNECTORS: 'discord',
      PATCHBAY_VENDOR_STAND_INS: `https://discord.com=http://127.0.0.1:${port}`,
    } as Record<string, string>,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
