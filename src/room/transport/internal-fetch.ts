import type { Asked } from '../client'
import type { Assembly } from '../context'
import * as browsing from '../queries/messages'
import * as reading from '../queries/room'
import * as connections from './connect'

/** Does what a room is asked by a request. Throws its refusals. */
export function obey(room: Assembly, asked: Asked, now: number): Response {
  switch (asked.what) {
    case 'socket': {
      const socket = connections.open(room, asked.identity, asked.after, now)
      return new Response(null, { status: 101, webSocket: socket })
    }
    case 'messages':
      return json(browsing.page(room.state, asked.caller, asked.query, now))
    case 'events':
      return json(reading.events(room.state, asked.caller, asked.query, now))
  }
}

// `Response.json` takes half as long again for a page, and a text longer than its bytes.
const json = (content: object) => new Response(encoder.encode(JSON.stringify(content)))
const encoder = new TextEncoder()
