import { z } from 'zod'
import { iso, PauseEnd, Timestamp } from './primitives'

export const Notify = z.enum(['all', 'mentions', 'none']).meta({
  id: 'Notify',
  description:
    '`all`: every message notifies you. `mentions`: only one that mentions you or everyone. `none`: nothing. A closed or direct room starts with `all`, an open one with `mentions`.',
})
export type Notify = z.infer<typeof Notify>

const Favourite = z.boolean().meta({ example: false })

/** What members choose for themselves in a room. Nobody else is told. */
export const Preferences = z
  .strictObject({
    notify: Notify,
    snoozedUntil: Timestamp.nullable().meta({
      description: 'Until then the room does not notify you and counts apart. null when it does.',
      example: null,
    }),
    favourite: Favourite,
    archived: z.boolean().meta({
      description:
        'Whether the room is put away. The next message of its timeline brings it back; while you snooze the room, nothing does.',
      example: false,
    }),
  })
  .meta({ id: 'Preferences' })
export type Preferences = z.infer<typeof Preferences>

export const PreferencesPatch = z
  .strictObject({
    notify: Notify,
    snoozedUntil: PauseEnd.nullable().meta({ description: 'null ends the snooze.' }),
    favourite: Favourite,
    archived: z.boolean().meta({ description: 'true puts the room away as it is now.' }),
  })
  .partial()
export type PreferencesPatch = z.infer<typeof PreferencesPatch>

/** Preferences as they are stored. Times are milliseconds since the epoch. */
export interface StoredPreferences {
  /** null: what a room of this access starts with. */
  notify: Notify | null
  snoozedUntil: number | null
  isFavourite: boolean
  /** The room's `t` when it was archived. A message moves `t` on, so it brings the room back without a write. */
  archivedT: number | null
}

/** Preferences as they hold at a time, in a room that is at `t`. */
export function preferencesAt(
  { notify, snoozedUntil, isFavourite, archivedT }: StoredPreferences,
  { access, t }: { access: string; t: number },
  now: number,
): Preferences {
  const isSnoozed = snoozedUntil !== null && snoozedUntil > now
  return {
    notify: notify ?? (access === 'open' ? 'mentions' : 'all'),
    snoozedUntil: isSnoozed ? iso(snoozedUntil) : null,
    favourite: isFavourite,
    archived: archivedT !== null && (t <= archivedT || isSnoozed),
  }
}
