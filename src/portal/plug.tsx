import {
  aboutConnector,
  type AboutConnector,
  findConnection,
  type ConnectionRow,
  type Preview,
  previewConnection,
  subscriptionsVia,
} from '#src/connections';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import {
  changeSubscription,
  createSubscription,
  etagOf,
  findSubscription,
  sendTest,
  subscriptionChange,
  subscriptionSpec,
  type ShownSubscription,
} from '#src/subscriptions';
import { Ask, Crumb, type Form, TextField, type Wrong, wrongOf, WrongSummary } from '#src/ui';
import { checked } from '#src/wire';
import { PreviewOf } from './connection-preview.tsx';
import { destinationName } from './destinations.ts';
import { type Answered, deed, page, type Portal, type Shown } from './door.tsx';
import { EventPicker } from './event-picker.tsx';
import { familiesAmong, isOffered } from './families.ts';
import {
  initialOptions,
  OptionFields,
  type Options,
  optionsOf,
  readVendorChoices,
  type VendorChoices,
} from './options-form.tsx';
import { connectionPath, deliveryPath, plugPath, recipePath, withQuery } from './paths.ts';
import { flattened, namesOf, withLabels } from './plug-wrong.ts';
import { readRecipe, type Recipe } from './recipes.ts';
import { vendorWords } from './vendor-words.ts';

type Wish = { description: string; types: string[]; options: Options };
type Place = {
  row: ConnectionRow;
  about: AboutConnector;
  choices: VendorChoices;
  existing: ShownSubscription | null;
  /** The tag of the version that the person has seen; nothing for a new one. */
  version: string;
  recipe: Recipe | null;
};

/** Choose what goes through a connection and how, see it on past events, switch it on; or change that later. */
export function plugPages(portal: Portal): void {
  const path = plugPath(':id', ':subscription');
  page(portal, path, async ({ ctx, param, query }) => {
    const place = await placeOf(ctx, param('id'), param('subscription'), query.get('recipe'));
    const wish = firstWish(place);
    const isKnown = place.recipe !== null || place.existing !== null;
    const preview = isKnown ? await previewOf(ctx, place, wish).catch(ignoreRefused) : null;
    return formPage(place, wish, new Map(), preview);
  });
  deed(portal, path, async ({ ctx, param, form }) => {
    const now = await placeOf(ctx, param('id'), param('subscription'), form.one('recipe'));
    const place = { ...now, version: form.one('version') };
    const wish = wishOf(place, form);
    try {
      if (form.one('intent') === 'preview')
        return formPage(place, wish, new Map(), await previewOf(ctx, place, wish));
      return place.existing
        ? await change(ctx, place, place.existing, wish)
        : await make(ctx, place, wish, form.one('intent') === 'test');
    } catch (error) {
      if (error instanceof PatchbayError && error.code === 'precondition_failed')
        return { ...formPage(now, wish, new Map([['', changedMeanwhile]]), null), status: error.status };
      return formPage(place, wish, wrongOf(flattened(error), namesOf(place.about)), null);
    }
  });
}

async function placeOf(ctx: Ctx, id: string, subscription: string, recipe: string | null): Promise<Place> {
  const row = await findConnection(ctx, id);
  if (row.state === 'revoked' || row.state === 'pending')
    throw new PatchbayError('state_conflict', { public: 'This account is not connected (any more).' });
  const about = await aboutConnector(ctx, row.connector);
  const via = subscription === 'new' ? [] : await subscriptionsVia(ctx, row);
  const existing = via.find((one) => one.id === subscription) ?? null;
  if (subscription !== 'new' && !existing)
    throw new PatchbayError('not_found', { public: 'Nothing like this goes through the connection.' });
  const choices = await readVendorChoices(ctx, id, about.form);
  const version = existing ? etagOf(await findSubscription(ctx, existing.id)) : '';
  return { row, about, choices, existing, version, recipe: readRecipe(recipe ?? '') ?? null };
}

function firstWish({ about, existing, recipe, row }: Place): Wish {
  const initial = initialOptions(about.form);
  if (existing?.endpoint.type === 'connection')
    return {
      description: existing.description,
      types: existing.event_types,
      options: { ...initial, ...existing.endpoint.options },
    };
  const step = recipe?.steps.find(({ connectors }) => connectors.includes(row.connector));
  if (step) return { description: '', types: [...step.types], options: { ...initial, ...step.options } };
  // What one kind of thing is sent for is all chosen; of many, the person chooses.
  const types = eventsOf(about);
  const isNarrow = familiesAmong(types).length <= 3;
  return { description: '', types: isNarrow ? types : [], options: initial };
}

/** A test comes when somebody asks for one, whatever was chosen. */
const eventsOf = ({ consumes }: AboutConnector): string[] =>
  consumes.filter((type) => type !== 'integration.test');

const wishOf = ({ about }: Place, form: Form): Wish => ({
  description: form.one('description'),
  types: form.many('types').filter(isOffered),
  options: optionsOf(about.form, form),
});

