import { html } from 'hono/html'
import { type Code, statusOf, titleOf } from '../errors'
import { article, contents, heading, prose } from './page'
import { problemNotes } from './problem-notes'

const codes = Object.keys(statusOf) as Code[]

/** Every problem: the `type` of each leads to its place here. */
export const problemsPage = article(
  '/docs/problems',
  'Problems',
  html`<p>
      Whatever goes wrong is answered with <code>application/problem+json</code> (RFC 9457), or with a
      <code>problem</code> on the socket. Branch on its <code>code</code>: the list is closed. Its
      <code>type</code> leads to this page, and its <code>detail</code> says what happened this time.
    </p>
    ${contents('Codes', codes)}
    ${codes.map(
      (code) => html`<section>
        ${heading(code, html`<span class="tag">${statusOf[code]}</span>`)}
        <p><strong>${titleOf[code]}.</strong> ${prose(problemNotes[code].when)}</p>
        <p><span class="label">What to do</span> ${prose(problemNotes[code].next)}</p>
      </section>`,
    )}`,
)
