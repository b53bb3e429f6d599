import type { Message } from '../protocol'
import { MessageWindow } from './message-window'
import { Derived } from './observable'
import type { RoomLog } from './room-log'
import type { ChatMessage } from './unsent'

const PAGE = 50

/** What an excerpt needs of its room. */
interface Home {
  readonly chat: {
    readonly userId: string | undefined
    request<T>(method: string, path: string): Promise<T>
  }
  readonly log: RoomLog
  readonly view: Derived<unknown>
  show(message: Message): ChatMessage
  find(): Promise<string>
  path(rest: string): string
}

interface Page {
  items: Message[]
  older: number | null
  newer: number | null
}

export interface ExcerptView {
  state: 'loading' | 'complete' | 'failed'
  /** The timeline, oldest first, with nothing missing between the first and the last of them. */
  messages: readonly ChatMessage[]
  hasOlder: boolean
  hasNewer: boolean
}

/**
 * Messages around one that is so far back that the room would have to read thousands to show it. Read down to what the
 * room has, they are the room's.
 */
export class Excerpt {
  readonly view: Derived<ExcerptView>
  #window: MessageWindow
  #state: ExcerptView['state'] = 'loading'
  #older: number | null = null
  #newer: number | null = null
  #holders = 0
  #stop = () => {}
  #loading: Promise<void> | undefined

  constructor(
    readonly room: Home,
    readonly seq: number,
  ) {
    this.view = new Derived(() => this.#look())
    this.#window = this.#newWindow()
  }

  /** Reads it, and keeps it up to date. Answers what lets go of it. */
  open = (): (() => void) => {
    this.#holders += 1
    if (this.#holders === 1) {
      this.#stop = this.room.view.subscribe(() => this.view.changed())
      this.reload()
    }
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#holders -= 1
      if (this.#holders > 0) return
      this.#stop()
      this.room.log.excerpts.delete(this.#window)
    }
  }

  /** The room sent a snapshot in the place of what was missed. */
  restart(): void {
    if (this.#holders > 0) this.reload()
  }

  reload = (): Promise<void> => {
    const { log } = this.room
    log.excerpts.delete(this.#window)
    this.#window = this.#newWindow()
    log.excerpts.add(this.#window)
    this.#loading = undefined
    this.#state = 'loading'
    return this.#read('around', this.seq)
  }

  loadOlder = (): Promise<void> => this.#read('before', this.#older)

  loadNewer = (): Promise<void> => this.#read('after', this.#newer)

  /** One page at a time. */
  #read(way: 'around' | 'before' | 'after', seq: number | null): Promise<void> {
    if (seq === null) return Promise.resolve()
    const window = this.#window
    this.#loading ??= this.#load(window, way, seq).finally(() => {
      if (window === this.#window) this.#loading = undefined
    })
    return this.#loading
  }

  async #load(window: MessageWindow, way: string, seq: number): Promise<void> {
    const { room } = this
    try {
      await room.find()
      const path = room.path(`messages?limit=${PAGE}&${way}=${seq}`)
      const page = await window.load(() => room.chat.request<Page>('GET', path))
      if (!page || window !== this.#window) return
      if (way !== 'after') this.#older = page.older
      if (way !== 'before') this.#newer = page.newer
      this.#state = 'complete'
      // The last page may end where the room begins, or in the midst of it.
      room.log.join(window, this.#older !== null)
    } catch {
      if (window === this.#window) this.#state = 'failed'
    }
    room.view.changed()
  }

  #newWindow(): MessageWindow {
    const known = (seq: number) => window.get(seq) !== undefined
    const window: MessageWindow = new MessageWindow(
      () => this.room.chat.userId,
      ({ seq }) => known(seq),
    )
    return window
  }

  #look(): ExcerptView {
    const isInTimeline = (one: Message) => one.replyTo === null || one.alsoInRoom
    const messages = this.#window.list().filter(isInTimeline)
    return {
      state: this.#state,
      messages: messages.map((message) => this.room.show(message)),
      hasOlder: this.#older !== null,
      hasNewer: this.#newer !== null,
    }
  }
}
