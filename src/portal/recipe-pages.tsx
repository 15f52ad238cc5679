import {
  type ConnectionRow,
  listConnections,
  listConnectors,
  type ShownConnector,
  subscriptionsVia,
} from '#src/connections';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { ShownSubscription } from '#src/subscriptions';
import { Chip, Crumb } from '#src/ui';
import { destinationName } from './destinations.ts';
import { page, type Portal } from './door.tsx';
import {
  connectionPath,
  connectionsPath,
  connectPath,
  plugPath,
  recipePath,
  recipesPath,
  withQuery,
} from './paths.ts';
import { type Recipe, readRecipe, recipes, type Step } from './recipes.ts';

type Linked = { row: ConnectionRow; via: ShownSubscription[] };
type Progress = { step: Step; offered: ShownConnector[]; linked: Linked[]; on: Linked | null };

/** What most people set up first: pick one, connect what is missing, see it on past events, switch it on. */
export function recipePages(portal: Portal): void {
  page(portal, recipesPath, async ({ ctx }) => {
    const progress = await progressOf(ctx);
    return {
      title: 'Recipes',
      body: (
        <div class="stack">
          <Crumb href={connectionsPath}>Connections</Crumb>
          <h1>Recipes</h1>
          <p class="lead">
            What most people set up first. Each takes a minute, and you see it before it is on.
          </p>
          <ul class="gallery">
            {recipes.map((recipe) => (
              <Card recipe={recipe} progress={recipe.steps.map(progress)} />
            ))}
          </ul>
        </div>
      ),
    };
  });
  page(portal, recipePath(':id'), async ({ ctx, param }) => {
    const recipe = readRecipe(param('id'));
    if (!recipe) throw new PatchbayError('not_found', { public: 'There is no such recipe.' });
    const progress = recipe.steps.map(await progressOf(ctx));
    return { title: recipe.title, body: <One recipe={recipe} progress={progress} /> };
  });
}

async function progressOf(ctx: Ctx): Promise<(step: Step) => Progress> {
  const connectors = await listConnectors(ctx);
  const rows = await listConnections(ctx);
  const linked = await Promise.all(rows.map(async (row) => ({ row, via: await subscriptionsVia(ctx, row) })));
  return (step) => {
    const own = linked.filter(({ row }) => step.connectors.includes(row.connector));
    const isOn = ({ via }: Linked) =>
      via.some(({ event_types: types }) => step.types.some((type) => types.includes(type)));
    return {
      step,
      offered: connectors.filter(({ id }) => step.connectors.includes(id)),
      linked: own,
      on: own.find(isOn) ?? null,
    };
  };
}

const isOffered = (progress: Progress[]): boolean =>
  progress.every(({ offered }) => offered.some(({ is_ready: isReady }) => isReady));
const isOn = (progress: Progress[]): boolean => progress.every(({ on }) => on !== null);

function Card({ recipe, progress }: { recipe: Recipe; progress: Progress[] }) {
  return (
    <li class="stack">
      <h2 class="h3">{recipe.title}</h2>
      <p>{recipe.summary}</p>
      {isOn(progress) ? (
        <p class="row">
          <Chip tone="good">on</Chip>
          <a href={recipePath(recipe.id)}>
            Look at it<span class="vh"> ({recipe.title})</span>
          </a>
        </p>
      ) : isOffered(progress) ? (
        <p>
          <a class="button" href={recipePath(recipe.id)}>
            Set it up<span class="vh"> ({recipe.title})</span>
          </a>
        </p>
      ) : (
        <p class="dim small">The operator of this hub has not switched on what it needs.</p>
      )}
    </li>
  );
}

function One({ recipe, progress }: { recipe: Recipe; progress: Progress[] }) {
  return (
    <div class="stack form">
      <Crumb href={recipesPath}>Recipes</Crumb>
      <div class="row apart">
        <h1>{recipe.title}</h1>
        {isOn(progress) ? <Chip tone="good">on</Chip> : null}
      </div>
      <p class="lead">{recipe.summary}</p>
      <ol class="stack">
        {progress.map((one, i) => (
          <StepOf recipe={recipe} progress={one} at={i + 1} />
        ))}
      </ol>
      {isOn(progress) ? (
        <p class="row">
          <a class="button" href={connectionsPath}>
            To your connections
          </a>
        </p>
      ) : null}
    </div>
  );
}

type StepProps = { recipe: Recipe; progress: Progress; at: number };

function StepOf({ recipe, progress: { step, offered, linked, on }, at }: StepProps) {
  const nameOf = ({ row }: Linked) =>
    destinationName(offered.find(({ id }) => id === row.connector)?.name ?? row.connector, row);
  return (
    <li class="attempt stack">
      <div class="row apart">
        <h2>
          {at}. {step.title}
        </h2>
        {on ? <Chip tone="good">on</Chip> : null}
      </div>
      {on ? (
        <p>
          It goes to <a href={connectionPath(on.row.id)}>{nameOf(on)}</a>.
        </p>
      ) : linked.length > 0 ? (
        <>
          <p>Look at what it would do with your own past events, and switch it on.</p>
          <p class="row">
            {linked.map((one, i) => (
              <a
                class={i === 0 ? 'button primary' : 'button'}
                href={withQuery(plugPath(one.row.id), { recipe: recipe.id })}
              >
                Preview in {nameOf(one)}
              </a>
            ))}
          </p>
        </>
      ) : offered.length > 0 ? (
        <p class="row">
          {offered.map(({ id, name }, i) => (
            <a
              class={i === 0 ? 'button primary' : 'button'}
              href={withQuery(connectPath(id), { recipe: recipe.id })}
            >
              Connect {name}
            </a>
          ))}
        </p>
      ) : (
        <p class="dim">The operator of this hub has not switched on what it needs.</p>
      )}
    </li>
  );
}
