import { manifest, plain, type Broken } from '../breaking.ts';

export const brokenInMessages: readonly Broken[] = [
  {
    what: 'verify takes nothing',
    connector: { verify: () => Promise.resolve({ ok: false, why: 'no' }) },
    fires: ['messages: what the vendor signed'],
  },
  {
    what: 'verify takes everything',
    connector: { verify: () => Promise.resolve({ ok: true }) },
    fires: [
      'messages: another secret',
      'messages: what is stale',
      'messages: a flipped byte',
      'messages: the same written anew',
      'messages: without any one header',
    ],
  },
  {
    what: 'verify that counts on a header',
    connector: {
      verify: (received, ...rest) => {
        received.headers.get('pinwall-signature')!.trim();
        return plain.verify!(received, ...rest);
      },
    },
    fires: ['messages: without any one header'],
  },
  {
    what: 'no answer to a challenge',
    connector: { receive: () => Promise.resolve(new Response(null, { status: 204 })) },
    fires: ['messages: is answered, and asks'],
  },
  {
    what: 'an intent that the manifest does not have',
    manifest: { inbound: { ...manifest.inbound, intents: [] } },
    fires: ['messages: is answered, and asks'],
  },
  {
    what: 'the same is done twice',
    connector: {
      receive: (received, hub) => plain.receive!(received, { ...hub, once: () => Promise.resolve(true) }),
    },
    fires: ['messages: the same twice'],
  },
  {
    what: 'it counts on a connection',
    connector: {
      receive: async (received, hub) => {
        await hub.own!.status();
        return plain.receive!(received, hub);
      },
    },
    fires: ['messages: is answered where nobody'],
  },
];
