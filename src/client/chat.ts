import type { ChatOptions, Transfer } from './chat-options'
import { BACK_OFF, type BackOff } from './connection/back-off'
import { Connection, type ConnectionOptions, type SocketClass } from './connection/connection'
import { http, type RequestOptions, type Send } from './connection/http'
import { NetworkHints } from './connection/network-hints'
import { ProblemError } from './connection/problem-error'
import { Session } from './connection/session'
import type { Context } from './context'
import { Inbox } from './inbox'
import type {
  Me,
  NewRoom,
  NewSession,
  NewUser,
  RoomMe,
  Room as RoomOfUser,
  SharedRoom,
} from './protocol'
import { Room } from './room'
import { type KeyedRoom, nameOf } from './room-address'
import { Derived } from './store/observable'
import { RoomList, type UnreadTotals } from './store/room-list'
import type { UnsentListener } from './store/unsent'
import { Users } from './store/users'

export interface RoomsView {
  /** Whether the list is the current one. */
  state: 'complete' | 'catching-up' | 'offline'
  /** The room with the latest message first. */
  rooms: readonly RoomOfUser[]
  /** Whether `loadMoreRooms` would bring older ones. */
  more: boolean
}

/** A user's connection to a chatroom service. Nothing is sent until something is asked of it. */
export class Chat implements Context {
  readonly session: Session
  readonly users = new Users()
  readonly roomList = new RoomList(this)
  readonly inbox: Inbox
  readonly backOff: BackOff
  readonly answerMs: number | undefined
  readonly transfer: Transfer | undefined
  readonly rooms: Derived<RoomsView> = new Derived(() => this.#look())
  readonly unread = new Derived<UnreadTotals>(() => this.roomList.totals())
  readonly me: Derived<Me | null> = new Derived(() => this.#me)
  readonly address: string
  readonly unsentListener: UnsentListener = {
    added: (message) => this.#eachUnsentListener(({ added }) => added(message)),
    removed: (nonce) => this.#eachUnsentListener(({ removed }) => removed(nonce)),
  }
  readonly #unsentListeners = new Set<UnsentListener>()
  readonly #options: ChatOptions
  readonly #send: Send
  readonly #hints = new NetworkHints()
  readonly #rooms = new Map<string, Room>()
  #me: Me | null = null
  #users = 0

  constructor(address: string, options: ChatOptions = {}) {
    this.address = address.replace(/\/$/, '')
    this.#options = options
    this.backOff = options.backOff ?? BACK_OFF
    this.answerMs = options.answerMs
    this.transfer = options.transfer
    this.#send = http(
      this.address,
      options.fetch ?? ((...asked) => fetch(...asked)),
      this.#hints.doubt,
    )
    this.session = new Session(this.#send, this.address, options)
    this.session.onMe = (me) => this.setMe(me)
    this.session.onEnded = () => {
      this.close()
      this.#forget()
    }
    this.inbox = new Inbox(this)
  }

  get userId(): string | undefined {
    return this.session.userId
  }

  /** Opens the socket for all rooms. Answers what lets go of it. */
  connect = (): (() => void) => {
    this.#users += 1
    this.inbox.open()
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#users -= 1
      setTimeout(() => this.#users === 0 && this.inbox.close(), 1_000)
    }
  }

  /** Ends every connection. */
  close(): void {
    this.inbox.close()
    for (const room of this.#rooms.values()) room.close()
  }

  /** The room of this id, or of this key; the same object each time. */
  room(room: string | KeyedRoom): Room {
    const name = nameOf(room)
    const known = this.#rooms.get(name) ?? new Room(this, room)
    this.#rooms.set(name, known)
    return known
  }

  /** Asks the service for anything, signed in. Throws a `ProblemError` for a refusal. */
  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<T> {
    const token = await this.session.token()
    const asked = { ...options, body }
    const { userId } = this
    try {
      return await this.#send<T>(method, path, { ...asked, token })
    } catch (error) {
      if (!(error instanceof ProblemError && error.isOfToken)) throw error
      const renewed = await this.session.replace(token)
      // Somebody else has signed in meanwhile: it must not be done in their name.
      if (this.userId !== userId) throw error
      return this.#send<T>(method, path, { ...asked, token: renewed })
    }
  }

  logIn(credentials: NewSession): Promise<Me> {
    return this.#become(() => this.session.logIn(credentials))
  }

  register(user: NewUser): Promise<Me> {
    return this.#become(() => this.session.register(user))
  }

  /** Ends the session, forgets everything and stays disconnected. */
  async logOut(): Promise<void> {
    this.close()
    this.#forget()
    await this.session.end()
  }

  /** Creates a room, or finds the one of its `key`. */
  async createRoom(room: Partial<NewRoom>): Promise<RoomOfUser> {
    const made = await this.request<RoomOfUser>('POST', '/v1/rooms', room)
    this.roomList.put(made)
    this.changed()
    return made
  }

  /** Reads older rooms of the list. */
  async loadMoreRooms(): Promise<void> {
    for (let cursor = ''; ; ) {
      const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''
      const page = await this.request<{ items: RoomOfUser[]; nextCursor: string | null }>(
        'GET',
        `/v1/me/rooms?sort=recent&limit=100${query}`,
      )
      const isNew = page.items.some(({ id }) => !this.roomList.get(id))
      this.roomList.addPage(page.items, page.nextCursor !== null)
      this.changed()
      if (isNew || page.nextCursor === null) return
      cursor = page.nextCursor
    }
  }

  /** Tells of messages that are under way, and of those that no longer are. */
  onUnsent = (listener: UnsentListener): (() => void) => {
    this.#unsentListeners.add(listener)
    return () => this.#unsentListeners.delete(listener)
  }

  connection(
    path: () => string,
    handlers: Pick<ConnectionOptions, 'onFrame' | 'onLost' | 'onRefused'>,
  ): Connection {
    return new Connection({
      url: () => this.address.replace(/^http/, 'ws') + path(),
      session: this.session,
      WebSocket: this.#options.WebSocket ?? (globalThis.WebSocket as SocketClass),
      backOff: this.backOff,
      hints: this.#hints,
      ...handlers,
    })
  }

  markRead(roomId: string, seq: number): void {
    this.inbox.markRead(roomId, seq)
  }

  setMe(me: Me): void {
    this.#me = me
    this.users.add(me)
    this.me.changed()
  }

  putRoom(room: SharedRoom, me: RoomMe | null): void {
    this.inbox.confirmRead(room.id, me?.readSeq)
    this.roomList.putShared(room, me)
    this.changed()
  }

  changed(): void {
    this.rooms.changed()
    this.unread.changed()
    for (const room of this.#rooms.values()) room.view.changed()
  }

  /** What was open is opened again, as the new user. */
  async #become(signIn: () => Promise<{ me: Me }>): Promise<Me> {
    const open = [...this.#rooms.values()].filter((room) => room.isHeld)
    const before = this.userId
    const { me } = await signIn()
    if (before !== me.id) {
      this.close()
      this.#forget()
      this.setMe(me)
      for (const room of open) room.reopen()
      if (this.#users > 0) this.inbox.open()
    }
    return me
  }

  #forget(): void {
    this.roomList.clear()
    this.inbox.forget()
    this.#me = null
    for (const room of this.#rooms.values()) room.forget()
    this.me.changed()
    this.changed()
  }

  #eachUnsentListener(tell: (listener: UnsentListener) => void): void {
    for (const listener of this.#unsentListeners) tell(listener)
  }

  #look(): RoomsView {
    const { roomList, inbox } = this
    return {
      state: inbox.isReady ? 'complete' : inbox.isOpen ? 'catching-up' : 'offline',
      rooms: roomList.list(),
      more: roomList.more,
    }
  }
}
