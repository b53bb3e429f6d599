import * as members from './members'
import * as settings from './settings'
import type { State } from './state'

/** A person without what moves as they read and write. */
export type Known = Omit<
  members.Person,
  'postedAt' | 'readSeq' | 'readN' | 'sentCount' | 'visitedAt'
>

/** The settings and the people who asked for something, as they were read at one point. */
export interface Reading {
  /** The last version and the number of events but posts: all that is kept here moves one of them. */
  version: number
  events: number
  rules: settings.Settings
  people: Map<string, Known | undefined>
}

const MAX_PEOPLE = 1000

export const rulesOf = (state: State): settings.Settings => current(state).rules

/** Someone who belongs or ever belonged here. */
export function personOf(state: State, userId: string): Known | undefined {
  const { people } = current(state)
  if (people.has(userId)) return people.get(userId)
  const person = members.find(state.sql, userId)
  if (people.size >= MAX_PEOPLE) people.clear()
  people.set(userId, person)
  return person
}

function current(state: State): Reading {
  const { version, seq, n } = state.head
  const events = seq - n
  const { known } = state
  if (known?.version === version && known.events === events) return known
  const fresh = { version, events, rules: settings.read(state.sql), people: new Map() }
  state.known = fresh
  return fresh
}
