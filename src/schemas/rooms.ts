import { z } from 'zod'
import { Capability, Reason, RoomRole } from './members'
import { Cursor, Limit, page } from './pages'
import { AvatarUrl, Id, Seq, Timestamp } from './primitives'
import { text } from './text'
import { Author, User } from './users'

export const RoomKind = z.enum(['channel', 'direct']).meta({ id: 'RoomKind' })
export type RoomKind = z.infer<typeof RoomKind>

export const RoomAccess = z.enum(['open', 'closed']).meta({
  id: 'RoomAccess',
  description:
    '`open`: anyone signed in reads, and joins by posting. `closed`: one enters by the allow-list, the password, an invite, or being added.',
})
export type RoomAccess = z.infer<typeof RoomAccess>

export const LastMessage = z
  .strictObject({
    seq: Seq,
    author: Author,
    preview: z.string().nullable().meta({
      description: 'At most 140 characters; null when the message was deleted.',
      example: 'See you at 8!',
    }),
    createdAt: Timestamp,
  })
  .meta({ id: 'LastMessage' })
export type LastMessage = z.infer<typeof LastMessage>

export const Receipts = z.enum(['public', 'private']).meta({
  id: 'Receipts',
  description: '`public`: in a room of up to 50, members see how far each other has read.',
})
export type Receipts = z.infer<typeof Receipts>

/** What the room is to the one who asks; null to those who are not in it. */
export const RoomMe = z
  .strictObject({
    role: RoomRole,
    mutedUntil: Timestamp.nullable(),
    capabilities: z.array(Capability),
    readSeq: Seq,
    unread: z.int().min(0).meta({ example: 3 }),
    unreadMentions: z.int().min(0).meta({ description: 'Of you or of everybody.', example: 1 }),
    visitedAt: Timestamp,
    sentCount: z.int().min(0).meta({ example: 128 }),
  })
  .meta({ id: 'RoomMe' })
export type RoomMe = z.infer<typeof RoomMe>

const PlainFiles = z.boolean().meta({
  description: 'Whether messages may have files of any type, which are only ever downloads.',
})

const roomFields = {
  id: Id,
  kind: RoomKind,
  access: RoomAccess,
  listed: z.boolean(),
  receipts: Receipts,
  hasPassword: z.boolean(),
  slowModeSeconds: z.int().min(0).meta({ example: 0 }),
  frozen: z.boolean().meta({ description: 'Nobody but its admins writes.' }),
  plainFiles: PlainFiles,
  name: z.string().nullable().meta({ example: 'Harbour crew' }),
  topic: z.string().nullable().meta({ example: 'Tides, boats, coffee' }),
  avatarUrl: AvatarUrl,
  createdAt: Timestamp,
  seq: Seq,
  n: z.int().min(0).meta({ description: 'How many messages were ever posted.', example: 2048 }),
  memberCount: z.int().min(0).meta({ example: 12 }),
  lastMessage: LastMessage.nullable(),
}

/** A room as every socket in it sees it. */
export const SharedRoom = z.strictObject(roomFields).meta({ id: 'SharedRoom' })
export type SharedRoom = z.infer<typeof SharedRoom>

/** A room as the caller sees it. */
export const Room = z
  .strictObject({
    ...roomFields,
    peer: User.nullable().meta({ description: 'The other one of a direct room; else null.' }),
    me: RoomMe.nullable(),
  })
  .meta({ id: 'Room' })
export type Room = z.infer<typeof Room>

/** What anyone signed in may see of a listed room, without being in it. */
export const ListedRoom = z
  .strictObject({
    id: Id,
    kind: RoomKind,
    access: RoomAccess,
    name: roomFields.name,
    topic: roomFields.topic,
    avatarUrl: AvatarUrl,
    createdAt: Timestamp,
    n: roomFields.n,
    memberCount: roomFields.memberCount,
    lastMessageAt: Timestamp.nullable(),
  })
  .meta({ id: 'ListedRoom' })
export type ListedRoom = z.infer<typeof ListedRoom>

export const ListedRooms = page(ListedRoom, 'ListedRooms')
export const Rooms = page(Room, 'Rooms')

const Name = text(1, 100).meta({ example: 'Harbour crew' })
const Topic = text(1, 1000, { multiline: true }).meta({ example: 'Tides, boats, coffee' })

const RoomPassword = text(4, 256).meta({ example: 'low tide' })

export const NewRoom = z
  .strictObject({
    access: RoomAccess.default('open'),
    listed: z.boolean().optional().meta({ description: 'Left out: true for open rooms.' }),
    receipts: Receipts.default('public'),
    plainFiles: PlainFiles.default(false),
    name: Name.optional(),
    topic: Topic.optional(),
    password: RoomPassword.optional().meta({ description: 'Opens the room when it is closed.' }),
  })
  .meta({ id: 'NewRoom', example: { name: 'Harbour crew', topic: 'Tides, boats, coffee' } })
export type NewRoom = z.infer<typeof NewRoom>

export const RoomPatch = z
  .strictObject({
    listed: z.boolean(),
    receipts: Receipts,
    name: Name.nullable(),
    topic: Topic.nullable(),
    access: RoomAccess,
    password: RoomPassword.nullable().meta({ description: 'Changing it keeps the members.' }),
    slowModeSeconds: z
      .int()
      .min(0)
      .max(21_600)
      .meta({ description: 'Seconds between two posts of one member; 0 for none.', example: 30 }),
    frozen: z.boolean(),
    plainFiles: PlainFiles,
    reason: Reason.meta({ description: 'For the audit log.' }),
  })
  .partial()
  .meta({ id: 'RoomPatch', example: { name: 'Harbour crew', topic: 'Tides, boats, coffee' } })
export type RoomPatch = z.infer<typeof RoomPatch>

export const RoomSort = z.enum(['active', 'members', 'messages', 'new'])
export type RoomSort = z.infer<typeof RoomSort>

export const RoomsQuery = z.strictObject({
  search: text(1, 100).optional().meta({
    description: 'How the name begins, whatever the case; then the order is by name.',
    example: 'harb',
  }),
  sort: RoomSort.default('active').meta({
    description:
      '`active`: latest message first; `members`, `messages`: most first; `new`: youngest first.',
  }),
  limit: Limit,
  cursor: Cursor.optional(),
})
export type RoomsQuery = z.infer<typeof RoomsQuery>

export const MyRoomsSort = z.enum(['recent', 'visited', 'mine', 'unread', 'name'])
export type MyRoomsSort = z.infer<typeof MyRoomsSort>

export const MyRoomsQuery = z.strictObject({
  sort: MyRoomsSort.default('recent').meta({
    description:
      '`recent`: latest message first; `visited`: where you were last first; `mine`: where you wrote most first; `unread`: most unread first; `name`: by name.',
  }),
  seen: z
    .string()
    .regex(/^[^:]{1,64}:\d{1,15}$/)
    .optional()
    .meta({
      description:
        '`{roomId}:{seq}`: a place in a room that this list must already know, such as your own last post; it then also knows where your read marker is there.',
      example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12:4711',
    }),
  limit: Limit,
  cursor: Cursor.optional(),
})
export type MyRoomsQuery = z.infer<typeof MyRoomsQuery>
