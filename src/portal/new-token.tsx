import { createPersonalToken } from '#src/access';
import { type Scope, scopeNames, scopes } from '#src/catalog';
import { actorOf } from '#src/context';
import { Ask, Crumb, Secret, Select, TextField, When, type Wrong, wrongOf, WrongSummary } from '#src/ui';
import { deed, page, type Portal, type Shown } from './door.tsx';
import { newTokenPath, tokensPath } from './paths.ts';

/** Days; empty is without an end. */
const lives = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
  ['', 'without an end'],
] as const;
const offered = scopeNames.filter((name) => !scopes[name].serviceOnly);
type Wish = { label: string; scopes: string[]; days: string };

/** A personal token: made in a signed-in session, its scopes chosen, shown once. */
export function newTokenPages(portal: Portal): void {
  page(portal, newTokenPath, async () => formPage({ label: '', scopes: [], days: '90' }, new Map()));
  deed(portal, newTokenPath, async ({ ctx, form }) => {
    const wish = { label: form.one('label'), scopes: form.many('scopes'), days: form.one('days') };
    const wrong = wrongIn(wish);
    if (wrong.size > 0) return formPage(wish, wrong);
    try {
      const made = await createPersonalToken(ctx, actorOf(ctx.caller), {
        label: wish.label,
        scopes: wish.scopes,
        env: ctx.caller.env,
        expiresAt: endOf(wish, ctx.clock.ms()),
        accountId: ctx.caller.accountId ?? '',
        userId: ctx.caller.userId,
      });
      return madePage(wish.label, made.token, made.expiresAt);
    } catch (error) {
      return formPage(wish, wrongOf(error, { '*': 'scopes' }));
    }
  });
}

function wrongIn({ label, days }: Wish): Wrong {
  const wrong = new Map<string, string>();
  if (label === '' || label.length > 100) wrong.set('label', 'Give it a name of at most 100 letters.');
  if (!lives.some(([value]) => value === days)) wrong.set('days', 'Choose how long it lives.');
  return wrong;
}

const endOf = ({ days }: Wish, nowMs: number): Date | null =>
  days === '' ? null : new Date(nowMs + Number(days) * 86_400_000);

function formPage(wish: Wish, wrong: Wrong): Shown {
  return {
    title: 'New token',
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <div class="stack form">
        <Crumb href={tokensPath}>Tokens</Crumb>
        <h1>New token</h1>
        <WrongSummary wrong={wrong} />
        <Ask action={newTokenPath} label="New token">
          <TextField
            name="label"
            label="What is it for?"
            value={wish.label}
            placeholder="Calendar sync"
            hint="So that you know later what stops when you end it."
            wrong={wrong}
          />
          <fieldset id="scopes" tabindex={-1}>
            <legend>What may it do?</legend>
            {wrong.has('scopes') ? <p class="wrong">{wrong.get('scopes')}</p> : null}
            {offered.map((name) => (
              <ScopePick name={name} isChosen={wish.scopes.includes(name)} />
            ))}
          </fieldset>
          <Select
            name="days"
            label="How long does it live?"
            value={wish.days}
            choices={lives}
            wrong={wrong}
          />
          <p>
            <button class="primary">Make the token</button>
          </p>
        </Ask>
      </div>
    ),
  };
}

function ScopePick({ name, isChosen }: { name: Scope; isChosen: boolean }) {
  const { description, writing, restricted } = scopes[name];
  return (
    <label class="pick">
      <input type="checkbox" name="scopes" value={name} checked={isChosen} />
      <span>
        <b>{name}</b>
        {writing ? ' · writes' : ''}
        {restricted ? ' · sensitive' : ''}
        <br />
        <span class="dim">{description}</span>
      </span>
    </label>
  );
}

function madePage(label: string, token: string, expiresAt: Date | null): Shown {
  return {
    title: 'Your token',
    status: 201,
    body: (
      <div class="stack form">
        <h1>{label}</h1>
        <Secret text={token} name="Token">
          <p>
            This is the only time that it is shown. Keep it where you keep passwords; whoever has it can do
            what you chose. Lost it? Make another one and revoke this.
          </p>
          <p>
            {expiresAt ? (
              <>
                It ends <When at={expiresAt.toISOString()} exact />.
              </>
            ) : (
              'It has no end.'
            )}
          </p>
        </Secret>
        <pre>{`curl -H "Authorization: Bearer $PATCHBAY_TOKEN" …/v1/me`}</pre>
        <p>
          <a class="button" href={tokensPath}>
            I have it
          </a>
        </p>
      </div>
    ),
  };
}
