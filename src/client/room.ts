import type { Context } from './context'
import { History } from './history'
import type { Author, Live, Message } from './protocol'
import { type KeyedRoom, RoomAddress } from './room-address'
import { RoomSocket } from './room-socket'
import type { RoomView } from './room-view'
import { Sender } from './sender'
import { Excerpt } from './store/excerpt'
import { Derived } from './store/observable'
import type { RoomLog } from './store/room-log'
import { type ChatMessage, type Draft, Unsent, type UnsentMessage } from './store/unsent'
import { Thread } from './thread'

/** A component that is shown again at once must not open another socket. */
const LINGER_MS = 1_000
const TYPING_EVERY_MS = 5_000

/** A room: what is known of it, and what can be done there. */
export class Room {
  readonly view = new Derived<RoomView>(() => this.#look())
  #socket: RoomSocket
  #unsent: Unsent
  #sender: Sender
  #history: History
  readonly #threads = new Map<number, Thread>()
  readonly #excerpts = new Map<number, Excerpt>()
  /** A message that did not change is the same object, so that a list need not draw it again. */
  readonly #shown = new WeakMap<Message, ChatMessage>()
  #holders = 0
  #typedAt = 0
  readonly #address: RoomAddress

  constructor(
    readonly chat: Context,
    room: string | KeyedRoom,
  ) {
    this.#address = new RoomAddress(chat, room)
    this.#unsent = new Unsent(chat.unsentListener)
    this.#socket = this.#newSocket()
    this.#sender = this.#newSender()
    this.#history = this.#newHistory()
  }

  /** Empty while the room of a key is not found. */
  get id(): string {
    return this.#address.id
  }

  get log(): RoomLog {
    return this.#socket.log
  }

  get isHeld(): boolean {
    return this.#holders > 0
  }

  /** Connects. Answers what lets go of it: the socket closes when nobody holds the room any more. */
  open = (): (() => void) => {
    this.#holders += 1
    this.reopen()
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#holders -= 1
      setTimeout(() => this.#holders === 0 && this.close(), LINGER_MS)
    }
  }

  /** Connects again who holds it already. */
  reopen = (): void => this.#socket.open()

  /** Answers the id, which for the room of a key has to be asked for. */
  find = (): Promise<string> => this.#address.find()

  close(): void {
    this.#socket.close()
  }

  /** Somebody else is signed in: nothing of this is theirs. */
  forget(): void {
    this.#socket.close()
    this.#unsent = new Unsent(this.chat.unsentListener)
    this.#socket = this.#newSocket()
    this.#sender = this.#newSender()
    this.#history = this.#newHistory()
    this.view.changed()
  }

  /** Shows the message at once and sends it when it can. Answers its nonce, which keeps it from being posted twice. */
  send = (draft: string | Draft, nonce: string = crypto.randomUUID()): string => {
    if (this.#unsent.has(nonce)) return nonce
    const given = typeof draft === 'string' ? { text: draft } : draft
    this.#unsent.add(given, { roomId: this.#address.name, nonce, author: this.#self() })
    this.#typedAt = 0
    this.view.changed()
    this.#sender.start()
    return nonce
  }

  retry = (nonce: string): void => {
    this.#unsent.retry(nonce)
    this.view.changed()
    this.#sender.start()
  }

  /** The service refused it elsewhere. */
  refuse(nonce: string, problem: Error): void {
    this.#unsent.fail(nonce, problem)
    this.view.changed()
  }

  discard = (nonce: string): void => {
    if (this.#unsent.remove(nonce)) this.view.changed()
  }

  edit = (seq: number, text: string): Promise<Message> =>
    this.chat.request('PATCH', this.path(`messages/${seq}`), { text })

  delete = (seq: number): Promise<unknown> =>
    this.chat.request('DELETE', this.path(`messages/${seq}`))

  react = (seq: number, emoji: string, isOn = true): Promise<unknown> => {
    const path = `messages/${seq}/reactions/${encodeURIComponent(emoji)}/@me`
    return this.chat.request(isOn ? 'PUT' : 'DELETE', this.path(path))
  }

  /** Moves the read marker to a message, or to the end. */
  markRead = (seq = this.log.seq): void => {
    if (seq !== undefined) this.chat.markRead(this.id, seq)
  }

  /** To be called with each key that is pressed. */
  sendTyping = (): void => {
    const now = Date.now()
    if (now - this.#typedAt < TYPING_EVERY_MS) return
    if (this.#socket.send({ do: 'typing' })) this.#typedAt = now
  }

  /** Calls back with what is true now and stored nowhere, such as what others send with `sendLive`. */
  onLive = (listener: (signal: Live) => void): (() => void) => this.#socket.onLive(listener)

  sendLive = (name: string, data: unknown): boolean =>
    this.#socket.send({ do: 'live.send', name, data })

  /** Reads the page before the oldest message. One at a time. */
  loadOlder = (): Promise<void> => this.#history.loadOlder()

  thread(root: number): Thread {
    const known = this.#threads.get(root) ?? new Thread(this, root)
    this.#threads.set(root, known)
    return known
  }

  /** Messages around one that may be far back. */
  excerpt(seq: number): Excerpt {
    const known = this.#excerpts.get(seq) ?? new Excerpt(this, seq)
    this.#excerpts.set(seq, known)
    return known
  }

  unsent(): readonly UnsentMessage[] {
    return this.#unsent.list()
  }

  path = (rest: string): string => this.#address.path(rest)

  /** A message as a front end shows it, with the name that its author has now. */
  show(message: Message): ChatMessage {
    const author = this.chat.users.current(message.author)
    const before = this.#shown.get(message)
    if (before?.author === author) return before
    const shown = { ...message, author, status: 'sent' as const }
    this.#shown.set(message, shown)
    return shown
  }

  #newSocket(): RoomSocket {
    return new RoomSocket(this.chat, this.#address, {
      onChange: () => this.view.changed(),
      onReady: (isNew) => this.#continue(isNew),
      onPosted: ({ author, nonce }) => {
        if (author.id === this.chat.userId) this.#unsent.remove(nonce)
      },
    })
  }

  #newSender(): Sender {
    const socket = this.#socket
    return new Sender({
      unsent: this.#unsent,
      commands: socket.commands,
      isReady: () => socket.isReady,
      onChange: () => this.view.changed(),
      backOff: this.chat.backOff,
    })
  }

  #newHistory(): History {
    const { chat, log } = this
    const socket = this.#socket
    return new History({
      ...{ chat, log, address: this.#address },
      isReady: () => socket.isReady,
      changed: () => this.view.changed(),
    })
  }

  #continue(isNew: boolean): void {
    const parts = [...this.#threads.values(), ...this.#excerpts.values()]
    if (isNew) for (const part of parts) part.restart()
    this.#history.continue(isNew)
    this.#sender.start()
  }

  #self(): Author {
    const id = this.chat.userId ?? ''
    return this.chat.users.get(id) ?? { id, username: null, displayName: '', avatarUrl: null }
  }

  #look(): RoomView {
    const { log, state, ended, typing, online } = this.#socket
    const isInTimeline = (one: Message | UnsentMessage) => one.replyTo === null || one.alsoInRoom
    const sent = log.messages.list().filter(isInTimeline)
    return {
      id: this.id,
      state: state === 'complete' && this.#history.isBehind ? 'catching-up' : state,
      ended,
      room: log.room,
      me: this.chat.roomList.get(this.id)?.me ?? null,
      messages: [
        ...sent.map((message) => this.show(message)),
        ...this.unsent().filter(isInTimeline),
      ],
      hasOlder: log.hasOlder,
      typing: typing.list(),
      online,
    }
  }
}
