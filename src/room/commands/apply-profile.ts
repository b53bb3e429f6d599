import type { Profile } from '../../directory/profiles'
import type { Event } from '../../schemas/events'
import type { Outcome } from '../commit/commit-queue'
import type { Sockets } from '../connections/socket-registry'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as trash from '../store/media-trash'
import * as members from '../store/members'
import * as settings from '../store/settings'
import * as erasures from './bulk-delete'
import * as deletion from './delete-room'
import * as membership from './join-leave'

/** Takes over what the directory says of a person; late and repeated news changes nothing. */
export function apply(
  state: State,
  sockets: Sockets,
  profile: Profile,
  now: number,
): Outcome<null> {
  const { sql } = state
  const person = members.find(sql, profile.id)
  if (!person || !members.update(sql, profile)) return { value: null }
  if (!profile.deleted)
    return { value: null, events: [changed(state, profile.id, profile.id, now)] }
  trash.disown(state.storage, profile.id, now)
  const told = person.role
    ? bequeath(state, person, now)
    : [changed(state, person.userId, person.userId, now)]
  if (profile.erased)
    told.push(
      erasures.begin(
        state,
        { authorId: profile.id, from: 1, to: state.head.seq },
        { userId: profile.id },
        now,
      ),
    )
  const ends = () => sockets.closeAll(profile.id, 4401, 'unauthenticated')
  if (settings.read(sql).memberCount > 0) return { value: null, events: told, ends }
  const end = deletion.begin(state, sockets, profile.id, now)
  return { value: null, events: [...told, ...end.events], ends: end.ends }
}

/** A member goes for good: the last owner's room gets the one who has been there longest. */
function bequeath(state: State, person: members.Person, now: number): Event[] {
  const { sql, head } = state
  const isLast = person.role === 'owner' && members.owners(sql) === 1
  const heir = isLast ? members.heir(sql) : undefined
  const left = membership.depart(
    state,
    { type: 'member.left', by: person.userId, userId: person.userId },
    now,
  )
  if (!heir) return [left]
  members.promote(sql, head, heir.userId, 'owner')
  return [left, changed(state, heir.userId, person.userId, now)]
}

function changed({ sql, head }: State, userId: string, by: string, now: number): Event {
  const { memberCount } = settings.read(sql)
  return events.append(sql, head, { type: 'member.changed', by, userId, memberCount }, now)
}
