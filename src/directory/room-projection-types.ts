import type { NewMention } from './mentions'

/** What a room knows and the index shows: its own row and the memberships that changed. Times in ms. */
export interface RoomProjection {
  roomId: string
  /** The room's; rows of the index only ever go to a greater one. */
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
  topic: string | null
  avatar: string | null
  createdAt: number
  deletedAt: number | null
  seq: number
  n: number
  memberCount: number
  lastMessage: { seq: number; authorId: string; text: string | null; at: number } | undefined
  members: {
    userId: string
    version: number
    role: string
    joinedAt: number
    leftAt: number | null
    mutedUntil: number | null
    readSeq: number
    readN: number
    sentCount: number
    visitedAt: number
    mentions: number
    readRoomMentions: number
  }[]
  /** How often everybody was mentioned. */
  roomMentions: number
  /** Who was mentioned by name where, up to the message at `mentionedUpTo`. */
  mentions: NewMention[]
  mentionedUpTo: number
  /** Members whose profile is to be read back: they joined since the last time. */
  unconfirmed: string[]
  /** The index is believed to have everything up to this version already. */
  since: number
  /** All changes up to this version are in these rows. */
  upTo: number
  more: boolean
}
