import { ApiError } from '../../errors'
import { newId } from '../../ids'
import { avatarKey } from '../../media/object-keys'
import type { Outcome } from '../commit/commit-queue'
import type { Sockets } from '../connections/socket-registry'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import type { State } from '../state/room-state'
import * as trash from '../store/media-trash'
import * as settings from '../store/settings'
import * as changes from './update-room'

// Nobody takes longer to upload a small picture.
const PATIENCE_MS = 60 * 60_000

/** Takes a picture of the room on, before its bytes: they go by themselves unless it becomes the avatar. */
export function begin(state: State, caller: Caller, now: number): Outcome<string> {
  actors.able(state, caller, 'room.edit', now)
  const id = newId()
  const key = avatarKey('rooms', state.head.roomId, id)
  trash.drop(state.storage, key, now + PATIENCE_MS, now)
  return { value: id }
}

/** Makes an uploaded picture the room's, or none; the one before goes. */
export function set(
  state: State,
  sockets: Sockets,
  caller: Caller,
  avatar: string | null,
  now: number,
): Outcome<null> {
  const { sql, storage, head } = state
  const before = settings.read(sql).avatar
  const outcome = changes.change(state, sockets, caller, { avatar }, undefined, now)
  if (avatar === before) return outcome
  const keyOf = (id: string) => avatarKey('rooms', head.roomId, id)
  if (avatar !== null && !trash.keep(storage, keyOf(avatar))) {
    throw new ApiError('not_found', 'There is no such picture.')
  }
  if (before !== null) trash.drop(storage, keyOf(before), now, now)
  return outcome
}