const previewOf = (ctx: Ctx, { row }: Place, { types, options }: Wish): Promise<Preview> => {
  if (types.length === 0)
    throw new PatchbayError('validation_failed', {
      errors: [{ pointer: '/event_types', detail: 'Choose one event at least.' }],
    });
  return previewConnection(ctx, row.id, { options, event_types: types, last: 3 });
};

/** A form that is not filled in yet has no preview, and is no mistake. */
function ignoreRefused(error: unknown): null {
  if (error instanceof PatchbayError && error.code === 'validation_failed') return null;
  throw error;
}

async function make(
  ctx: Ctx,
  { row, about, recipe }: Place,
  wish: Wish,
  withTest: boolean,
): Promise<Answered> {
  const { shown } = await createSubscription(
    ctx,
    checked(subscriptionSpec, {
      endpoint: { type: 'connection', connection_id: row.id, options: wish.options },
      event_types: wish.types,
      description: wish.description || (await firstName(ctx, row, about, wish.types)),
    }),
  );
  // What waits for approval is sent nothing, a test neither.
  if (withTest && shown.state === 'active') {
    const { delivery_id: delivery } = await sendTest(ctx, shown.id);
    return { to: withQuery(deliveryPath(delivery), { done: 'tested' }) };
  }
  const to = recipe === null ? connectionPath(row.id) : recipePath(recipe.id);
  return { to: withQuery(to, { done: 'plugged' }) };
}

/** The second one through the same connection says what it is for. */
async function firstName(
  ctx: Ctx,
  row: ConnectionRow,
  { name }: AboutConnector,
  types: readonly string[],
): Promise<string> {
  const destination = destinationName(name, row);
  if ((await subscriptionsVia(ctx, row)).length === 0) return destination;
  const titles = familiesAmong(types).map(({ title }) => title.toLowerCase());
  return `${destination}: ${titles.slice(0, 3).join(', ')}`;
}

const changedMeanwhile =
  'Another person or a program has changed it since you opened this page. What you chose is kept below; keeping it puts it in that one’s place.';

async function change(
  ctx: Ctx,
  { row, about, version }: Place,
  existing: ShownSubscription,
  wish: Wish,
): Promise<Answered> {
  const changed = {
    endpoint: { type: 'connection', connection_id: row.id, options: wish.options },
    event_types: wish.types,
    description: wish.description || destinationName(about.name, row),
  };
  await changeSubscription(ctx, existing.id, checked(subscriptionChange, changed), version);
  return { to: withQuery(connectionPath(row.id), { done: 'changed' }) };
}

function formPage(place: Place, wish: Wish, wrong: Wrong, preview: Preview | null): Shown {
  const { row, about, existing, recipe, choices } = place;
  const title = existing ? `What goes to ${about.name}` : `Send to ${about.name}`;
  const named = withLabels(wrong, about);
  const needs = about.tiers.find(({ id }) => id === row.tier)?.needs ?? [];
  return {
    title,
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <div class="stack">
        <Crumb href={connectionPath(row.id)}>{destinationName(about.name, row)}</Crumb>
        <h1>{title}</h1>
        <p class="lead">{recipe ? recipe.summary : about.summary}</p>
        <WrongSummary wrong={named} title={existing ? 'Nothing was changed yet' : 'Nothing was made yet'} />
        <div class="cols even">
          <Ask action={plugPath(row.id, existing?.id)} label={title}>
            {recipe ? <input type="hidden" name="recipe" value={recipe.id} /> : null}
            {existing ? <input type="hidden" name="version" value={place.version} /> : null}
            <div class="stack-l">
              <EventPicker chosen={wish.types} wrong={wrong} among={eventsOf(about)} />
              <section class="stack" aria-labelledby="how">
                <h2 id="how">How it appears there</h2>
                {about.form.length === 0 ? (
                  <p class="dim">There is nothing to choose: it is always kept in the same way.</p>
                ) : null}
                <OptionFields
                  fields={about.form}
                  options={wish.options}
                  needs={needs}
                  choices={choices}
                  wrong={named}
                />
                <TextField
                  name="description"
                  label="Name"
                  value={wish.description}
                  placeholder={destinationName(about.name, row)}
                  hint="What it is called here."
                  wrong={wrong}
                  isOptional
                />
              </section>
            </div>
            <div class="row acts">
              <button name="intent" value="make" class="primary">
                {existing ? 'Keep the changes' : 'Switch it on'}
              </button>
              {!existing && about.consumes.includes('integration.test') ? (
                <button name="intent" value="test">
                  Switch on and send a test
                </button>
              ) : null}
              <button
                name="intent"
                value="preview"
                formaction={`${plugPath(row.id, existing?.id)}#there`}
                formnovalidate
              >
                Preview
              </button>
            </div>
          </Ask>
          <aside class="stack" id="there" aria-label="What would appear there">
            <PreviewOf preview={preview} vendor={about.name} words={vendorWords(about.form, choices)} />
          </aside>
        </div>
      </div>
    ),
  };
}
