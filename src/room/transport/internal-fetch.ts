import type { RoomContext } from '../context'
import { listEvents } from '../queries/event-log'
import { listMessages } from '../queries/messages'
import { openSocket } from './connect'
import type { InternalRequest } from './internal-request'

/** Answers what the room is asked by `fetch`. Throws its refusals. Why not RPC: docs/decisions/0014-pages-by-fetch.md. */
export function handleInternalRequest(
  room: RoomContext,
  request: InternalRequest,
  now: number,
): Response {
  const { state } = room
  switch (request.path) {
    case 'socket': {
      const socket = openSocket(room, request.identity, request.after, now)
      return new Response(null, { status: 101, webSocket: socket })
    }
    case 'messages':
      return json(listMessages({ state, caller: request.caller, now }, request.query))
    case 'events':
      return json(listEvents({ state, caller: request.caller, now }, request.query))
  }
}

// `Response.json` takes half as long again for a page, and a text longer than its bytes.
const json = (content: object) => new Response(encoder.encode(JSON.stringify(content)))
const encoder = new TextEncoder()
