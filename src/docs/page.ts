import { html, raw } from 'hono/html'
import { type JsonSchema, resolved } from './schema-example'

export type Html = ReturnType<typeof html>

const PAGES = {
  '/docs': 'Reference',
  '/docs/socket': 'Socket',
  '/docs/events': 'Events',
  '/docs/problems': 'Problems',
  '/docs/client': 'Client',
}
type Path = keyof typeof PAGES

/** What every page of the docs starts with: the same bar, from which each leads to the others. */
export const page = (path: Path, content: Html) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>chatroom: ${PAGES[path]}</title>
    <link rel="icon" href="/docs/icon.svg" />
    <link rel="stylesheet" href="/docs/style.css" />
  </head>
  <body>
    <header class="bar">
      <nav aria-label="Docs">
        ${Object.entries(PAGES).map(
          ([href, name]) =>
            html`<a href="${href}"${href === path ? raw(' aria-current="page"') : ''}>${name}</a>`,
        )}
      </nav>
    </header>
    ${content}
  </body>
</html>`

/** A page to read, which needs no script. */
export const article = (path: Path, title: string, content: Html) =>
  page(
    path,
    html`<main class="article">
      <h1>${title}</h1>
      ${content}
    </main>`,
  )

/** A list of links to the entries of a page. */
export const contents = (
  label: string,
  names: string[],
) => html`<nav class="contents" aria-label="${label}">
  ${names.map((name) => html`<a href="#${name}"><code>${name}</code></a>`)}
</nav>`

/** The heading of an entry, which leads to itself so that it can be copied. */
export const heading = (name: string, note: Html | string = '') =>
  html`<h3 id="${name}"><a class="anchor" href="#${name}"><code>${name}</code></a> ${note}</h3>`

/** Text with the `code` and the **strong** words of Markdown. */
export const prose = (markdown: string): Html[] =>
  markdown.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`')) return html`<code>${part.slice(1, -1)}</code>`
    return part.startsWith('**') ? html`<strong>${part.slice(2, -2)}</strong>` : html`${part}`
  })

export const sample = (value: unknown) =>
  html`<pre tabindex="0"><code>${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</code></pre>`

/** The fields of an object: name, type and what they mean. */
export function fields(schema: JsonSchema, named: Record<string, JsonSchema>): Html {
  const { properties = {}, required = [] } = resolved(schema, named)
  return html`<dl class="fields">
    ${Object.entries(properties).map(([name, field]) => {
      const isOptional = !required.includes(name)
      return html`<dt><code>${name}</code> <span>${typeOf(field)}${isOptional ? ', optional' : ''}</span></dt>
        <dd>${prose(descriptionOf(field, named))}</dd>`
    })}
  </dl>`
}

const nameOf = ($ref: string) => $ref.split('/').at(-1) ?? ''

/** What a field holds, in a word or two. */
function typeOf({
  $ref,
  allOf,
  anyOf,
  oneOf,
  const: only,
  enum: some,
  type,
  items,
}: JsonSchema): string {
  if ($ref) return nameOf($ref)
  if (only !== undefined) return JSON.stringify(only)
  if (some) return some.map((value) => JSON.stringify(value)).join(' or ')
  const parts = anyOf ?? oneOf ?? allOf
  if (parts) return [...new Set(parts.map(typeOf))].join(' or ')
  if (type === 'array') return `list of ${items ? typeOf(items) : 'anything'}`
  return [type ?? 'anything'].flat().join(' or ')
}

/** What a field means: its own description, or that of the schema it names. */
function descriptionOf(
  { description, $ref, allOf }: JsonSchema,
  named: Record<string, JsonSchema>,
): string {
  const target = $ref ?? allOf?.[0]?.$ref
  return description ?? (target ? (named[nameOf(target)]?.description ?? '') : '')
}
