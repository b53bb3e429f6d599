import { newId } from '../ids'

/** A media id starts with its room's id, so that the id alone says which room to ask. */
export const newMediaId = (roomId: string): string => `${roomId}.${newId()}`

export const roomIdOf = (mediaId: string): string => mediaId.split('.', 1)[0] as string

/** Prefix of all media of a room. */
export const roomPrefix = (roomId: string): string => `rooms/${roomId}/`

export const mediaKey = (mediaId: string): string => `${roomPrefix(roomIdOf(mediaId))}${mediaId}`

export const AVATAR_OWNERS = ['users', 'rooms'] as const

/** Prefix of the avatars of a user or a room. Each upload gets a new key, so a URL never changes its picture. */
export const avatarPrefix = (of: (typeof AVATAR_OWNERS)[number], id: string): string =>
  `${of}/${id}/avatars/`

export const avatarKey = (
  of: (typeof AVATAR_OWNERS)[number],
  id: string,
  avatarId: string,
): string => `${avatarPrefix(of, id)}${avatarId}`

export const EXPORTS = 'exports/'

/** Prefix of the exports of a user; the next step is the export's id. */
export const exportsPrefix = (userId: string): string => `${EXPORTS}${userId}/`

export const exportPartKey = (userId: string, exportId: string, part: number): string =>
  `${exportsPrefix(userId)}${exportId}/${String(part).padStart(6, '0')}.ndjson`
