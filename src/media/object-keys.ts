import { newId } from '../ids'

/** A media id contains its room's id, so that anyone who holds it knows whom to ask. */
export const newMediaId = (roomId: string): string => `${roomId}.${newId()}`

export const roomIdOf = (mediaId: string): string => mediaId.split('.', 1)[0] as string

/** Everything a room has in R2. */
export const roomPrefix = (roomId: string): string => `rooms/${roomId}/`

export const mediaKey = (mediaId: string): string => `${roomPrefix(roomIdOf(mediaId))}${mediaId}`

export const AVATAR_OWNERS = ['users', 'rooms'] as const

/** Where the pictures of a user or a room are: an upload has its own, so an address never changes what it shows. */
export const avatarPrefix = (of: (typeof AVATAR_OWNERS)[number], id: string): string =>
  `${of}/${id}/avatars/`

export const avatarKey = (
  of: (typeof AVATAR_OWNERS)[number],
  id: string,
  avatarId: string,
): string => `${avatarPrefix(of, id)}${avatarId}`
