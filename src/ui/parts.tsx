import type { Child } from 'hono/jsx';

export type Tone = 'good' | 'wait' | 'bad' | 'off' | 'plain';

/** A state: a shape, a word and a colour, so that none of them is needed alone. */
export function Chip({ tone, children }: { tone: Tone; children: Child }) {
  return <span class={`chip ${tone}`}>{children}</span>;
}

/** An id or a secret. The button comes with the script. */
export function Copyable({ text, name }: { text: string; name: string }) {
  return (
    <span class="copy">
      <code>{text}</code>
      <button type="button" data-copy={text} aria-label={`Copy ${name}`} hidden>
        Copy
      </button>
    </span>
  );
}

/** Lines to take along, such as an example. */
export function CopyBlock({ text, name }: { text: string; name: string }) {
  return (
    <div>
      <pre>{text}</pre>
      <button type="button" class="plain" data-copy={text} aria-label={`Copy ${name}`} hidden>
        Copy
      </button>
    </div>
  );
}

/** A list with nothing in it says what would be there, and how it gets there. */
export function Empty({ title, children }: { title: string; children: Child }) {
  return (
    <div class="empty stack">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Note({ tone, title, children }: { tone: Tone; title?: string; children?: Child }) {
  return (
    <section class={`note ${tone}`}>
      {title ? <h2>{title}</h2> : null}
      {children}
    </section>
  );
}

export type Fact = [name: string, value: Child];

export function Facts({ facts }: { facts: (Fact | null)[] }) {
  return (
    <dl class="fact">
      {facts
        .filter((fact) => fact !== null)
        .map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
    </dl>
  );
}

/** Shown this once. */
export function Secret({ text, name, children }: { text: string; name: string; children: Child }) {
  return (
    <section class="secret stack" aria-label={name}>
      <h2>{name}</h2>
      <Copyable text={text} name={name} />
      {children}
    </section>
  );
}

/** Keeps its place: the way on is a link with the cursor in it. */
export function Pages({
  first,
  next,
  isOldestFirst = false,
}: {
  first: string | null;
  next: string | null;
  isOldestFirst?: boolean;
}) {
  if (first === null && next === null) return null;
  return (
    <nav class="pages" aria-label="Pages">
      {first === null ? null : (
        <a class="button" href={first}>
          {isOldestFirst ? 'Oldest' : 'Newest'}
        </a>
      )}
      {next === null ? null : (
        <a class="button" href={next} rel="next">
          {isOldestFirst ? 'Newer' : 'Older'}
        </a>
      )}
    </nav>
  );
}
