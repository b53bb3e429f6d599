import type { Context } from './context'
import type { Room } from './protocol'

/** The room of a key, which is created with the rest if there is none. */
export interface KeyedRoom {
  key: string
  name?: string
  access?: 'open' | 'closed'
}

const BY_KEY = 'key:'

/** What tells rooms apart before their ids are known: an id has no colon. */
export const nameOf = (room: string | KeyedRoom): string =>
  typeof room === 'string' ? room : BY_KEY + room.key

/** Where a room is: at its id, or at that of the room of a key, which is asked for once. */
export class RoomAddress {
  /** Empty while it is not known. */
  id: string
  readonly name: string
  readonly #keyed: KeyedRoom
  #finding: Promise<string> | undefined

  constructor(
    readonly chat: Pick<Context, 'request'>,
    room: string | KeyedRoom,
  ) {
    this.name = nameOf(room)
    const isId = !this.name.startsWith(BY_KEY)
    this.id = isId ? this.name : ''
    this.#keyed = typeof room === 'string' ? { key: room.slice(BY_KEY.length) } : room
  }

  /** Throws a `ProblemError` where the user may not know of the room, or not create it. */
  async find(): Promise<string> {
    if (this.id) return this.id
    this.#finding ??= this.#ask().finally(() => {
      this.#finding = undefined
    })
    return this.#finding
  }

  path(rest: string): string {
    return `/v1/rooms/${encodeURIComponent(this.id)}/${rest}`
  }

  async #ask(): Promise<string> {
    this.id = (await this.chat.request<Room>('POST', '/v1/rooms', this.#keyed)).id
    return this.id
  }
}
