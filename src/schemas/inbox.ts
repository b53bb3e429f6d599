import { z } from 'zod'
import { Factors } from './factors'
import { presence } from './presence'
import { Id, Seq } from './primitives'
import { SocketProblem } from './problems'
import { LastMessage, Room } from './rooms'
import { schemaId } from './schema-ids'
import { auth, commandsOf, echoed } from './socket-commands'
import { Unread, unreadCounts } from './unread'
import { Author, Me, User } from './users'

/** How many rooms `ready` has: the first page of `GET /v1/me/rooms?sort=recent`. */
export const READY_ROOMS = 50

const command = commandsOf('InboxCommand')

/** Everything a client may send to its inbox, besides the text `ping`. */
export const InboxCommand = z
  .discriminatedUnion('do', [
    command('read.mark', 'Move your read marker in a room forward.', {
      roomId: Id,
      seq: Seq.meta({ description: 'The last seq that you have read.' }),
    }),
    command('auth', auth.description, auth.shape),
    command('presence', 'Say whether you are at this device. A new socket is `online`.', {
      state: z.enum(['online', 'away']).meta({ id: 'PresenceState' }),
    }),
  ])
  .meta({ id: 'InboxCommand' })
export type InboxCommand = z.infer<typeof InboxCommand>

export const InboxAnswer = z
  .union([
    z.strictObject({ ref: echoed, done: z.literal(true) }).meta({ id: 'InboxCommandDone' }),
    z.strictObject({ ref: echoed, problem: SocketProblem }).meta({ id: 'InboxCommandRefused' }),
  ])
  .meta({ id: 'InboxAnswer' })
export type InboxAnswer = z.infer<typeof InboxAnswer>

const version = z.int().min(0).meta({
  description:
    'The version of what the room is to you, as `me.version` of a room. Of two values keep that with the greater version; ignore an update that has a smaller one than what you have.',
  example: 5120,
})

const update = <T extends string, S extends z.ZodRawShape>(
  name: T,
  description: string,
  shape: S,
) =>
  z
    .strictObject({ type: z.literal(name), ...shape })
    .meta({ id: schemaId(name, 'Update'), description })

const about = { user: User }

/** What an inbox says. Every value is a result: assign it, never add. */
export const InboxUpdate = z
  .discriminatedUnion('type', [
    update('activity', 'Messages of a room were posted, edited or deleted.', {
      roomId: Id,
      version,
      seq: Seq,
      n: z.int().min(0).meta({ example: 2048 }),
      t: z.int().min(0).meta({ example: 1720 }),
      lastMessage: LastMessage.nullable(),
      ...unreadCounts,
    }),
    update(
      'read',
      'Your read marker in a room or in one of its threads moved, or you follow a thread or no longer do, on any of your devices.',
      {
        roomId: Id,
        version,
        ...unreadCounts,
      },
    ),
    update('mention', 'A message mentions you, or does since it was edited.', {
      roomId: Id,
      seq: Seq,
      by: Author,
      preview: LastMessage.shape.preview,
    }),
    update('room.added', 'You are in a room that you were not in.', {
      room: Room,
      by: Id.nullable().meta({
        description: 'Who added you: yourself where you joined. null when that is not known.',
      }),
    }),
    update('room.updated', 'A room, or what you are in it, changed.', { room: Room }),
    update('room.removed', 'You are no longer in a room.', {
      roomId: Id,
      version,
      why: z.enum(['left', 'removed', 'banned', 'deleted']).meta({ id: 'RemovalReason' }),
    }),
    update('friend.requested', 'Someone asks you to be friends.', about),
    update('friend.accepted', 'You and someone are friends now.', about),
    update('friend.ended', 'A friendship or a request for one has ended.', about),
    update('followed', 'Someone follows you.', about),
    update('relation.changed', 'What someone is to you changed in another way.', about),
    update('blocks', 'Whom you block has changed.', { blocks: z.array(Id) }),
    update('presence', 'Someone you talk with directly came online, went away or went offline.', {
      userId: Id,
      ...presence,
    }),
    update('session.ended', 'One of your other sessions has ended.', { sessionId: Id }),
    update('me.updated', 'Your account changed.', { me: Me }),
    update('factors.updated', 'What you can log in by changed. If it was not you, act.', {
      factors: Factors,
    }),
    update('export.ready', 'The export of your data can be downloaded.', {}),
  ])
  .meta({ id: 'InboxUpdate' })
export type InboxUpdate = z.infer<typeof InboxUpdate>

export const InboxReady = z
  .strictObject({
    me: Me,
    rooms: z.array(Room).max(READY_ROOMS).meta({
      description: 'Your rooms, that with the latest message first: the first 50.',
    }),
    more: z
      .boolean()
      .meta({ description: 'Whether you have more rooms: read them with `GET /v1/me/rooms`.' }),
    unread: Unread,
    online: z
      .array(Id)
      .meta({ description: 'Who of those you talk with directly is online, as far as known yet.' }),
    blocks: z.array(Id).meta({ description: 'Whom you block.' }),
  })
  .meta({ id: 'InboxReady' })
export type InboxReady = z.infer<typeof InboxReady>

/** Everything an inbox may send, besides the text `pong`. */
export const InboxFrame = z
  .union([
    z.strictObject({ ready: InboxReady }).meta({
      id: 'InboxReadyFrame',
      description:
        'The first frame: the first screen of an app. It replaces what you had, so a client that reconnects needs nothing else.',
    }),
    z
      .strictObject({ updates: z.array(InboxUpdate).min(1) })
      .meta({ id: 'UpdatesFrame', description: 'What changed in any of your rooms, or for you.' }),
    z
      .strictObject({ answers: z.array(InboxAnswer).min(1) })
      .meta({ id: 'InboxAnswersFrame', description: 'Results of your commands.' }),
  ])
  .meta({ id: 'InboxFrame' })
export type InboxFrame = z.infer<typeof InboxFrame>
