import { z } from 'zod'
import { Emoji } from './emoji'
import { Reason, SharedMember } from './members'
import { SharedMessage, Thread } from './messages'
import { Limit } from './pages'
import { Id, Seq, SeqParam, Timestamp } from './primitives'
import { SharedReaction } from './reactions'
import { SharedRoom } from './rooms'

const common = { seq: Seq, at: Timestamp, by: Id }
const member = {
  ...common,
  member: SharedMember,
  memberCount: z.int().min(0),
  reason: Reason.optional(),
}
const root = Thread.optional().meta({
  description: 'For a reply: the thread it belongs to, with its new counts.',
})
const reaction = {
  ...common,
  messageSeq: Seq,
  emoji: Emoji,
  userId: Id,
  count: z.int().min(0).meta({ description: 'Number of users who now react with this emoji.' }),
  reactions: z
    .array(SharedReaction)
    .meta({ description: 'All reactions of the message, the emoji used first coming first.' }),
}
const pin = { ...common, messageSeq: Seq, pinned: z.boolean() }
const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape })

/** Every durable change of a room. An event carries resulting values, never differences: assign, do not add. */
export const Event = z
  .discriminatedUnion('type', [
    event('message.posted', { ...common, message: SharedMessage, root }),
    event('message.edited', { ...common, message: SharedMessage }),
    event('message.deleted', { ...common, message: SharedMessage, root }),
    event('messages.erased', { ...common, authorId: Id, from: Seq, to: Seq }),
    event('reaction.added', reaction),
    event('reaction.removed', reaction),
    event('message.pinned', pin),
    event('message.unpinned', pin),
    event('member.joined', member),
    event('member.added', member),
    event('member.left', member),
    event('member.removed', member),
    event('member.banned', member),
    event('member.unbanned', member),
    event('member.changed', member),
    event('room.changed', { ...common, room: SharedRoom }),
    event('room.frozen', { ...common, room: SharedRoom }),
    event('room.deleted', { ...common, room: SharedRoom }),
  ])
  .meta({ id: 'Event' })
export type Event = z.infer<typeof Event>
export type EventType = Event['type']

export const EventsQuery = z.strictObject({
  after: SeqParam.meta({
    description: 'The last seq you have. 0 starts from the beginning.',
    example: 0,
  }),
  limit: Limit,
})
export type EventsQuery = z.infer<typeof EventsQuery>

/** The state of a room at `seq`. Apply the events after it to get the current state. */
export const Snapshot = z
  .strictObject({
    seq: Seq,
    room: SharedRoom,
    messages: z.array(SharedMessage).meta({ description: 'The latest 50 messages, newest first.' }),
  })
  .meta({ id: 'Snapshot' })
export type Snapshot = z.infer<typeof Snapshot>

export const Events = z
  .union([
    z.strictObject({
      items: z.array(Event).meta({
        description: 'Events in order and without gaps: each seq is the previous one plus 1.',
      }),
      seq: Seq,
      more: z.boolean().meta({
        description: 'Whether more events follow. Ask again with `after` set to `seq`.',
        example: false,
      }),
    }),
    z.strictObject({
      limited: z.literal(true).meta({
        description: 'You missed too many events. Replace your state with the snapshot.',
      }),
      snapshot: Snapshot,
    }),
  ])
  .meta({ id: 'Events' })
export type Events = z.infer<typeof Events>
