import type { Directory } from '../directory/database'
import type { PictureOf } from '../directory/identity-pictures'
import * as identityPictures from '../directory/identity-pictures'
import * as userAvatar from '../directory/user-avatar'
import * as profileFanout from '../fanout/profile-fanout'
import { newId } from '../ids'
import { type CheckedAvatar, openAvatar } from '../media/avatars'
import { putObject, removeObjects, tagOf } from '../media/bucket'
import { avatarKey } from '../media/object-keys'
import type { Uploader } from './uploader'

interface Owner {
  env: Env
  directory: Directory
  access: { userId: string }
}

/** Stores the body of a request as the avatar of a user. Throws `invalid`, `too_large`, `unsupported_type`. */
export async function setOfUser(owner: Owner, request: Request): Promise<void> {
  const { id } = await store(owner, await openAvatar(request, owner.env))
  await replace(owner, id)
}

/**
 * Stores a picture of an issuer as the avatar of a user, unless they chose or removed theirs meanwhile. Returns whether they have a
 * new one: the same bytes at another address are none.
 */
export async function takeOfIssuer(
  owner: Owner,
  avatar: CheckedAvatar,
  { before, ...picture }: PictureOf & { before: string | null },
): Promise<boolean> {
  const { env, directory, access } = owner
  const keyOf = (id: string) => avatarKey('users', access.userId, id)
  const { id, tag } = await store(owner, avatar)
  const isSame = before !== null && (await tagOf(env.MEDIA, keyOf(before))) === tag
  const change = { before, avatar: isSame ? before : id }
  const isNew = (await identityPictures.record(directory, picture, change)) && !isSame
  const stale = isNew ? before : id
  if (isNew) profileFanout.enqueue(env, access.userId)
  // If this fails, the sweep removes it.
  if (stale) await removeObjects(env.MEDIA, [keyOf(stale)]).catch(() => {})
  return isNew
}

/** Stores a picture that no profile names yet. */
async function store(
  { env, access }: Owner,
  { body, size, type }: CheckedAvatar,
): Promise<{ id: string; tag: string }> {
  // Before the bytes are stored: if this request dies, the sweep removes the picture nobody uses.
  await profileFanout.scheduleAvatarSweep(env, access.userId)
  const id = newId()
  const key = avatarKey('users', access.userId, id)
  return { id, tag: await putObject(env.MEDIA, key, body, { size, contentType: type }) }
}

/** Removes the avatar of a user, if there is one. */
export const removeOfUser = (owner: Owner): Promise<void> => replace(owner, null)

async function replace({ env, directory, access }: Owner, id: string | null): Promise<void> {
  const { userId } = access
  const { current: before } = await userAvatar.find(directory, userId)
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
