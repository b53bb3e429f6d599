import type { LastMessage } from '../schemas/rooms'
import type { NewMention } from './mentions'
import type { NewThreadFollow } from './threads'

/** What a room writes to the directory: its own row, and the members and mentions that changed. Times in ms. */
export interface RoomProjection {
  roomId: string
  /** The version of the room. A row of the directory is only replaced by a greater one. */
  version: number
  kind: string
  access: string
  listed: boolean
  receipts: string
  hasPassword: boolean
  slowModeSeconds: number
  frozen: boolean
  plainFiles: boolean
  name: string | null
  key: string | null
  topic: string | null
  avatar: string | null
  metadata: string | null
  createdAt: number
  deletedAt: number | null
  seq: number
  n: number
  t: number
  memberCount: number
  lastMessage:
    | {
        seq: number
        authorId: string
        text: string | null
        attachments: LastMessage['attachments']
        at: number
      }
    | undefined
  members: {
    userId: string
    version: number
    role: string
    joinedAt: number
    leftAt: number | null
    mutedUntil: number | null
    readSeq: number
    readN: number
    readT: number
    sentCount: number
    visitedAt: number
    hidden: number
    notify: string | null
    snoozedUntil: number | null
    favourite: number
    archivedT: number | null
    mentions: number
    readRoomMentions: number
    marks: number
  }[]
  /** How many messages mentioned the whole room. */
  roomMentions: number
  /** Mentions by name, up to the message with seq `mentionedUpTo`. */
  mentions: NewMention[]
  mentionedUpTo: number
  /** Edits that are among the mentions. */
  mentionEdits: { seq: number; version: number }[]
  threadFollows: NewThreadFollow[]
  /** Members who joined since the last sync. Their profiles are read back. */
  unconfirmed: string[]
  /** The directory should already have every change up to this version. */
  since: number
  /** Every change up to this version is in this projection. */
  upTo: number
  /** Whether the room has further changes to send. */
  more: boolean
}
