import { z } from 'zod'
import type { Code } from '../errors'
import { Event, Snapshot } from './events'
import { MessageText, postFields, saysSomething } from './messages'
import { Id, Seq } from './primitives'
import { SocketProblem } from './problems'
import { ReadMarker } from './read-markers'
import { SharedRoom } from './rooms'

export const PROTOCOL = 'chat.v1'
/** Bytes of one frame from a client. */
export const MAX_FRAME = 32 * 1024
/** Past this many online users their ids are no longer sent, only their count. */
export const MAX_ONLINE_IDS = 200

const ref = z
  .union([z.string().max(64), z.int()])
  .optional()
  .meta({ description: 'Echoed in the answer. Left out: no answer comes.' })

/** What a client may send, beside the text `ping`. */
export const Command = z
  .discriminatedUnion('do', [
    z
      .strictObject({ do: z.literal('message.post'), ref, ...postFields })
      .refine(saysSomething, { message: 'must not be blank without attachments', path: ['text'] }),
    z.strictObject({ do: z.literal('message.edit'), ref, seq: Seq, text: MessageText }),
    z.strictObject({ do: z.literal('message.delete'), ref, seq: Seq }),
    z.strictObject({ do: z.literal('read.mark'), ref, ...ReadMarker.shape }),
    z.strictObject({ do: z.literal('typing'), ref }),
    z.strictObject({ do: z.literal('auth'), ref, token: z.string().min(1).max(2048) }),
  ])
  .meta({ id: 'Command' })
export type Command = z.infer<typeof Command>

export const CommandAnswer = z
  .union([
    z.strictObject({ ref: z.union([z.string(), z.int()]), seq: Seq }),
    z.strictObject({ ref: z.union([z.string(), z.int()]), problem: SocketProblem }),
  ])
  .meta({ id: 'CommandAnswer' })
export type CommandAnswer = z.infer<typeof CommandAnswer>

export const Live = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('typing'), userId: Id }),
    z.strictObject({ type: z.literal('read'), userId: Id, seq: Seq }),
    z.strictObject({
      type: z.literal('presence'),
      userId: Id.nullable().meta({ description: 'null past 200 online: only the count is told.' }),
      online: z.boolean().nullable(),
      count: z.int(),
    }),
  ])
  .meta({ id: 'Live' })
export type Live = z.infer<typeof Live>

export const Ready = z
  .strictObject({
    seq: Seq,
    room: SharedRoom,
    online: z.strictObject({ count: z.int(), users: z.array(Id).nullable() }),
    resumed: z.union([z.boolean(), z.literal('limited')]),
    snapshot: Snapshot.optional(),
  })
  .meta({ id: 'Ready' })
export type Ready = z.infer<typeof Ready>

/** What the room may send: each frame is one of these. */
export const Frame = z
  .union([
    z.strictObject({ ready: Ready }),
    z.strictObject({ events: z.array(Event).min(1) }),
    z.strictObject({ live: z.array(Live).min(1) }),
    z.strictObject({ answers: z.array(CommandAnswer).min(1) }),
  ])
  .meta({ id: 'Frame' })
export type Frame = z.infer<typeof Frame>

/** How a refusal that ends a socket is told: the close code of a problem. */
export function closeCodeOf(code: Code): number {
  switch (code) {
    case 'unauthenticated':
    case 'token_expired':
      return 4401
    case 'not_found':
    case 'gone':
      return 4404
    case 'malformed':
    case 'invalid':
    case 'too_large':
    case 'unsupported_type':
      return 4400
    case 'rate_limited':
      return 4429
    case 'internal':
    case 'unavailable':
      return 1012
    default:
      return 4403
  }
}
