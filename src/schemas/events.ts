import { z } from 'zod'
import { Emoji } from './emoji'
import { Reason, SharedMember } from './members'
import { SharedMessage, Thread } from './messages'
import { Limit } from './pages'
import { Id, Seq, SeqParam, Timestamp } from './primitives'
import { SharedReaction } from './reactions'
import { SharedRoom } from './rooms'
import { schemaId } from './schema-ids'

const common = {
  seq: Seq,
  at: Timestamp,
  by: Id.meta({ description: 'The user who did this.' }),
}
const member = {
  ...common,
  member: SharedMember,
  memberCount: z.int().min(0).meta({ example: 12 }),
  reason: Reason.optional(),
}
const root = Thread.optional()
const reaction = {
  ...common,
  messageSeq: Seq,
  emoji: Emoji,
  userId: Id,
  count: z
    .int()
    .min(0)
    .meta({ description: 'Number of users who now react with this emoji.', example: 3 }),
  reactions: z
    .array(SharedReaction)
    .meta({ description: 'All reactions of the message, the emoji used first coming first.' }),
}
const pin = { ...common, messageSeq: Seq, pinned: z.boolean() }
const event = <T extends string, S extends z.ZodRawShape>(type: T, description: string, shape: S) =>
  z
    .strictObject({ type: z.literal(type), ...shape })
    .meta({ id: schemaId(type, 'Event'), description })

/** Every durable change of a room. An event carries resulting values, never differences: assign, do not add. */
export const Event = z
  .discriminatedUnion('type', [
    event(
      'message.posted',
      'A message was posted. For a reply, `root` is its thread with the new counts.',
      { ...common, message: SharedMessage, root },
    ),
    event(
      'message.edited',
      'The author changed the text, the mentions or the metadata of a message. `message` is left out where an earlier event of the same replay has it already, as it is now.',
      { ...common, messageSeq: Seq, message: SharedMessage.optional() },
    ),
    event(
      'message.deleted',
      'A message was deleted. `message` is what remains of it. For a reply, `root` is its thread.',
      {
        ...common,
        message: SharedMessage,
        root,
      },
    ),
    event(
      'messages.erased',
      'All messages of one author from `from` to `to` were deleted at once.',
      { ...common, authorId: Id, from: Seq, to: Seq },
    ),
    event('reaction.added', 'A user reacted to a message.', reaction),
    event('reaction.removed', 'A user removed their reaction.', reaction),
    event('message.pinned', 'A message was pinned.', pin),
    event('message.unpinned', 'A message was unpinned.', pin),
    event('member.joined', 'A user joined the room.', member),
    event('member.added', 'A member added a user to the room.', member),
    event('member.left', 'A member left the room.', member),
    event('member.removed', 'A member was removed from the room.', member),
    event('member.banned', 'A user was banned and, if they were a member, removed.', member),
    event('member.unbanned', 'A ban was lifted.', member),
    event('member.changed', "A member's role, mute or profile changed.", member),
    event('room.changed', 'The settings of the room changed.', { ...common, room: SharedRoom }),
    event('room.frozen', 'The room was frozen or unfrozen; see `room.frozen`.', {
      ...common,
      room: SharedRoom,
    }),
    event('room.deleted', 'The room was deleted. This is its last event.', {
      ...common,
      room: SharedRoom,
    }),
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

export const EventPage = z
  .strictObject({
    items: z.array(Event).meta({
      description: 'Events in order and without gaps: each seq is the previous one plus 1.',
    }),
    seq: Seq.meta({ description: "The room's latest seq." }),
    more: z.boolean().meta({
      description:
        'Whether more events follow. Ask again with the seq of the last item as `after`.',
      example: false,
    }),
  })
  .meta({ id: 'EventPage', description: 'The events after the seq you have.' })

export const TooFarBehind = z
  .strictObject({
    limited: z.literal(true).meta({
      description: 'You missed too many events. Replace your state with the snapshot.',
    }),
    snapshot: Snapshot,
  })
  .meta({ id: 'TooFarBehind', description: 'A snapshot instead of the events you missed.' })

export const Events = z.union([EventPage, TooFarBehind]).meta({ id: 'Events' })
export type Events = z.infer<typeof Events>
