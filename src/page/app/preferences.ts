import type { RoomMe } from '../../client/protocol'
import { notify } from './announcer'
import { chat } from './chat'
import { dateOf } from './dates'
import { sentenceOf } from './sentences'

type Preferences = Pick<RoomMe, 'notify' | 'snoozedUntil' | 'favourite' | 'archived'>

/** Changes what a room is to oneself alone, and says what came of it. */
export function prefer(roomId: string, patch: Partial<Preferences>, said: string): Promise<void> {
  return chat.request('PATCH', chat.room(roomId).path('members/@me'), patch).then(
    () => notify(said),
    (error) => notify(sentenceOf(error), 'bad'),
  )
}

export const toggleFavourite = (roomId: string, { favourite }: Preferences) =>
  prefer(
    roomId,
    { favourite: !favourite },
    favourite ? 'No longer a favourite.' : 'A favourite now.',
  )

export const toggleArchived = (roomId: string, { archived }: Preferences) =>
  prefer(
    roomId,
    { archived: !archived },
    archived ? 'Back among your rooms.' : 'In the archive, until somebody writes there.',
  )

export const isSnoozed = ({ snoozedUntil }: Preferences): boolean =>
  snoozedUntil !== null && Date.parse(snoozedUntil) > Date.now()

export function snooze(roomId: string, until: Date | null) {
  const snoozedUntil = until?.toISOString() ?? null
  return prefer(
    roomId,
    { snoozedUntil },
    snoozedUntil ? `Quiet until ${dateOf(snoozedUntil)}.` : 'No longer snoozed.',
  )
}
