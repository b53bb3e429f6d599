import { z } from 'zod'
import { Emoji } from './emoji'
import { Event, Snapshot } from './events'
import { LiveData, LiveEvent } from './live-events'
import {
  changesSomething,
  droppedMentions,
  edit,
  hasContent,
  isForRoom,
  NewMessage,
  NOTHING_CHANGED,
} from './messages'
import { Preferences } from './preferences'
import { Id, Seq } from './primitives'
import { SocketProblem } from './problems'
import { ReadMarker } from './read-markers'
import { RoomMe, SharedRoom } from './rooms'
import { schemaId } from './schema-ids'
import { auth, commandsOf, echoed, ref } from './socket-commands'
import { ThreadMarker, ThreadState } from './threads'
import { Author } from './users'

export const PROTOCOL = 'chat.v1'
/** Maximum size of a client's frame, in bytes. */
export const MAX_FRAME = 32 * 1024
/** Above this many online users, the room sends only their count and no ids. */
export const MAX_ONLINE_IDS = 200

const command = commandsOf('Command')

/** Everything a client may send, besides the text `ping`. */
export const Command = z
  .discriminatedUnion('do', [
    z
      .strictObject({ do: z.literal('message.post'), ref, ...NewMessage.shape })
      .refine(hasContent, { message: 'must not be blank without attachments', path: ['text'] })
      .refine(isForRoom, { message: 'needs `replyTo`', path: ['alsoInRoom'] })
      .meta({
        id: schemaId('message.post', 'Command'),
        description: 'Post a message. A repeated nonce returns the first message.',
      }),
    command('message.edit', 'Edit your message. `metadata` replaces what was there.', {
      seq: Seq,
      ...edit,
    }).refine(changesSomething, NOTHING_CHANGED),
    command('message.delete', 'Delete a message: your own, or any if you may moderate.', {
      seq: Seq,
    }),
    command('reaction.add', 'React to a message with an emoji.', { seq: Seq, emoji: Emoji }),
    command('reaction.remove', 'Remove your reaction.', { seq: Seq, emoji: Emoji }),
    command('read.mark', 'Move your read marker.', ReadMarker.shape),
    command('thread.follow', 'Follow the thread of a message: its replies count as unread.', {
      seq: Seq,
    }),
    command('thread.unfollow', 'Stop following a thread.', { seq: Seq }),
    command('thread.read', 'Move your read marker in a thread that you follow.', {
      seq: Seq,
      ...ThreadMarker.shape,
    }),
    command(
      'typing',
      'Tell the others that you are typing. Send it again while you type: the room relays it at most every 5 seconds, and at once after your own post. The others show it for 8 seconds; nothing is sent when you stop.',
      {},
    ),
    command(
      'live.send',
      'Send the other sockets of the room an event of your own, such as the place of a cursor: 5 a second, stored nowhere.',
      LiveEvent.shape,
    ),
    command('auth', auth.description, auth.shape),
  ])
  .meta({ id: 'Command' })
export type Command = z.infer<typeof Command>

export const CommandAnswer = z
  .union([
    z.strictObject({ ref: echoed, seq: Seq, droppedMentions }).meta({ id: 'CommandDone' }),
    z.strictObject({ ref: echoed, problem: SocketProblem }).meta({ id: 'CommandRefused' }),
  ])
  .meta({ id: 'CommandAnswer' })
export type CommandAnswer = z.infer<typeof CommandAnswer>

export const Live = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('typing'), userId: Id, user: Author }).meta({
      id: 'TypingSignal',
      description:
        'A user is typing. Show it for 8 seconds from now, or until that user posts: no signal says that they stopped.',
    }),
    z.strictObject({ type: z.literal('read'), userId: Id, user: Author, seq: Seq }).meta({
      id: 'ReadSignal',
      description:
        'A member has read up to `seq`. Your own sockets are always told of your own marker; others only in rooms of up to 50 members with public receipts.',
    }),
    z
      .strictObject({
        type: z.literal('presence'),
        userId: Id.nullable().meta({
          description:
            'Who came online or went offline. null when more than 200 are online; then only `count` is sent.',
        }),
        online: z.boolean().nullable(),
        count: z.int().meta({ description: 'How many users are online.', example: 7 }),
      })
      .meta({ id: 'PresenceSignal', description: 'A user came online or went offline.' }),
    z
      .strictObject({
        type: z.literal('custom'),
        userId: Id,
        user: Author,
        name: LiveEvent.shape.name,
        data: LiveData,
      })
      .meta({ id: 'CustomSignal', description: 'What a member sent with `live.send`.' }),
    z.strictObject({ type: z.literal('thread'), userId: Id, ...ThreadState.shape }).meta({
      id: 'ThreadSignal',
      description:
        'You read on in a thread, follow it, or no longer do. Only your own sockets are told. A reply of yours, or a mention, comes as a message.',
    }),
    z.strictObject({ type: z.literal('preferences'), userId: Id, ...Preferences.shape }).meta({
      id: 'PreferencesSignal',
      description:
        'You changed your preferences in this room. Only your own sockets are told; `archived` may also end by a message, or with the snooze.',
    }),
  ])
  .meta({ id: 'Live' })
export type Live = z.infer<typeof Live>

const Online = z
  .strictObject({
    count: z.int().meta({ description: 'How many users are online.', example: 7 }),
    users: z.array(Id).nullable().meta({ description: 'Who they are. null above 200.' }),
  })
  .meta({ id: 'Online' })

export const Ready = z
  .strictObject({
    seq: Seq,
    room: SharedRoom,
    me: RoomMe.nullable().meta({ description: 'Your membership. null when you are not a member.' }),
    online: Online,
    resumed: z.union([z.boolean(), z.literal('limited')]).meta({ example: false }),
    snapshot: Snapshot.optional(),
  })
  .meta({ id: 'Ready' })
export type Ready = z.infer<typeof Ready>

/** Everything the room may send, besides the text `pong`. */
export const Frame = z
  .union([
    z.strictObject({ ready: Ready }).meta({
      id: 'ReadyFrame',
      description:
        'The first frame: the current state of the room. `resumed` is true when the events you missed follow; it is `limited` when you missed too many, or when `after` is ahead of the room, and `snapshot` replaces your state.',
    }),
    z.strictObject({ events: z.array(Event).min(1) }).meta({
      id: 'EventsFrame',
      description:
        'Changes of the room, in order and without gaps: each seq is the previous one plus 1.',
    }),
    z.strictObject({ live: z.array(Live).min(1) }).meta({
      id: 'LiveFrame',
      description:
        'Typing, read markers, presence, your own preferences and threads, and what clients send with `live.send`: signals that are not stored and not replayed.',
    }),
    z.strictObject({ answers: z.array(CommandAnswer).min(1) }).meta({
      id: 'AnswersFrame',
      description: 'Results of your commands. They come after the events that the commands caused.',
    }),
  ])
  .meta({ id: 'Frame' })
export type Frame = z.infer<typeof Frame>
