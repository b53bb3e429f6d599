import { html } from 'hono/html'

/** What is sent: the same words as text and as HTML. Neither loads anything, so nobody learns that it was opened. */
export interface Letter {
  subject: string
  text: string
  html: string
}

/** A letter to one address. */
export interface Message extends Letter {
  to: string
}

interface Words {
  subject: string
  /** What it says, a paragraph each. */
  paragraphs: string[]
  link?: { label: string; url: string }
  /** What stands below the link. */
  closing?: string[]
}

/** Writes a letter. Whatever comes from people is escaped in its HTML, and none of it stands in its subject. */
export function write({ subject, paragraphs, link, closing = [] }: Words): Letter {
  const text = [...paragraphs, ...(link ? [`${link.label}:\n${link.url}`] : []), ...closing]
  const body = html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>${subject}</title></head>
  <body style="margin:0 auto;max-width:36em;padding:1.5em;font:16px/1.5 sans-serif">
    ${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
    ${link ? html`<p><a href="${link.url}">${link.label}</a></p><p>${link.url}</p>` : ''}
    ${closing.map((paragraph) => html`<p>${paragraph}</p>`)}
  </body>
</html>`
  return { subject, text: `${text.join('\n\n')}\n`, html: body.toString() }
}
