import { z } from 'zod'
import type { Code } from '../errors'
import { Emoji } from './emoji'
import { Event, Snapshot } from './events'
import { hasContent, MessageText, NewMessage } from './messages'
import { Id, Seq } from './primitives'
import { SocketProblem } from './problems'
import { ReadMarker } from './read-markers'
import { SharedRoom } from './rooms'

export const PROTOCOL = 'chat.v1'
/** Bytes of one frame from a client. */
export const MAX_FRAME = 32 * 1024
/** Past this many online users their ids are no longer sent, only their count. */
export const MAX_ONLINE_IDS = 200

const Ref = z.union([z.string().max(64), z.int()])
const ref = Ref.optional().meta({
  description: 'Echoed in the answer. Left out: no answer comes.',
  example: 'c7',
})
const echoed = Ref.meta({ description: 'The `ref` of the command.', example: 'c7' })

const command = <T extends string, S extends z.ZodRawShape>(
  name: T,
  description: string,
  shape: S,
) => z.strictObject({ do: z.literal(name), ref, ...shape }).meta({ description })

/** What a client may send, beside the text `ping`. */
export const Command = z
  .discriminatedUnion('do', [
    command('message.post', 'Posts a message, once per nonce.', NewMessage.shape).refine(
      hasContent,
      {
        message: 'must not be blank without attachments',
        path: ['text'],
      },
    ),
    command('message.edit', 'Changes the text of your message.', { seq: Seq, text: MessageText }),
    command('message.delete', 'Deletes your message.', { seq: Seq }),
    command('reaction.add', 'Gives an emoji to a message.', { seq: Seq, emoji: Emoji }),
    command('reaction.remove', 'Takes your emoji back.', { seq: Seq, emoji: Emoji }),
    command('read.mark', 'Says how far you have read.', ReadMarker.shape),
    command('typing', 'Says that you are writing; told at most every 5 seconds.', {}),
    command('auth', 'Brings a newer access token, before the old one ends the socket.', {
      token: z
        .string()
        .min(1)
        .max(2048)
        .meta({ example: 'eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiIwMTk5In0.c2ln' }),
    }),
  ])
  .meta({ id: 'Command' })
export type Command = z.infer<typeof Command>

export const CommandAnswer = z
  .union([
    z.strictObject({ ref: echoed, seq: Seq }),
    z.strictObject({ ref: echoed, problem: SocketProblem }),
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
    z.strictObject({ ready: Ready }).meta({
      description: 'The first frame: where the room is. After `resumed: true` the events follow.',
    }),
    z.strictObject({ events: z.array(Event).min(1) }).meta({
      description: 'What happened, dense and in order: each seq is the one before plus 1.',
    }),
    z.strictObject({ live: z.array(Live).min(1) }).meta({
      description: 'What is so at this moment and is stored nowhere.',
    }),
    z.strictObject({ answers: z.array(CommandAnswer).min(1) }).meta({
      description: 'What became of your commands, after the events that they caused.',
    }),
  ])
  .meta({ id: 'Frame' })
export type Frame = z.infer<typeof Frame>

/** Why a socket ends and what the client does then. */
export const closeCodes: Record<number, { why: string; next: string }> = {
  1000: { why: 'bye', next: 'Stay away.' },
  1012: { why: 'restart', next: 'Return after a random pause, with `after`.' },
  4400: { why: 'bad frame or request', next: 'Stay away; it is a bug of the client.' },
  4401: { why: 'token expired or bad', next: 'Refresh the session, then return with `after`.' },
  4403: { why: 'removed or banned', next: 'Stay away.' },
  4404: { why: 'no such room, or it was deleted', next: 'Stay away.' },
  4408: {
    why: 'too slow: 8 MB were sent, and no ping or command came',
    next: 'Return with `after`.',
  },
  4429: { why: 'flooding, or too many sockets', next: 'Return after a pause, with `after`.' },
}

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
