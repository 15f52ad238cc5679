import type { Child } from 'hono/jsx';

/** JSON as people read it: highlighted, and folded where it is long and deep. Without script: `<details>` folds. */
export function Payload({ value, label }: { value: unknown; label: string }) {
  return (
    <div class="json" role="group" aria-label={label}>
      <Node value={value} depth={0} end="" />
    </div>
  );
}

type Place = { name?: string; value: unknown; depth: number; end: string };

function Node({ name, value, depth, end }: Place) {
  const head = name === undefined ? null : <Key name={name} />;
  if (typeof value !== 'object' || value === null) {
    return (
      <div>
        {head}
        <Scalar value={value} />
        {end}
      </div>
    );
  }
  const isList = Array.isArray(value);
  const entries: [string | undefined, unknown][] = isList
    ? value.map((one: unknown) => [undefined, one])
    : Object.entries(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return <div>{[head, open, close, end]}</div>;
  const inside = entries.map(([key, one], i) => (
    <Node
      {...(key === undefined ? {} : { name: key })}
      value={one}
      depth={depth + 1}
      end={i === entries.length - 1 ? '' : ','}
    />
  ));
  if (depth === 0) return <Block open={open} close={close} inside={inside} />;
  return (
    <details {...(depth === 1 || entries.length <= 3 ? { open: true } : {})}>
      <summary>
        {head}
        {open}
        <span class="gist">{` ${entries.length} ${isList ? 'entries' : 'fields'} ${close}${end}`}</span>
      </summary>
      <div class="in">{inside}</div>
      <div>
        {close}
        {end}
      </div>
    </details>
  );
}

function Block({ open, close, inside }: { open: string; close: string; inside: Child[] }) {
  return (
    <>
      <div>{open}</div>
      <div class="in">{inside}</div>
      <div>{close}</div>
    </>
  );
}

function Key({ name }: { name: string }) {
  return (
    <>
      <span class="k">{JSON.stringify(name)}</span>
      {': '}
    </>
  );
}

function Scalar({ value }: { value: unknown }) {
  const kind = typeof value === 'string' ? 's' : typeof value === 'number' ? 'n' : 'b';
  return <span class={kind}>{JSON.stringify(value)}</span>;
}
