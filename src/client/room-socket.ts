import { pause, waitOf } from './connection/back-off'
import { Commands } from './connection/commands'
import type { Connection } from './connection/connection'
import { ProblemError } from './connection/problem-error'
import type { Context } from './context'
import type { Frame, Live, Ready, SharedMessage } from './protocol'
import type { RoomAddress } from './room-address'
import { type Ending, RoomLog } from './store/room-log'
import { Typing } from './store/typing'

export type RoomState = 'complete' | 'catching-up' | 'offline'

interface Handlers {
  onChange: () => void
  /** The log continues, or began anew from a snapshot. */
  onReady: (isNew: boolean) => void
  onPosted: (message: SharedMessage) => void
}

/** The socket of a room and what it says: the log in order, and what is true now. */
export class RoomSocket {
  readonly log: RoomLog
  readonly commands: Commands
  readonly typing: Typing
  online: Ready['online'] = { count: 0, users: [] }
  /** Why it does not come back. */
  ended: Ending | 'refused' | null = null
  readonly #connection: Connection
  readonly #listeners = new Set<(signal: Live) => void>()
  /** The seq up to which the socket sends what was missed. Undefined without a socket. */
  #target: number | undefined
  #isWanted = false
  #isFinding = false

  constructor(
    readonly chat: Context,
    readonly address: RoomAddress,
    readonly handlers: Handlers,
  ) {
    this.log = new RoomLog(chat.users, () => chat.userId)
    this.typing = new Typing(handlers.onChange)
    this.#connection = chat.connection(() => address.path(`socket?after=${this.log.after}`), {
      onFrame: (frame) => this.#receive(frame as Partial<Fields<Frame>>),
      onLost: () => this.#lost(),
      onRefused: (code) => this.#end(code),
    })
    this.commands = new Commands((command) => this.#connection.send(command), chat.answerMs)
  }

  /** A socket that is closing says so before it is lost, and takes nothing any more. */
  get isReady(): boolean {
    return this.#target !== undefined && this.#connection.isOpen
  }

  get state(): RoomState {
    if (this.#target === undefined) return 'offline'
    return this.log.isComplete(this.#target) ? 'complete' : 'catching-up'
  }

  open(): void {
    this.ended = null
    this.#isWanted = true
    if (this.address.id) this.#connection.open()
    else this.#find()
  }

  close(): void {
    this.#isWanted = false
    this.#connection.close()
    this.#lost()
  }

  /** Whether it went out. */
  send(command: object): boolean {
    return this.#connection.send(command)
  }

  onLive(listener: (signal: Live) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Frames and events that are unknown say nothing; an unknown event counts. */
  #receive({ ready, events, live, answers }: Partial<Fields<Frame>>): void {
    if (ready) this.#begin(ready)
    for (const event of events ?? []) {
      if (!this.log.apply(event)) {
        this.#lost()
        this.#connection.restart()
        return
      }
      if (event.type !== 'message.posted') continue
      this.typing.ended(event.message.author.id)
      this.handlers.onPosted(event.message)
    }
    for (const signal of live ?? []) this.#signal(signal)
    if (answers) this.commands.answered(answers)
    // The close comes later, and a client that did not send anything yet waits seconds for it.
    if (events && this.log.ending) this.#end(undefined)
    this.handlers.onChange()
  }

  /** Asks until it is known where the room is. */
  async #find(): Promise<void> {
    if (this.#isFinding) return
    this.#isFinding = true
    for (let attempt = 0; this.#isWanted && !this.address.id; attempt += 1) {
      try {
        await this.address.find()
      } catch (error) {
        if (error instanceof ProblemError && !error.isTemporary) this.#end(undefined)
        else await pause(waitOf(this.chat.backOff, attempt))
      }
    }
    this.#isFinding = false
    if (this.#isWanted) this.#connection.open()
  }

  #begin(ready: Ready): void {
    this.log.begin(ready)
    this.#target = ready.seq
    this.online = ready.online
    this.chat.putRoom(ready.room, ready.me)
    this.handlers.onReady(ready.resumed === 'limited')
  }

  #signal(signal: Live): void {
    if (signal.type === 'typing' && signal.userId !== this.chat.userId)
      this.typing.began(signal.user)
    if (signal.type === 'presence') this.online = onlineAfter(this.online, signal)
    for (const listener of this.#listeners) listener(signal)
  }

  #lost(): void {
    // Who closes a room because it changed must not be told again.
    if (this.#target === undefined) return
    this.#target = undefined
    this.commands.lost()
    this.typing.clear()
    this.handlers.onChange()
  }

  #end(code: number | undefined): void {
    this.ended = this.log.ending ?? endings[code ?? 0] ?? 'refused'
    this.close()
    this.handlers.onChange()
  }
}

const endings: Record<number, Ending> = { 4403: 'removed', 4404: 'deleted' }

/** All the keys that members of a union have: a frame has one of them. */
type Fields<U> = { [K in U extends U ? keyof U : never]: Extract<U, Record<K, unknown>>[K] }

function onlineAfter(
  { users }: Ready['online'],
  { userId, online, count }: Extract<Live, { type: 'presence' }>,
): Ready['online'] {
  if (!userId || !users) return { count, users: null }
  const others = users.filter((id) => id !== userId)
  return { count, users: online ? [...others, userId] : others }
}
