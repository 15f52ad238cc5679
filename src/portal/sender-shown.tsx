import { Copyable, CopyBlock, Secret } from '#src/ui';
import { sendersPath } from './paths.ts';
import type { Child } from 'hono/jsx';

/** Its secret, this once, and all that a tool needs beside it. */
export function SenderSecret({ url, secret, children }: { url: string; secret: string; children: Child }) {
  return (
    <div class="stack-l">
      <Secret text={secret} name="Signing secret">
        {children}
      </Secret>
      <section class="stack" aria-labelledby="posts">
        <h2 id="posts">It posts to</h2>
        <p>
          <Copyable text={url} name="the address" />
        </p>
        <p class="dim">
          No secret: without a signature it opens nothing. It stands beside the sender at any time.
        </p>
      </section>
      <section class="stack" aria-labelledby="signs">
        <h2 id="signs">How it signs</h2>
        <HowItSigns url={url} />
      </section>
      <p>
        <a class="button" href={sendersPath}>
          I have it
        </a>
      </p>
    </div>
  );
}

/** The example is run by tests/portal/senders.ts as it stands. */
export function HowItSigns({ url }: { url: string }) {
  return (
    <>
      <p>
        As <a href="https://www.standardwebhooks.com">Standard Webhooks</a> say, with any of their libraries,
        or with the tool’s own setting of that name. All fields stand in{' '}
        <a href="/docs#requestRfp">the reference</a>.
      </p>
      <CopyBlock text={exampleOf(url)} name="the example" />
    </>
  );
}

const exampleOf = (url: string): string => `import { Webhook } from 'standardwebhooks';

const url = '${url}';
const secret = process.env.RFP_SENDER_SECRET; // whsec_…
const body = JSON.stringify({
  external_ref: 'campaign-1042', // your own id: it stands for one RFP
  title: 'Spring lookbook, half a day',
  brief: 'Twelve edited frames in daylight.',
  roles: ['photographer'],
  city: 'houston',
});
const [id, at] = [crypto.randomUUID(), new Date()];
const answer = await fetch(url, {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  },
  body,
});
console.log(answer.status, await answer.text()); // 202: recorded`;
