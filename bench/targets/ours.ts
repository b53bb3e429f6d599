import { Frames } from '../clients/frames'
import type { Server } from '../runtime/server'
import type { Call, Dialect, RoomAddress } from './dialect'
import * as people from './people'
import type { Target } from './target'

const call = (method: string, room: RoomAddress, path: string): Call => ({
  method,
  path: `/v1/rooms/${room.roomId}/messages${path}`,
  headers: { Authorization: `Bearer ${room.tokens[0]}`, 'Content-Type': 'application/json' },
})

interface OurFrame {
  ready?: { seq: number }
  events?: { seq: number; message?: { nonce: string } }[]
  answers?: { ref: string; problem?: { code: string } }[]
}

export const dialect: Dialect = {
  name: 'ours',
  greets: true,
  socket: (room, member, after) => ({
    path: `/v1/rooms/${room.roomId}/socket${after === undefined ? '' : `?after=${after}`}`,
    protocols: ['chat.v1', `bearer.${room.tokens[member]}`],
  }),
  post: (_room, _member, nonce, text) =>
    JSON.stringify({ do: 'message.post', ref: nonce, nonce, text }),
  react: (_room, _member, ref, { seq, emoji, isGiven }) =>
    JSON.stringify({ do: isGiven ? 'reaction.add' : 'reaction.remove', ref, seq, emoji }),
  read(frame) {
    if (frame === 'pong') return { events: [], acknowledged: [], isPong: true }
    const { ready, events = [], answers = [] } = JSON.parse(frame) as OurFrame
    return {
      ...(ready && { ready: ready.seq }),
      events: events.map(({ seq, message }) => ({ seq, nonce: message?.nonce })),
      acknowledged: answers.map(({ ref, problem }) => {
        if (problem) throw new Error(`A post was refused: ${problem.code}`)
        return ref
      }),
    }
  },
  httpPost: (room, nonce, text) => ({
    ...call('POST', room, ''),
    body: JSON.stringify({ nonce, text }),
  }),
  history: (room, before) => call('GET', room, `?before=${before}&limit=50`),
}

/** The service itself. */
export const ours = (server: Server): Target => ({
  dialect,
  server,
  room: async (members) => {
    const tokens = await people.signedIn(await server.database('DB'), members)
    const roomId = await people.gather(server.url, tokens)
    return { dialect, url: server.url, roomId, tokens, frames: new Frames(dialect) }
  },
})
