import type { Ctx } from '#src/context';
import { withoutTokens } from '#src/errors';
import { createSender, listSenders, namesOfMakers, senderSpec, type ShownSender } from '#src/intents';
import { checked } from '#src/wire';
import {
  Ask,
  Copyable,
  Crumb,
  Empty,
  Pages,
  TextField,
  When,
  type Wrong,
  wrongOf,
  WrongSummary,
} from '#src/ui';
import { deed, page, type Portal, type Shown } from './door.tsx';
import { connectionsPath, newTokenPath, senderPath, sendersPath, withQuery } from './paths.ts';
import { HowItSigns, SenderSecret } from './sender-shown.tsx';
import { isLive, TokenState } from './token-state.tsx';

/** Tools of a brand that ask for RFPs by a signature (docs/rfps.md): which there are, and one more. */
export function senderPages(portal: Portal): void {
  page(portal, sendersPath, async ({ ctx, query }) =>
    listPage(ctx, query.get('after') ?? '', { label: '', wrong: new Map() }),
  );
  deed(portal, sendersPath, async ({ ctx, form }) => {
    const label = form.one('label');
    try {
      return madePage(await createSender(ctx, checked(senderSpec, { label })));
    } catch (error) {
      return listPage(ctx, '', { label: withoutTokens(label), wrong: wrongOf(error, { label: 'label' }) });
    }
  });
}

type Tried = { label: string; wrong: Wrong };

async function listPage(ctx: Ctx, after: string, { label, wrong }: Tried): Promise<Shown> {
  const { data, next_cursor: next } = await listSenders(ctx, {
    limit: 25,
    ...(after === '' ? {} : { after }),
  });
  const names = await namesOfMakers(ctx, data);
  const nowMs = ctx.clock.ms();
  const live = data.find((sender) => isLive(sender, nowMs));
  return {
    title: 'RFP senders',
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <div class="stack-l">
        <header class="form stack">
          <Crumb href={connectionsPath}>Connections</Crumb>
          <h1>RFP senders</h1>
          <p class="lead">
            Tools of yours that ask the marketplace for an RFP: procurement, a CRM, a form. Each signs what it
            sends with a secret of its own, and can do nothing else.
          </p>
          <WrongSummary wrong={wrong} />
        </header>
        {data.length > 0 ? <List senders={data} names={names} nowMs={nowMs} /> : <None />}
        <Pages
          first={after === '' ? null : sendersPath}
          next={next === null ? null : withQuery(sendersPath, { after: next })}
        />
        <section class="form stack" aria-labelledby="make">
          <h2 id="make">A new sender</h2>
          <Ask action={sendersPath} label="A new sender">
            <TextField
              name="label"
              label="What sends?"
              value={label}
              placeholder="Procurement tool"
              hint="So that you know later what stops when you end it."
              wrong={wrong}
            />
            <p>
              <button class="primary">Make the sender</button>
            </p>
          </Ask>
        </section>
        {live ? (
          <details class="fold">
            <summary>How a tool signs what it sends</summary>
            <div class="form stack">
              <HowItSigns url={live.url} />
            </div>
          </details>
        ) : null}
      </div>
    ),
  };
}

type Listed = { senders: ShownSender[]; names: ReadonlyMap<string, string>; nowMs: number };

function List({ senders, names, nowMs }: Listed) {
  return (
    <table>
      <caption class="vh">Senders of RFPs, newest first</caption>
      <thead>
        <tr>
          <th>Sender</th>
          <th>State</th>
          <th class="end wide-only">Last used</th>
          <th>
            <span class="vh">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {senders.map((sender) => (
          <tr>
            <td>
              <b>{sender.label}</b>
              {isLive(sender, nowMs) ? (
                <p class="small">
                  <Copyable text={sender.url} name={`the address of ${sender.label}`} />
                </p>
              ) : null}
              <p class="dim">
                made <When at={sender.created_at} /> {byWhom(sender, names)}
              </p>
            </td>
            <td>
              <TokenState of={sender} nowMs={nowMs} gone="ended" />
              <p class="dim narrow-only">
                {sender.last_used_at ? 'used ' : ''}
                <LastUse of={sender} />
              </p>
            </td>
            <td class="end dim wide-only">
              <LastUse of={sender} />
            </td>
            <td class="end">{isLive(sender, nowMs) ? <Actions of={sender} /> : null}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function byWhom({ made_by: id }: ShownSender, names: ReadonlyMap<string, string>): string {
  if (id === null) return 'by an operator';
  const name = names.get(id);
  if (name === undefined) return '';
  return id.startsWith('tok_') ? `by the token “${name}”` : `by ${name}`;
}

function LastUse({ of: { last_used_at: at } }: { of: ShownSender }) {
  return at === null ? <>never used</> : <When at={at} />;
}

function Actions({ of: { id, label } }: { of: ShownSender }) {
  return (
    <>
      <p>
        <a href={`${senderPath(id)}/rotate`} data-dialog>
          New secret<span class="vh"> for {label}</span>
        </a>
      </p>
      <p>
        <a href={`${senderPath(id)}/end`} data-dialog>
          End it<span class="vh"> ({label})</span>
        </a>
      </p>
    </>
  );
}

function None() {
  return (
    <Empty title="No senders yet">
      <p>
        A sender is for a tool that can sign its webhooks. It gets an address to post to and a secret, and
        holds no token. What it asks for is recorded at once, an account’s first waits for staff, and what the
        marketplace accepts comes back as <code>rfp.created</code>.
      </p>
      <p>
        Make one for each tool, so that you can end one and keep the others. A tool that cannot sign takes{' '}
        <a href={newTokenPath}>a token</a> with <code>rfps:create</code>.
      </p>
    </Empty>
  );
}

const madePage = ({ label, url, secret }: ShownSender & { secret: string }): Shown => ({
  title: 'Your RFP sender',
  status: 201,
  body: (
    <div class="stack form">
      <h1>{label}</h1>
      <SenderSecret url={url} secret={secret}>
        <p>
          This is the only time that it is shown. Put it where your tool keeps its secrets; whoever has it can
          ask for RFPs in your name. Lost it? Make a new one, beside the sender.
        </p>
      </SenderSecret>
    </div>
  ),
});
