import { ApiError } from '../../../errors'
import { newId } from '../../../ids'
import * as keys from '../../../media/object-keys'
import type { CommandResult } from '../../commit/command-result'
import { authorize } from '../../policy/authorize'
import * as mediaTrash from '../../store/media/media-trash'
import * as settings from '../../store/settings'
import type { CommandContext } from '../command-context'
import { updateRoom } from '../update-room'

// Nobody takes longer to upload a small picture.
const UPLOAD_MS = 60 * 60_000

/** Reserves a picture before its bytes arrive: they are deleted by themselves unless it becomes the avatar. */
export function beginAvatar(context: CommandContext): CommandResult<string> {
  authorize(context, 'room.edit')
  const { state, now } = context
  const id = newId()
  mediaTrash.addObject(
    state.storage,
    keys.avatarKey('rooms', state.sequence.roomId, id),
    now + UPLOAD_MS,
    now,
  )
  return { value: id }
}

/** Makes an uploaded picture the room's, or removes it (null). The one before is deleted. */
export function setAvatar(
  context: CommandContext,
  { avatar }: { avatar: string | null },
): CommandResult<null> {
  const { sql, storage, sequence } = context.state
  const before = settings.read(sql).avatar
  const result = updateRoom(context, { change: { avatar } })
  if (avatar === before) return result
  const keyOf = (id: string) => keys.avatarKey('rooms', sequence.roomId, id)
  if (avatar !== null && !mediaTrash.restoreObject(storage, keyOf(avatar))) {
    throw new ApiError('not_found', 'There is no such picture.')
  }
  if (before !== null) mediaTrash.addObject(storage, keyOf(before), context.now, context.now)
  return result
}
