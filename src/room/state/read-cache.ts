import * as members from '../store/members'
import * as settings from '../store/settings'
import type { State } from './room-state'

/** A person without what moves as they read and write. */
export type Known = Omit<
  members.Person,
  'postedAt' | 'readSeq' | 'readN' | 'sentCount' | 'visitedAt'
>

/** The settings without what moves as the index is told. */
export type Rules = Omit<settings.Settings, 'version' | 'countedSeq'>

/** The settings and the people who asked for something, as they were read at one point. */
export interface Reading {
  /** The last version and the number of events but posts: all that is kept here moves one of them. */
  version: number
  events: number
  rules: Rules
  people: Map<string, Known | undefined>
}

const MAX_PEOPLE = 1000

export const rulesOf = (state: State): Rules => current(state).rules

/** Someone who belongs or ever belonged here. */
export function personOf(state: State, userId: string): Known | undefined {
  const { people } = current(state)
  if (people.has(userId)) return people.get(userId)
  const person = members.find(state.sql, userId)
  if (people.size >= MAX_PEOPLE) people.clear()
  people.set(userId, person)
  return person
}

/** Does what gives out versions and changes nothing that is kept here: all of it still holds afterwards. */
export function keeping(state: State, work: () => void): void {
  const holds = state.known && isCurrent(state.known, state) ? state.known : null
  work()
  if (holds) holds.version = state.head.version
}

function current(state: State): Reading {
  const { known } = state
  if (known && isCurrent(known, state)) return known
  const { version, seq, n } = state.head
  const fresh = { version, events: seq - n, rules: settings.read(state.sql), people: new Map() }
  state.known = fresh
  return fresh
}

const isCurrent = ({ version, events }: Reading, { head }: State): boolean =>
  version === head.version && events === head.seq - head.n
