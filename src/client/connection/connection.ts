import { type BackOff, waitOf } from './back-off'
import { afterClose } from './close-policy'
import type { Hint, NetworkHints } from './network-hints'
import { ProblemError } from './problem-error'
import type { Session } from './session'

export type SocketClass = new (url: string, protocols: string[]) => WebSocket

export interface ConnectionOptions {
  url: () => string
  session: Pick<Session, 'token' | 'replace' | 'onToken'>
  WebSocket: SocketClass
  backOff: BackOff
  hints: Pick<NetworkHints, 'listen'>
  onFrame: (frame: Record<string, unknown>) => void
  /** The socket is gone; it will be back. */
  onLost: () => void
  /** It will not be back. The close code, or undefined where nobody is signed in any more. */
  onRefused: (code: number | undefined, reason: string) => void
}

const PING_MS = 30_000
/** How often it looks at the clock, which jumps when a laptop wakes. */
const TICK_MS = 5_000
/** A socket that says nothing for so long after a command is sent a ping. */
const QUIET_MS = 3_000
/** How long after an attempt the user who comes back to the page is no reason for another: they may only switch windows. */
const TRIED_MS = 5_000
const PONG_MS = 4_000
/** What a socket begins with may be long, and comes before the first answer. */
const FIRST_PONG_MS = 10_000
const OPEN_MS = 15_000
/** A slow network is not a dead one: each time, it is waited for twice as long. */
const MAX_PATIENCE = 8
/** The service ends a client that receives 8 MiB without a word. */
const PING_CHARACTERS = 500_000
/** A socket that lasted this long was well, so the next wait is a short one again. */
const WELL_MS = 10_000

/** One socket that comes back: with a fresh token, after a back-off, unless the service says to stay away. */
export class Connection {
  #socket: WebSocket | undefined
  #isWanted = false
  #attempt = 0
  #triedAt = 0
  #received = 0
  #openedAt = Number.POSITIVE_INFINITY
  #retry: ReturnType<typeof setTimeout> | undefined
  #ticker: ReturnType<typeof setInterval> | undefined
  #pingedAt = 0
  /** Until when something must arrive. */
  #deadline: ReturnType<typeof setTimeout> | undefined
  #quiet: ReturnType<typeof setTimeout> | undefined
  #patience = 1
  #stopListening: (() => void)[] = []

  constructor(readonly options: ConnectionOptions) {}

  get isOpen(): boolean {
    return this.#socket?.readyState === 1
  }

  open(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#attempt = 0
    this.#stopListening = [
      this.options.session.onToken((token) => this.send({ do: 'auth', token })),
      this.options.hints.listen((hint) => this.#look(hint)),
    ]
    this.#connect()
  }

