import { html } from 'hono/html'
import type { EventType } from '../schemas/events'
import { events, named } from './asyncapi'
import { eventNotes } from './event-notes'
import { article, contents, fields, heading, prose, sample } from './page'

/** Every event: when it happens, who causes it and what it carries. */
export const eventsPage = article(
  '/docs/events',
  'Events',
  html`<p>
      Everything that lasts in a room is an event. All events of a room have one dense sequence: each
      <code>seq</code> is the one before plus 1. They arrive on the <a href="/docs/socket">socket</a> in
      <code>events</code> frames, and <code>GET /v1/rooms/{roomId}/events</code> lists them.
    </p>
    <p>
      An event carries resulting values, never differences: assign what it carries, and applying it twice does no
      harm. What a replayed event refers to is shown as it is now.
    </p>
    ${contents(
      'Events',
      events.map(({ name }) => name),
    )}
    ${events.map(({ name, summary, payload, examples }) => {
      const { by, more = '' } = eventNotes[name as EventType]
      return html`<section>
        ${heading(name)}
        <p>${prose(`${summary} ${more}`)}</p>
        <p><span class="label">Caused by</span> ${prose(by)}</p>
        ${fields(payload, named)} ${examples.map((example) => sample(example.payload))}
      </section>`
    })}`,
)
