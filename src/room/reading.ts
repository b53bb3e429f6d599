import type { Events, EventsQuery } from '../schemas/events'
import type { Member } from '../schemas/members'
import type { Message, Messages, MessagesQuery } from '../schemas/messages'
import { iso } from '../schemas/primitives'
import type { Room } from '../schemas/rooms'
import type { Version } from '../schemas/versions'
import * as log from './log'
import * as members from './members'
import * as messages from './messages'
import { require } from './permissions'
import type { Sockets } from './sockets'
import type { State } from './state'
import * as versions from './versions'
import * as view from './view'

/** The one who asks, as of now. Throws `forbidden` unless they may read. */
export function reader({ sql, activity }: State, userId: string): members.Person | undefined {
  const person = members.find(sql, userId)
  require(person?.role ?? null, 'room.read')
  return person && activity.apply(person)
}

export function room(state: State, userId: string): Room {
  return view.personal(state.sql, reader(state, userId))
}

export function message(state: State, userId: string, seq: number): Message {
  reader(state, userId)
  return messages.get(state.sql, seq)
}

export function versionsOf(state: State, userId: string, seq: number): Version[] {
  return message(state, userId, seq).deletedAt ? [] : versions.list(state.sql, seq)
}

export function page(state: State, userId: string, query: MessagesQuery): Messages {
  reader(state, userId)
  return { ...messages.page(state.sql, query), seq: state.head.seq }
}

export function events(state: State, userId: string, query: EventsQuery): Events {
  reader(state, userId)
  return log.read(state, query.after, query.limit)
}

export function roster(
  state: State,
  sockets: Sockets,
  userId: string,
  after: members.Place | null,
  limit: number,
): { items: Member[]; next: members.Place | null } {
  reader(state, userId)
  const people = members.list(state.sql, after, limit + 1)
  const shown = people.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map((person) => ({
      user: members.toAuthor(person),
      role: person.role ?? 'member',
      joinedAt: iso(person.joinedAt),
      online: sockets.isOnline(person.userId),
    })),
    next: people.length > limit && last ? { joinedAt: last.joinedAt, userId: last.userId } : null,
  }
}
