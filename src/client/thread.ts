import type { Context } from './context'
import type { Message } from './protocol'
import { Derived } from './store/observable'
import type { RoomLog } from './store/room-log'
import type { ChatMessage, Draft, UnsentMessage } from './store/unsent'

interface Page {
  items: Message[]
  nextCursor: string | null
}

/** What a thread needs of its room. */
interface Home {
  readonly chat: Pick<Context, 'request'>
  readonly log: RoomLog
  readonly view: Derived<unknown>
  open: () => () => void
  send: (draft: Draft) => string
  show(message: Message): ChatMessage
  unsent(): readonly UnsentMessage[]
  find(): Promise<string>
  path(rest: string): string
}

export interface ThreadView {
  /** Whether all replies are there. */
  isComplete: boolean
  root: ChatMessage | null
  /** Oldest first; what is not sent yet comes last. */
  replies: readonly ChatMessage[]
}

/** The replies to a message. */
export class Thread {
  readonly view: Derived<ThreadView>
  #isComplete = false
  #isWanted = false

  constructor(
    readonly room: Home,
    readonly root: number,
  ) {
    this.view = new Derived(() => this.#look())
    room.view.subscribe(() => this.view.changed())
  }

  /** Opens its room, too. Answers what lets go of both. */
  open = (): (() => void) => {
    const close = this.room.open()
    if (!this.#isWanted) this.reload()
    return close
  }

  send = (text: string, also: { alsoInRoom?: boolean } = {}): string =>
    this.room.send({ text, replyTo: this.root, ...also })

  /** The room sent a snapshot in the place of what was missed. */
  restart(): void {
    if (this.#isWanted) this.reload()
  }

  async reload(): Promise<void> {
    this.#isWanted = true
    this.#isComplete = false
    const { room, root } = this
    try {
      const replies = room.log.thread(root)
      const page = await replies.load(async () => ({ items: await this.#read() }))
      this.#isComplete = page !== undefined
      room.view.changed()
    } catch {
      // The next who opens it asks again.
      this.#isWanted = false
    }
  }

  async #read() {
    const { room, root } = this
    await room.find()
    const path = room.path(`messages/${root}`)
    const items = [await room.chat.request<Message>('GET', path)]
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''
      const page: Page = await room.chat.request('GET', `${path}/replies?limit=100${query}`)
      items.push(...page.items)
      cursor = page.nextCursor
    }
    return items
  }

  #look(): ThreadView {
    const { room, root } = this
    const known = room.log.thread(root).list()
    const first = known.find(({ seq }) => seq === root) ?? room.log.messages.get(root)
    const replies = known.filter(({ seq }) => seq !== root).map((message) => room.show(message))
    const unsent = room.unsent().filter(({ replyTo }) => replyTo === root)
    return {
      isComplete: this.#isComplete,
      root: first ? room.show(first) : null,
      replies: [...replies, ...unsent],
    }
  }
}
