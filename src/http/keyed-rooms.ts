import * as profiles from '../directory/profiles'
import * as roomKeys from '../directory/room-keys'
import { ApiError } from '../errors'
import { ask } from '../room/client'
import type { InitialSettings } from '../room/store/settings'
import type { Room } from '../schemas/rooms'
import type { SessionEnv } from './context'

interface Asked {
  env: SessionEnv['Bindings']
  var: Pick<SessionEnv['Variables'], 'access' | 'directory' | 'now'>
}

const ATTEMPTS = 3

/** A room that is there from the beginning, so that a chat needs nobody who founds it: it is made when somebody looks for it. */
const DEFAULT_ROOM: InitialSettings = {
  access: 'open',
  receipts: 'public',
  plainFiles: false,
  passwordHash: null,
}

const isDefault = (env: Env, key: string): boolean => env.DEFAULT_ROOMS.split(',').includes(key)

/** Throws `not_found`, also where there is a room that the caller may not know of. */
export async function findRoom(c: Asked, key: string): Promise<Room> {
  const roomId = await roomKeys.find(c.var.directory, key)
  const found = roomId !== undefined && (await lookUp(c, roomId))
  if (found && found.state === 'found') return found.room
  const isHidden = found && found.state === 'hidden'
  if (!isHidden && isDefault(c.env, key)) return (await findOrCreateRoom(c, key)).room
  throw new ApiError('not_found', 'There is no room of this key, or none that you may see.')
}

/**
 * Finds the room of a key or creates it. The key is claimed first: a call that breaks off leaves a claim without a room,
 * and the next one makes the room at the id that was claimed. Throws `conflict` for a room that the caller may not see.
 */
export async function findOrCreateRoom(
  c: Asked,
  key: string,
  settle = async () => DEFAULT_ROOM,
): Promise<{ room: Room; isNew: boolean }> {
  const { directory, access, now } = c.var
  const isOurs = isDefault(c.env, key)
  const userId = isOurs ? null : access.userId
  // Who may make no room may claim no key.
  const mayCreate = async () => userId && profiles.requireMayCreateRoom(directory, userId, now)
  let roomId = await roomKeys.find(directory, key)
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (roomId === undefined) {
      await mayCreate()
      roomId = await roomKeys.claim(directory, key)
    }
    const found = await lookUp(c, roomId)
    if (found.state === 'found') return { room: found.room, isNew: false }
    if (found.state === 'hidden') throw new ApiError('conflict', 'This key is taken.')
    await mayCreate()
    if (found.state === 'deleted') {
      roomId = await roomKeys.reclaim(directory, key, roomId)
      continue
    }
    const id: string = roomId
    const founding = isOurs ? { ...DEFAULT_ROOM, name: key, key } : { ...(await settle()), key }
    const made = await ask(c.env.ROOMS, id, (room) => room.createByKey(id, userId, founding))
    if (made) return { room: made, isNew: true }
    // It is nobody's, and looked at as any other. Or somebody else made it, or even deleted it, meanwhile.
  }
  throw new ApiError('unavailable', 'The room of this key is changing. Try again in a moment.')
}

const lookUp = ({ env, var: { access } }: Asked, roomId: string) =>
  ask(env.ROOMS, roomId, (room) => room.findByKey({ userId: access.userId }))
