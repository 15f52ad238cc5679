import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sink, until } from '../harness/sink.ts';
import type { Zapier } from './stand.ts';

type Input = Record<string, unknown>;
export type Zap = {
  name: string;
  about: string;
  trigger:
    | { app: 'patchbay'; key: string; input: Input }
    /** Another vendor's, with what it sends. */
    | { app: string; event: string; sample: Input };
  /** Ours are played; another vendor's are filled in and no more. */
  steps: ({ name: string; app: string; input: Input } & (
    | { create: string }
    | { search: string }
    | { action: string }
  ))[];
};

const folder = 'connectors/zapier/zaps';

export const zaps: readonly (readonly [file: string, Zap])[] = readdirSync(folder).map(
  (file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Zap] as const,
);

type Ran = Record<string, any>;

/** One run, from what happens to the last step: what each step gave, by its name. `happen` makes the trigger's event. */
export async function runZap(
  { app, play }: Pick<Zapier, 'app' | 'play'>,
  { trigger, steps }: Zap,
  { authData, sink, happen }: { authData: Input; sink: Sink; happen: (event: string) => Promise<void> },
): Promise<Ran> {
  const ran: Ran = { trigger: 'sample' in trigger ? trigger.sample : await triggered(trigger) };
  for (const step of steps) {
    const inputData = filled(step.input, ran) as Input;
    ran[step.name] = await played(step, inputData);
  }
  return ran;

  /** Switched on, pushed to, switched off. */
  async function triggered({ key, input }: { key: string; input: Input }): Promise<unknown> {
    const { operation } = app.triggers[key];
    const path = `/zaps/${key}/${Math.random()}`;
    const bundle = { authData, inputData: input, targetUrl: sink.origin + path };
    const subscribeData = await play(operation.performSubscribe, bundle);
    await happen(String(input['event']));
    const pushed = () => sink.received.find((one) => one.path === path);
    await until(`the hub pushes to ${path}`, () => pushed() !== undefined);
    const cleanedRequest: unknown = JSON.parse(pushed()?.body ?? '');
    const [run] = await play(operation.perform, { ...bundle, cleanedRequest });
    await play(operation.performUnsubscribe, { ...bundle, subscribeData });
    return run;
  }

  async function played(step: Zap['steps'][number], inputData: Input): Promise<unknown> {
    if ('create' in step) return play(app.creates[step.create].operation.perform, { authData, inputData });
    if (!('search' in step)) return inputData;
    const found = await play(app.searches[step.search].operation.perform, { authData, inputData });
    return found[0];
  }
}

/** As Zapier fills in fields: `{{step.path.to.value}}`. What is not there is a fault of the zap. */
function filled(value: unknown, ran: Ran): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, ran));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, ran)]));
  if (typeof value !== 'string') return value;
  return value.replaceAll(/\{\{([\w.]+)\}\}/g, (_, path: string) => {
    const found = path.split('.').reduce<any>((at, name) => at?.[name], ran);
    if (found === undefined || found === null)
      throw new Error(`the zap asks for ${path}, which is not there`);
    return String(found);
  });
}
