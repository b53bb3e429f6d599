import { newId } from '../ids'

/** A media id contains its room's id, so that anyone who holds it knows whom to ask. */
export const idIn = (roomId: string): string => `${roomId}.${newId()}`

export const roomOf = (mediaId: string): string => mediaId.split('.', 1)[0] as string

/** Everything a room has in R2. */
export const prefixOf = (roomId: string): string => `rooms/${roomId}/`

export const keyOf = (mediaId: string): string => `${prefixOf(roomOf(mediaId))}${mediaId}`
