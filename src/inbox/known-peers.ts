import { MAX_TOLD, type PresenceNews } from './presence-row'

/** `unreached`: may have been told that the user is online, and has not answered. */
type State = 'online' | 'away' | 'unreached' | 'offline'

const STATES: string[] = ['online', 'away', 'unreached'] satisfies State[]

const MAX_KNOWN = 500

/** What an inbox knows of the presence of direct peers. What it was told late or twice changes nothing. */
export class KnownPeers {
  readonly #peers = new Map<string, { state: State; asOf: number }>()

  /** `kept`: what sockets kept while the object slept. */
  constructor(kept: Record<string, string>) {
    for (const [userId, state] of Object.entries(kept).slice(0, MAX_TOLD)) {
      if (STATES.includes(state)) this.set(userId, state as State, 0)
    }
  }

  set(userId: string, state: State, asOf: number): void {
    this.#peers.set(userId, { state, asOf })
  }

  clear(): void {
    this.#peers.clear()
  }

  /** Notes what a peer says, and returns whether that is a change that devices want to know. */
  accept(userId: string, { online, away, asOf }: PresenceNews): boolean {
    const known = this.#peers.get(userId)
    if (known && known.asOf > asOf) return false
    if (online ? !this.#hasRoomFor(userId) : !known && this.#peers.size >= MAX_KNOWN) return false
    const wasOnline = this.isOnline(userId)
    const state = online ? (away ? 'away' : 'online') : 'offline'
    this.set(userId, state, asOf)
    return state !== known?.state && (online || wasOnline)
  }

  /** Notes that a peer did not answer. */
  missed(userId: string): void {
    if (!this.isOnline(userId) && this.#hasRoomFor(userId)) this.set(userId, 'unreached', 0)
  }

  /** Whether this peer is one of those who were told, or may become one. */
  #hasRoomFor(userId: string): boolean {
    const state = this.#peers.get(userId)?.state
    return (state !== undefined && state !== 'offline') || this.told.length < MAX_TOLD
  }

  isOnline(userId: string): boolean {
    const state = this.#peers.get(userId)?.state
    return state === 'online' || state === 'away'
  }

  get online(): string[] {
    return [...this.#peers.keys()].filter((userId) => this.isOnline(userId))
  }

  get away(): string[] {
    return [...this.#peers].flatMap(([userId, { state }]) => (state === 'away' ? [userId] : []))
  }

  /** Those who were told that the user is online. */
  get told(): string[] {
    return Object.keys(this.kept)
  }

  /** What sockets keep. */
  get kept(): Record<string, string> {
    const told = [...this.#peers].filter(([, { state }]) => state !== 'offline')
    return Object.fromEntries(told.map(([userId, { state }]) => [userId, state]))
  }
}
