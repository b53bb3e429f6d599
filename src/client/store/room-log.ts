import type { Event, Message, Ready, SharedMessage, SharedRoom, Snapshot } from '../protocol'
import { MessageWindow } from './message-window'
import type { Users } from './users'

/** Larger than any seq: a room answers with its snapshot. */
const AHEAD = 999_999_999_999_999

/** Why a room is over for this user. */
export type Ending = 'removed' | 'banned' | 'deleted'

/** From the newest to the oldest. */
export interface MessagePage {
  items: Message[]
  /** The seq before which there are more. */
  older: number | null
}

/** What is known of one room: its events applied in order, so that nothing between is missing. */
export class RoomLog {
  /** The last event applied. */
  seq: number | undefined
  room: SharedRoom | null = null
  ending: Ending | null = null
  hasOlder = true
  readonly messages: MessageWindow
  readonly threads = new Map<number, MessageWindow>()
  /** Messages that are further back than all of `messages`. */
  readonly excerpts = new Set<MessageWindow>()

  constructor(
    readonly users: Users,
    readonly userId: () => string | undefined,
  ) {
    this.messages = new MessageWindow(userId)
  }

  /** What to ask a socket for. */
  get after(): number {
    return this.seq ?? AHEAD
  }

  /** Whether the log is at the end of the room, with nothing on its way. */
  isComplete(target: number | undefined): boolean {
    return this.seq !== undefined && target !== undefined && this.seq >= target
  }

  begin({ room, resumed, snapshot }: Ready): void {
    if (resumed === 'limited' && snapshot) this.#replace(snapshot)
    else this.room = { ...room, seq: this.seq ?? room.seq }
    this.ending = null
  }

  /** Applies an event, once. False where one before it is missing. */
  apply(event: Event): boolean {
    if (this.seq === undefined || event.seq > this.seq + 1) return false
    if (event.seq <= this.seq) return true
    this.seq = event.seq
    if (this.room) this.room = { ...this.room, seq: event.seq }
    this.messages.apply(event)
    for (const thread of this.threads.values()) thread.apply(event)
    for (const excerpt of this.excerpts) excerpt.apply(event)
    this.#note(event)
    return true
  }

  /** Reads the page before what is known. Answers it where it was taken. */
  async loadOlder(
    read: (before: number | undefined) => Promise<MessagePage>,
  ): Promise<MessagePage | undefined> {
    const page = await this.messages.load(() => read(this.messages.oldest()?.seq))
    if (!page) return undefined
    this.hasOlder = page.older !== null
    this.#meet(page.items)
    return page
  }

  /** Takes an excerpt in that reaches what is known, so that nothing is missing between. */
  join(excerpt: MessageWindow, hasOlder: boolean): void {
    const [oldest, last] = [this.messages.oldest(), excerpt.list().at(-1)]
    if (!oldest || !last || last.n < oldest.n - 1) return
    const older = excerpt.list().filter(({ n }) => n < oldest.n)
    if (older.length === 0) return
    this.messages.add(older)
    this.#meet(older)
    this.hasOlder = hasOlder
  }

  /** A thread, kept up to date from now on. */
  thread(root: number): MessageWindow {
    const known = this.threads.get(root)
    if (known) return known
    const accepts = ({ seq, replyTo }: SharedMessage) => seq === root || replyTo === root
    const thread = new MessageWindow(this.userId, accepts)
    this.threads.set(root, thread)
    return thread
  }

  #replace({ seq, room, messages }: Snapshot): void {
    this.seq = seq
    this.room = room
    this.messages.clear()
    this.messages.addShared(messages)
    this.#meet(messages)
    this.hasOlder = (this.messages.oldest()?.n ?? 1) > 1
    this.threads.clear()
    this.excerpts.clear()
  }

  #note(event: Event): void {
    switch (event.type) {
      case 'message.posted':
        this.#meet([event.message])
        this.#assign({ n: event.message.n, t: event.message.t })
        break
      case 'room.deleted':
        this.ending = 'deleted'
        this.room = event.room
        break
      case 'room.changed':
      case 'room.frozen':
        this.room = event.room
        break
      case 'member.removed':
      case 'member.banned':
        if (event.member.user.id === this.userId())
          this.ending = event.type === 'member.banned' ? 'banned' : 'removed'
        this.#meetMember(event)
        break
      case 'member.joined':
      case 'member.added':
      case 'member.left':
      case 'member.unbanned':
      case 'member.changed':
        this.#meetMember(event)
    }
  }

  #meetMember({ member, memberCount }: Extract<Event, { memberCount: number }>): void {
    this.users.add(member.user)
    this.#assign({ memberCount })
  }

  #meet(messages: Pick<SharedMessage, 'author' | 'replyAuthors'>[]): void {
    for (const { author, replyAuthors } of messages) {
      for (const user of [author, ...replyAuthors]) this.users.add(user)
    }
  }

  #assign(change: Partial<SharedRoom>): void {
    if (this.room) this.room = { ...this.room, ...change }
  }
}
