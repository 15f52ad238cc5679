import { html, raw } from 'hono/html';
import { errorCodes } from '#src/errors';
import { always } from '#src/wire';
import { ticked } from './fields.ts';
import { type Operation, type Reference, referenceOf } from './model.ts';
import { operationArticle, type Shapes } from './operation.ts';

type Html = ReturnType<typeof html>;

/** The reference as one page that reads well without script: the filter and the copy buttons come with it. */
export async function referencePage(document: Parameters<typeof referenceOf>[0]): Promise<string> {
  const reference = referenceOf(document);
  const shapes: Shapes = new Map();
  return await html`${raw('<!doctype html>')}
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${reference.title} API reference</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/reference.css"><script type="module" src="/docs/reference.js"></script></head>
<body><a class="skip" href="#main">Skip to the reference</a>
<header><p class="name">${reference.title} <span>API ${reference.version}</span></p>
<p class="links"><a href="/openapi.json">OpenAPI 3.1</a></p></header>
<div class="page">${navigation(reference)}
<main id="main">${introduction(reference)}
${reference.groups.map(
  ({
    name,
    description,
    operations,
  }) => html`<section id="${slug(name)}"><h2>${name}</h2><p>${ticked(description)}</p>
${operations.map((operation) => operationArticle(reference, operation, shapes))}</section>`,
)}
<section id="your-endpoint"><h2>Your endpoint</h2><p>What the hub sends, and what it expects back.</p>
${reference.webhooks.map((operation) => operationArticle(reference, operation, shapes))}</section>
${errorSection()}
<p id="nothing" hidden>Nothing fits. Try a part of a path, a scope or a word.</p>
</main></div></body></html>`;
}

function navigation({ groups, webhooks }: Reference): Html {
  const group = (
    name: string,
    operations: Operation[],
  ): Html => html`<li><a href="#${slug(name)}">${name}</a><ul>
${operations.map(
  ({ id, method, summary }) =>
    html`<li data-for="${id}"><a href="#${id}"><span class="m ${method.toLowerCase()}">${method}</span> <span>${summary}</span></a></li>`,
)}</ul></li>`;
  return html`<nav aria-label="Reference"><label class="find" hidden>Find <input type="search" placeholder="path, scope or word" autocomplete="off"> <kbd>/</kbd></label>
<details class="toc" open><summary>Contents</summary><ul><li><a href="#start">Start here</a></li>
${groups.map(({ name, operations }) => group(name, operations))}
${group('Your endpoint', webhooks)}<li><a href="#errors">All errors</a></li></ul></details></nav>`;
}

function introduction({ introduction: paragraphs, server }: Reference): Html {
  return html`<section id="start"><h1>API reference</h1>
<p>Everything is at <code>${server}</code>. Try your token:</p>
<pre><code>curl -H "Authorization: Bearer $PATCHBAY_TOKEN" "${server}/v1/me"</code></pre>
${paragraphs.filter((text) => !text.startsWith('Codes:')).map((text) => html`<p>${ticked(text)}</p>`)}</section>`;
}

function errorSection(): Html {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, title }]) =>
      html`<tr id="error-${code}"><td><code>${code}</code></td><td><span class="bad">${status}</span></td><td>${title}.</td></tr>`,
  );
  return html`<section id="errors"><h2>All errors</h2>
<p>The list is closed: a code never changes its meaning or its status, and a new case gets a new one.
Any call with a token may answer ${always.map((code, i) => html`${i === 0 ? '' : ', '}<code>${code}</code>`)}.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
