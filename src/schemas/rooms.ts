import { z } from 'zod'
import { MAX_ATTACHMENTS, MediaKind } from './media'
import { Capability, Reason, RoomRole } from './members'
import { Metadata, MetadataPatch } from './metadata'
import { Cursor, Limit, page } from './pages'
import { Preferences } from './preferences'
import { AvatarUrl, Id, Seq, Timestamp } from './primitives'
import { RoomKey } from './room-keys'
import { text } from './text'
import { unreadCounts } from './unread'
import { Author, User } from './users'

export const RoomKind = z.enum(['channel', 'direct']).meta({ id: 'RoomKind' })
export type RoomKind = z.infer<typeof RoomKind>

export const RoomAccess = z.enum(['open', 'closed']).meta({
  id: 'RoomAccess',
  description:
    '`open`: anyone signed in may read, and joins by posting or reacting. `closed`: a user joins with the password, with an invite, from the allowlist, or by being added.',
})
export type RoomAccess = z.infer<typeof RoomAccess>

export const LastMessage = z
  .strictObject({
    seq: Seq,
    author: Author,
    preview: z.string().nullable().meta({
      description:
        'The first 140 characters, or fewer where they would end within a mention. null when the message is deleted.',
      example: 'See you at 8!',
    }),
    attachments: z
      .strictObject({
        kind: MediaKind.nullable().meta({ description: 'null when they are of several kinds.' }),
        count: z.int().min(1).max(MAX_ATTACHMENTS).meta({ example: 3 }),
      })
      .meta({ id: 'AttachmentSummary' })
      .nullable()
      .meta({
        description: 'What is attached, for a line such as "3 photos". null when nothing is.',
        example: null,
      }),
    createdAt: Timestamp,
  })
  .meta({ id: 'LastMessage' })
export type LastMessage = z.infer<typeof LastMessage>

export const Receipts = z.enum(['public', 'private']).meta({
  id: 'Receipts',
  description: '`public`: in a room of up to 50 members, they see how far each of them has read.',
})
export type Receipts = z.infer<typeof Receipts>

/** The caller's membership. */
export const RoomMe = z
  .strictObject({
    role: RoomRole,
    mutedUntil: Timestamp.nullable().meta({ example: null }),
    nextPostAt: Timestamp.nullable().optional().meta({
      description:
        'When your mute or your wait in slow mode ends. null when neither holds you. Lists of rooms leave it out.',
      example: null,
    }),
    capabilities: z.array(Capability).meta({ description: 'What you may do in this room now.' }),
    version: z.int().min(0).meta({
      description:
        'Grows with everything that changes in the room or in what you are there. Of two answers, or an answer and an update of your inbox, the greater is the newer.',
      example: 5120,
    }),
    ...unreadCounts,
    visitedAt: Timestamp.meta({ description: 'When you were last here.' }),
    sentCount: z
      .int()
      .min(0)
      .meta({ description: 'How many messages you have posted here.', example: 128 }),
    metadata: Metadata.optional().meta({
      description: 'Data of your app about you in this room. Lists of rooms leave it out.',
    }),
    ...Preferences.shape,
  })
  .meta({ id: 'RoomMe' })
export type RoomMe = z.infer<typeof RoomMe>

const PlainFiles = z.boolean().meta({
  description:
    'Whether messages may have attachments of any file type. Browsers always download those.',
  example: false,
})

const roomFields = {
  id: Id,
  kind: RoomKind,
  access: RoomAccess,
  listed: z.boolean().meta({ description: 'Whether the room appears in the list of all rooms.' }),
  receipts: Receipts,
  hasPassword: z.boolean().meta({ example: false }),
  slowModeSeconds: z
    .int()
    .min(0)
    .meta({ description: 'Seconds between two posts of one member. 0 is off.', example: 0 }),
  frozen: z.boolean().meta({ description: 'Only admins and owners may write.', example: false }),
  plainFiles: PlainFiles,
  name: z.string().nullable().meta({ example: 'Harbour crew' }),
  key: z.string().nullable().meta({
    description:
      'The name by which `GET /v1/rooms/by-key/{key}` finds the room. It never changes. null when it has none.',
    example: null,
  }),
  topic: z.string().nullable().meta({ example: 'Tides, boats, coffee' }),
  avatarUrl: AvatarUrl,
  createdAt: Timestamp,
  seq: Seq,
  n: z.int().min(0).meta({
    description: 'How many messages were ever posted, including deleted ones.',
    example: 2048,
  }),
  t: z.int().min(0).meta({
    description:
      'How many of them the timeline shows: all but the replies that are only in their thread.',
    example: 1720,
  }),
  memberCount: z.int().min(0).meta({ example: 12 }),
  lastMessage: LastMessage.nullable().meta({
    description: 'The last message of the timeline.',
  }),
  metadata: Metadata.meta({
    description: 'Data of your app. Empty for those who may not read the room.',
  }),
}

