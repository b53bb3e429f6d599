import type { Directory } from '../directory/database'
import * as userAvatar from '../directory/user-avatar'
import * as profileFanout from '../fanout/profile-fanout'
import { newId } from '../ids'
import { openAvatar } from '../media/avatars'
import { putObject, removeObjects } from '../media/bucket'
import { avatarKey } from '../media/object-keys'
import type { Uploader } from './uploader'

interface Owner {
  env: Env
  directory: Directory
  access: { userId: string }
}

/** Stores the body of a request as the avatar of a user. Throws `invalid`, `too_large`, `unsupported_type`. */
export async function setOfUser(owner: Owner, request: Request): Promise<void> {
  const { env, access } = owner
  const { body, size, type } = await openAvatar(request, env)
  // Before the bytes are stored: if this request dies, the sweep removes the picture nobody uses.
  await profileFanout.scheduleAvatarSweep(env, access.userId)
  const id = newId()
  await putObject(env.MEDIA, avatarKey('users', access.userId, id), body, {
    size,
    contentType: type,
  })
  await replace(owner, id)
}

/** Removes the avatar of a user, if there is one. */
export const removeOfUser = (owner: Owner): Promise<void> => replace(owner, null)

async function replace({ env, directory, access }: Owner, id: string | null): Promise<void> {
  const { userId } = access
  const before = await userAvatar.find(directory, userId)
  await userAvatar.set(directory, userId, id)
  // If this fails, the sweep removes the picture.
  if (before) await removeObjects(env.MEDIA, [avatarKey('users', userId, before)]).catch(() => {})
  profileFanout.enqueue(env, userId)
}

/** Stores the body of a request as the avatar of a room. Throws the same, and what the room refuses. */
export async function setOfRoom(
  { env, caller, room }: Uploader,
  roomId: string,
  request: Request,
): Promise<void> {
  const { body, size, type } = await openAvatar(request, env)
  const id = await room((stub) => stub.beginAvatar(caller))
  await putObject(env.MEDIA, avatarKey('rooms', roomId, id), body, {
    size,
    contentType: type,
  })
  await room((stub) => stub.setAvatar(caller, id))
}
