import { randomUUID } from 'node:crypto'
import { Frames } from '../clients/frames'
import type { Server } from '../runtime/server'
import type { Call, Dialect, RoomAddress } from './dialect'
import type { Target } from './target'

const call = (method: string, room: RoomAddress, query = ''): Call => ({
  method,
  path: `/rooms/${room.roomId}${query}`,
  headers: {},
})

const dialect: Dialect = {
  name: 'floor',
  greets: false,
  socket: (room) => ({ path: `/rooms/${room.roomId}`, protocols: [] }),
  post: (room, member, nonce, text) => JSON.stringify({ author: room.tokens[member], nonce, text }),
  react: (room, member, nonce, { emoji }) =>
    JSON.stringify({ author: room.tokens[member], nonce, text: emoji }),
  read(frame) {
    if (frame === 'pong') return { events: [], acknowledged: [], isPong: true }
    const { seq, nonce } = JSON.parse(frame)
    return { events: [{ seq, nonce }], acknowledged: [nonce] }
  },
  httpPost: (room, nonce, text) => ({
    ...call('POST', room),
    body: JSON.stringify({ author: room.tokens[0], nonce, text }),
  }),
  history: (room, before) => call('GET', room, `?before=${before}`),
}

/** The bare floor. Its members are ids that nobody checks. */
export const floor = (server: Server): Target => ({
  dialect,
  server,
  room: async (members) => ({
    dialect,
    url: server.url,
    roomId: randomUUID(),
    tokens: Array.from({ length: members }, () => randomUUID()),
    frames: new Frames(dialect),
  }),
})
