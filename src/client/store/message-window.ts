import type { Event, Message, SharedMessage } from '../protocol'
import { afterEvent, keepingMine } from './reactions'

/** Messages of a room without a gap between the oldest of them and now, or those of one thread. */
export class MessageWindow {
  readonly #bySeq = new Map<number, Message>()
  /** Events since a page was asked for, which may lack them. */
  #recent: Event[] | undefined
  #loads = 0

  constructor(
    readonly userId: () => string | undefined,
    readonly accepts: (message: SharedMessage) => boolean = () => true,
  ) {}

  /** Oldest first. */
  list(): Message[] {
    return [...this.#bySeq.values()].sort((a, b) => a.seq - b.seq)
  }

  get(seq: number): Message | undefined {
    return this.#bySeq.get(seq)
  }

  oldest(): Message | undefined {
    return this.list()[0]
  }

  clear(): void {
    this.#bySeq.clear()
    this.#recent = undefined
    // A page that is under way belongs to what was.
    this.#loads += 1
  }

  /** Adds what everyone is sent. */
  addShared(messages: SharedMessage[]): void {
    for (const message of messages) this.#put(message)
  }

  add(messages: Message[]): void {
    for (const message of messages) this.#bySeq.set(message.seq, message)
  }

  /** Adds a page that is read meanwhile, brought up to what happened since it was asked for. Undefined where it came too late. */
  async load<P extends { items: Message[] }>(read: () => Promise<P>): Promise<P | undefined> {
    const load = ++this.#loads
    this.#recent = []
    try {
      const page = await read()
      if (load !== this.#loads) return undefined
      this.add(page.items)
      for (const event of this.#recent ?? []) this.#change(event)
      return page
    } finally {
      if (load === this.#loads) this.#recent = undefined
    }
  }

  apply(event: Event): void {
    this.#recent?.push(event)
    this.#change(event)
  }

  #change(event: Event): void {
    switch (event.type) {
      case 'message.posted':
        this.#put(event.message)
        if (event.root) this.#assign(event.root.seq, event.root)
        break
      case 'message.edited':
        if (event.message && this.#bySeq.has(event.messageSeq)) this.#put(event.message)
        break
      case 'message.deleted':
        if (this.#bySeq.has(event.message.seq)) this.#put(event.message)
        if (event.root) this.#assign(event.root.seq, event.root)
        break
      case 'messages.erased':
        this.#erase(event)
        break
      case 'reaction.added':
      case 'reaction.removed': {
        const message = this.#bySeq.get(event.messageSeq)
        const reactions = afterEvent(event, message?.reactions ?? [], this.userId())
        this.#assign(event.messageSeq, { reactions })
        break
      }
      case 'message.pinned':
      case 'message.unpinned':
        this.#assign(event.messageSeq, { pinned: event.pinned })
    }
  }

  #put(shared: SharedMessage): void {
    if (!this.accepts(shared)) return
    const before = this.#bySeq.get(shared.seq)?.reactions
    this.#bySeq.set(shared.seq, { ...shared, reactions: keepingMine(shared.reactions, before) })
  }

  #assign(seq: number, change: Partial<Message>): void {
    const message = this.#bySeq.get(seq)
    if (message) this.#bySeq.set(seq, { ...message, ...change })
  }

  #erase({ authorId, from, to, at }: Extract<Event, { type: 'messages.erased' }>): void {
    for (const { seq, author, deletedAt } of this.#bySeq.values()) {
      if (author.id !== authorId || seq < from || seq > to) continue
      const nothing = { text: null, editedAt: null, reactions: [], pinned: false, attachments: [] }
      this.#assign(seq, { ...nothing, deletedAt: deletedAt ?? at })
    }
  }
}
