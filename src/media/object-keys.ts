import { newId } from '../ids'

/** A media id contains its room's id, so that anyone who holds it knows whom to ask. */
export const idIn = (roomId: string): string => `${roomId}.${newId()}`

export const roomOf = (mediaId: string): string => mediaId.split('.', 1)[0] as string

/** Everything a room has in R2. */
export const prefixOf = (roomId: string): string => `rooms/${roomId}/`

export const keyOf = (mediaId: string): string => `${prefixOf(roomOf(mediaId))}${mediaId}`

export const AVATARS = ['users', 'rooms'] as const

/** Where the pictures of a user or a room are: an upload has its own, so an address never changes what it shows. */
export const avatarsOf = (of: (typeof AVATARS)[number], id: string): string =>
  `${of}/${id}/avatars/`

export const avatarOf = (of: (typeof AVATARS)[number], id: string, avatarId: string): string =>
  `${avatarsOf(of, id)}${avatarId}`
