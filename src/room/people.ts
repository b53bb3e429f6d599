import type { Profile } from '../directory/profiles'
import * as events from './events'
import type { Outcome } from './flush'
import * as members from './members'
import * as membership from './membership'
import * as settings from './settings'
import type { State } from './state'

/** Takes over what the directory says of a person; late and repeated news changes nothing. */
export function apply({ sql, head }: State, profile: Profile, now: number): Outcome<null> {
  const person = members.find(sql, profile.id)
  if (!person || !members.update(sql, profile)) return { value: null }
  const told = []
  if (profile.deleted && person.role) {
    const heir =
      person.role === 'owner' && members.owners(sql) === 1 ? members.heir(sql) : undefined
    if (heir) {
      members.promote(sql, head, heir.userId, 'owner')
      told.push(changed({ sql, head }, heir.userId, profile.id, now))
    }
    told.push(membership.depart({ sql, head }, profile.id, now))
  } else {
    told.push(changed({ sql, head }, profile.id, profile.id, now))
  }
  return { value: null, events: told }
}

function changed(
  { sql, head }: Pick<State, 'sql' | 'head'>,
  userId: string,
  by: string,
  now: number,
) {
  const { memberCount } = settings.read(sql)
  return events.append(sql, head, { type: 'member.changed', by, userId, memberCount }, now)
}