/** A room without what depends on the reader. */
export const SharedRoom = z.strictObject(roomFields).meta({ id: 'SharedRoom' })
export type SharedRoom = z.infer<typeof SharedRoom>

/** A room as the caller sees it. */
export const Room = z
  .strictObject({
    ...roomFields,
    peer: User.nullable().meta({
      description: 'The other user of a direct room. null for channels.',
    }),
    me: RoomMe.nullable().meta({ description: 'Your membership. null when you are not a member.' }),
  })
  .meta({ id: 'Room' })
export type Room = z.infer<typeof Room>

/** What anyone signed in may see of a listed room without joining it. */
export const ListedRoom = z
  .strictObject({
    id: Id,
    kind: RoomKind,
    access: RoomAccess,
    hasPassword: z
      .boolean()
      .meta({ description: 'Whether one joins with a password.', example: false }),
    joined: z.boolean().meta({ description: 'Whether you are a member.', example: false }),
    name: roomFields.name,
    topic: roomFields.topic,
    avatarUrl: AvatarUrl,
    createdAt: Timestamp,
    n: roomFields.n,
    memberCount: roomFields.memberCount,
    lastMessageAt: Timestamp.nullable(),
    metadata: Metadata.meta({ description: 'Data of your app. Empty for a closed room.' }),
  })
  .meta({ id: 'ListedRoom' })
export type ListedRoom = z.infer<typeof ListedRoom>

export const ListedRooms = page(ListedRoom, 'ListedRooms')
export const Rooms = page(Room, 'Rooms')

const Name = text(1, 100, { isName: true }).meta({
  description:
    'One line that can be seen. Of invisible characters it takes only what emoji are made with, and the joiners (U+200C, U+200D) of Persian, Arabic and Indic words.',
  example: 'Harbour crew',
})
const Topic = text(1, 1000, { multiline: true }).meta({ example: 'Tides, boats, coffee' })

const RoomPassword = text(4, 256).meta({ example: 'low tide' })

export const NewRoom = z
  .strictObject({
    access: RoomAccess.default('open'),
    listed: z.boolean().optional().meta({
      description:
        'Show the room in the list of all rooms. Defaults to true for open rooms and false for closed ones.',
    }),
    receipts: Receipts.default('public'),
    plainFiles: PlainFiles.default(false),
    name: Name.optional(),
    topic: Topic.optional(),
    password: RoomPassword.optional().meta({ description: 'Users join a closed room with it.' }),
    key: RoomKey.optional().meta({
      description:
        'A name of yours that is unique in the service, such as the number of an order. If a room has it, that room is the answer, and the other fields are ignored.',
    }),
    metadata: Metadata.optional(),
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
    password: RoomPassword.nullable().meta({
      description: 'A new password, or null for none. Current members stay.',
    }),
    slowModeSeconds: z.int().min(0).max(21_600).meta({
      description: 'Seconds between two posts of one member. 0 turns slow mode off.',
      example: 30,
    }),
    frozen: z.boolean().meta({ description: 'true lets only admins and owners write.' }),
    plainFiles: PlainFiles,
    metadata: MetadataPatch,
    reason: Reason,
  })
  .partial()
  .meta({ id: 'RoomPatch', example: { name: 'Harbour crew', topic: 'Tides, boats, coffee' } })
export type RoomPatch = z.infer<typeof RoomPatch>

export const RoomSort = z.enum(['active', 'members', 'messages', 'new'])
export type RoomSort = z.infer<typeof RoomSort>

export const RoomsQuery = z.strictObject({
  search: text(1, 100).optional().meta({
    description:
      'Return rooms whose name starts with this, sorted by name. Case and accents do not matter.',
    example: 'harb',
  }),
  sort: RoomSort.default('active').meta({
    description:
      '`active`: latest message first. `members`, `messages`: most first. `new`: newest room first.',
  }),
  limit: Limit,
  cursor: Cursor.optional(),
})
export type RoomsQuery = z.infer<typeof RoomsQuery>
