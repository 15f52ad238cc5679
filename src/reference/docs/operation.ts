import { html } from 'hono/html';
import { always } from '#src/wire';
import { curlOf } from './example.ts';
import { fieldsOf, fieldTable, ticked, typeOf } from './fields.ts';
import type { Answer, Caller, Operation, Reference, Schema } from './model.ts';

type Html = ReturnType<typeof html>;
/** Where each shape was shown first, so that it is drawn once on a page. */
type Place = { href: string; title: string; isAnswer: boolean };
export type Shapes = Map<string, Place>;

export function operationArticle(reference: Reference, operation: Operation, shapes: Shapes): Html {
  const { id, method, path, summary, description, caller, parameters, body, answers } = operation;
  const curl = curlOf(reference, operation);
  // A 304 is said once, at the start.
  const good = answers.filter(({ error, status }) => error === null && status !== '304');
  const find =
    `${method} ${path} ${summary} ${'scopes' in caller ? caller.scopes.join(' ') : ''} ${id}`.toLowerCase();
  return html`<article id="${id}" data-find="${find}">
<h3><a href="#${id}">${summary}</a></h3>
<p class="call"><span class="m ${method.toLowerCase()}">${method}</span> <code>${path}</code> ${callerChip(caller)}</p>
${description ? html`<p>${ticked(description)}</p>` : ''}
${parameters.length > 0 ? fold('Parameters', parameterTable(reference, parameters)) : ''}
${body ? fold(bodyTitle(body.type), shape(reference, body.schema, shapes, { href: `#${id}`, title: `the body of “${summary}”`, isAnswer: false })) : ''}
${good.map((answer) => goodAnswer(reference, operation, answer, shapes))}
${fold('Errors', errorList(answers))}
${curl === null ? '' : fold('With curl', html`<pre><code>${curl}</code></pre>`)}
</article>`;
}

function callerChip(caller: Caller): Html {
  const needs =
    'scopes' in caller && caller.scopes.length > 0 ? html`<code>${caller.scopes.join(', ')}</code>` : '';
  switch (caller.by) {
    case 'anybody':
      return html`<span class="scope">no token</span>`;
    case 'client':
      return html`<span class="scope">client authentication</span>`;
    case 'registration':
      return html`<span class="scope">registration token</span>`;
    case 'token':
      return html`<span class="scope">${needs ? html`needs ${needs}` : 'any token'}</span>`;
    case 'staff':
      return html`<span class="scope">${needs ? html`staff with ${needs}` : 'any staff'}</span>`;
  }
}

const bodyTitle = (type: string): string => (type === 'application/json' ? 'Body' : 'Body, a form');

const fold = (title: Html | string, inside: Html): Html =>
  html`<details><summary>${title}</summary>${inside}</details>`;

function parameterTable(reference: Reference, parameters: Operation['parameters']): Html {
  return fieldTable(
    parameters.map(({ name, in: place, required, description, schema }) => ({
      depth: 0,
      name,
      type: typeOf(reference, schema),
      isRequired: required ?? false,
      words: [
        place === 'query' ? '' : `In the ${place}.`,
        description ?? schema.description,
        presetOf(schema),
      ]
        .filter(Boolean)
        .join(' '),
    })),
  );
}

const presetOf = ({ default: preset }: Schema): string =>
  preset === undefined ? '' : `Default ${JSON.stringify(preset)}.`;

function goodAnswer(reference: Reference, operation: Operation, answer: Answer, shapes: Shapes): Html {
  const title = html`<span class="ok">${answer.status}</span> ${ticked(answer.description)}`;
  const { schema } = answer;
  if (!schema || fieldsOf(reference, schema).length === 0) return html`<p class="plain">${title}</p>`;
  return fold(
    title,
    shape(reference, schema, shapes, {
      href: `#${operation.id}`,
      title: `the answer of “${operation.summary}”`,
      isAnswer: true,
    }),
  );
}

function shape(reference: Reference, schema: Schema, shapes: Shapes, here: Place): Html {
  const entry = entryOf(reference, schema);
  if (entry) {
    return html`<p>A page, <code>{"data":[…],"next_cursor":…}</code>. Each entry:</p>${shape(reference, entry, shapes, here)}`;
  }
  const rows = fieldsOf(reference, schema);
  const key = JSON.stringify(rows);
  const known = shapes.get(key);
  if (known && rows.length > 3) return html`<p>The same as <a href="${known.href}">${known.title}</a>.</p>`;
  shapes.set(key, here);
  return fieldTable(rows, here.isAnswer);
}

/** What a page is of, so that its entry is known again where it stands alone. */
function entryOf(reference: Reference, schema: Schema): Schema | null {
  const { data, next_cursor: cursor, ...rest } = reference.resolve(schema).properties ?? {};
  return cursor && Object.keys(rest).length === 0 ? (data?.items ?? null) : null;
}

/** The codes of each status. Of the API's, less those that any call may answer: they stand once, in the list of all. */
function errorList(answers: Answer[]): Html {
  const rows = answers.map(({ status, description, error }) => {
    const codes = error === null ? [] : [...description.matchAll(/`(\w+)`/g)].map(([, code = '']) => code);
    const told = codes
      .filter((code) => error === 'oauth' || !common.has(code))
      .map((code) =>
        error === 'oauth'
          ? html` <code>${code}</code>`
          : html` <a href="#error-${code}"><code>${code}</code></a>`,
      );
    return told.length === 0 ? '' : html`<li><span class="bad">${status}</span>${told}</li>`;
  });
  const isOfApi = answers.some(({ error }) => error === 'problem');
  return html`<ul class="errors">${rows}${isOfApi ? html`<li><a href="#errors">And those of any call.</a></li>` : ''}</ul>`;
}

const common = new Set<string>(always);