  close(): void {
    if (!this.#isWanted) return
    this.#isWanted = false
    for (const stop of this.#stopListening) stop()
    this.#drop()
  }

  /** Cuts the socket and comes back: at once, unless it has just done so. */
  restart(): void {
    this.#forgive()
    this.#drop()
    this.#again(this.#attempt > 1 ? undefined : 0)
  }

  /** Whether it went out. Nothing is kept for later. */
  send(command: object): boolean {
    if (!this.isOpen) return false
    this.#socket?.send(JSON.stringify(command))
    this.#quiet ??= setTimeout(() => this.#ping(), QUIET_MS)
    return true
  }

  #look(hint: Hint): void {
    if (this.isOpen) this.#ping()
    else if (!this.#socket && (hint === 'online' || this.#isUntried(hint))) this.#connect()
    // It may be waiting for a network that is gone.
    else if (hint === 'online') this.#expect(PONG_MS)
  }

  #isUntried(hint: Hint): boolean {
    return hint === 'shown' && Math.abs(Date.now() - this.#triedAt) >= TRIED_MS
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry)
    if (!this.#isWanted || this.#socket) return
    this.#triedAt = Date.now()
    const { session, url, WebSocket } = this.options
    // Taken before the wait, so that of two attempts only one goes on.
    const attempt = ++this.#attempt
    try {
      const token = await session.token()
      if (this.#attempt === attempt && this.#isWanted && !this.#socket)
        this.#listenTo(new WebSocket(url(), ['chat.v1', `bearer.${token}`]), token)
    } catch (error) {
      if (error instanceof ProblemError && !error.isTemporary) this.#refuse(undefined, error.code)
      else this.#again()
    }
  }

  #listenTo(socket: WebSocket, token: string): void {
    this.#socket = socket
    this.#expect(OPEN_MS)
    const isCurrent = () => this.#socket === socket
    socket.onopen = () => {
      if (!isCurrent()) return socket.close(1000)
      this.#openedAt = Date.now()
      this.#heard()
      // Until a client has sent something, it may learn seconds late that the service closed.
      this.#ping(FIRST_PONG_MS)
      this.#ticker = setInterval(() => this.#tick(), TICK_MS)
    }
    socket.onmessage = ({ data }) => {
      if (isCurrent()) this.#receive(String(data))
    }
    socket.onclose = ({ code, reason }) => {
      if (isCurrent()) this.#closed(code, reason, token)
    }
    // A close follows, which says more.
    socket.onerror = () => {}
  }

  #receive(text: string): void {
    this.#heard()
    this.#received += text.length
    if (this.#received > PING_CHARACTERS) this.#ping()
    if (text === 'pong') {
      this.#patience = 1
      return
    }
    const frame = parsed(text)
    if (frame) this.options.onFrame(frame)
  }

  #heard(): void {
    clearTimeout(this.#deadline)
    clearTimeout(this.#quiet)
    this.#deadline = undefined
    this.#quiet = undefined
  }

  #tick(): void {
    // Either way: somebody may set the clock back.
    if (Math.abs(Date.now() - this.#pingedAt) >= PING_MS) this.#ping()
  }

  /** Asks whether the socket is alive, unless an answer is awaited already. */
  #ping(answerMs = PONG_MS): void {
    if (!this.isOpen || this.#deadline) return
    this.#received = 0
    this.#pingedAt = Date.now()
    this.#socket?.send('ping')
    this.#expect(answerMs * this.#patience)
  }

  #expect(ms: number): void {
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => {
      if (this.isOpen) this.#patience = Math.min(this.#patience * 2, MAX_PATIENCE)
      // A browser opens one socket of a service at a time.
      else this.#socket?.close()
      this.#closed(1006, '', '')
    }, ms)
  }

  async #closed(code: number, reason: string, token: string): Promise<void> {
    this.#forgive()
    this.#drop()
    const policy = afterClose(code, reason)
    if (policy.next === 'stay-away') return this.#refuse(code, reason)
    this.options.onLost()
    if (policy.next === 'reconnect') return this.#again(policy.wait)
    try {
      await this.options.session.replace(token)
      // Refused again with a new token, it waits as for any other fault.
      this.#again(this.#attempt > 1 ? undefined : 0)
    } catch (error) {
      if (error instanceof ProblemError && !error.isTemporary) this.#refuse(code, reason)
      else this.#again()
    }
  }

  #forgive(): void {
    if (Date.now() - this.#openedAt > WELL_MS) this.#attempt = 0
  }

  #refuse(code: number | undefined, reason: string): void {
    this.close()
    this.options.onRefused(code, reason)
  }

  #again(wait = waitOf(this.options.backOff, Math.max(this.#attempt - 1, 0))): void {
    clearTimeout(this.#retry)
    if (this.#isWanted) this.#retry = setTimeout(() => this.#connect(), wait)
  }

  #drop(): void {
    clearTimeout(this.#retry)
    clearInterval(this.#ticker)
    this.#heard()
    const socket = this.#socket
    this.#socket = undefined
    this.#openedAt = Number.POSITIVE_INFINITY
    this.#received = 0
    // While it connects, a close would be an error; `onopen` closes it.
    if (socket?.readyState === 1) socket.close(1000)
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
