import { html } from 'hono/html'
import { closeCodes } from '../schemas/close-codes'
import { MAX_FRAME, PROTOCOL } from '../schemas/socket'
import { commands, frames, inboxCommands, inboxFrames, named, updates } from './asyncapi'
import { article, contents, fields, heading, prose, sample } from './page'
import type { Message } from './socket-messages'

/** The inbox shares names with rooms. */
const inboxEntry = (message: Message) => entry({ ...message, name: `inbox.${message.name}` })

const entry = ({ name, summary, payload, examples: [example] }: Message) => html`<section>
  ${heading(name)}
  <p>${prose(summary)}</p>
  ${fields(payload, named)} ${sample(example?.payload)}
</section>`

/** Every command and frame of the two sockets, and why they close. */
export const socketPage = article(
  '/docs/socket',
  'Socket',
  html`<p>
      Each room has a socket, and <a href="#inbox">one socket</a> tells of all your rooms. That of a room comes first.
    </p>
    <p>
      Open <code>GET /v1/rooms/{roomId}/socket?after={seq}</code> with the subprotocols
      <code>${PROTOCOL}</code> and <code>bearer.&lt;access token&gt;</code>. Leave <code>after</code> out the first
      time. When you return, send the last seq you have, and you miss nothing.
    </p>
    <p>
      Send <code>ping</code> as soon as it is open: without it, you may learn seconds late that the room closed it.
    </p>
    <p>
      Frames are JSON, sent as text. A client's frame has at most ${MAX_FRAME} bytes. The schema of every frame is in
      <a href="/asyncapi.json">asyncapi.json</a>, and the <a href="/docs">reference</a> shows it beside the
      endpoints. Each event that a frame carries is on the page of <a href="/docs/events">events</a>.
    </p>
    ${contents(
      'Entries',
      [...commands, ...frames].map(({ name }) => name),
    )}
    <h2>What a client may send</h2>
    ${commands.map(entry)}
    <h2>What the room sends</h2>
    ${frames.map(entry)}
    <h2 id="inbox">One socket for all your rooms</h2>
    <p>
      Open <code>GET /v1/me/socket</code> with the same subprotocols. It tells what happens in rooms that are not open:
      the first screen of an app, then every change to it. There is nothing to resume: after a reconnect,
      <code>ready</code> replaces what you had. Where an update and what you have differ, keep the greater
      <code>version</code>. Below, names have <code>inbox.</code> or <code>update.</code> before them, as rooms have some
      of the same.
    </p>
    ${contents('Entries of the inbox', [
      ...[...inboxCommands, ...inboxFrames].map(({ name }) => `inbox.${name}`),
      ...updates.map(({ name }) => `update.${name}`),
    ])}
    <h3>What a client may send to its inbox</h3>
    ${inboxCommands.map(inboxEntry)}
    <h3>What the inbox sends</h3>
    ${inboxFrames.map(inboxEntry)}
    <h3>Updates</h3>
    ${updates.map((update) => entry({ ...update, name: `update.${update.name}` }))}
    <h2 id="close-codes">Why it closes</h2>
    <dl class="codes">
      ${Object.entries(closeCodes).map(
        ([code, { why, next }]) =>
          html`<dt id="${code}"><code>${code}</code></dt>
            <dd>${prose(`${why} ${next}`)}</dd>`,
      )}
    </dl>`,
)
