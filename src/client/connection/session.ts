import type { LoggedIn, Me, NewSession, NewUser, SignedIn } from '../protocol'
import { claimsOf } from './access-token'
import type { Send } from './http'
import { ProblemError } from './problem-error'

/** A session as this device keeps it. Whoever has it is signed in. */
export interface StoredSession {
  id: string
  userId: string
  accessToken: string
  /** By the clock of this device. */
  expiresAt: number
  refreshToken: string
}

export type SessionStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export interface SessionOptions {
  /**
   * Fetches an access token from your own server, and nothing else signs anybody in. `refused` is one that the service has refused,
   * so that whoever keeps tokens does not give it again.
   */
  token?: (refused?: string) => string | Promise<string>
  /** A session from elsewhere. */
  session?: StoredSession
  /** Where the session outlives the page: `localStorage` where there is one. `null` keeps it in memory. */
  storage?: SessionStorage | null
  /** Whether who has no session becomes a guest: yes, unless you say false. */
  guest?: boolean | { displayName: string }
}

type Grant = Pick<StoredSession, 'accessToken' | 'expiresAt' | 'userId'> & Partial<StoredSession>
type Listener = (token: string, userId: string) => void

/** A token is replaced when a fifth of its life is left, but at most this early. */
const EARLY_MS = 60_000
/** A clock that is ahead must not make every token look expired: the service is the judge. */
const LEAST_MS = 30_000

/** The access token of this device: kept fresh, shared by tabs, made once however many ask for it. */
export class Session {
  #grant: Grant | undefined
  #pending: Promise<string> | undefined
  /** Who was signed in must not go on as a guest without a word. */
  #hasEnded = false
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #listeners = new Set<Listener>()
  readonly #storage: SessionStorage | null
  readonly #key: string
  /** Told of the account with each new session. */
  onMe: (me: Me) => void = () => {}
  /** Told of each log-in what its user should be: whether it took the account back, and of wrong passwords before. */
  onLoggedIn: (answer: LoggedIn) => void = () => {}
  /** Told when the service has ended the session. */
  onEnded: () => void = () => {}

  constructor(
    readonly send: Send,
    address: string,
    readonly options: SessionOptions,
  ) {
    this.#key = `chat:${address}`
    this.#storage = options.token ? null : (options.storage ?? ownStorage(options.storage))
    this.#grant = options.session ?? this.#stored()
  }

  get userId(): string | undefined {
    return this.#grant?.userId
  }

  /** Whether a session outlives this page: its own, or one that another tab has opened since. */
  get isStored(): boolean {
    return this.#stored() !== undefined
  }

  /** An access token that has not expired. Throws a `ProblemError` where nobody is signed in. */
  async token(): Promise<string> {
    const grant = this.#grant
    return grant && grant.expiresAt > Date.now() ? grant.accessToken : this.replace()
  }

  /** A new token, unless the one that was refused has been replaced already. */
  async replace(refused?: string): Promise<string> {
    const current = this.#grant?.accessToken
    if (refused && current && current !== refused) return current
    this.#pending ??= this.#obtain(refused).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  /** Calls back with each new token, and keeps the session fresh as long as anybody listens. */
  onToken(listener: Listener): () => void {
    this.#listeners.add(listener)
    this.#schedule()
    return () => {
      this.#listeners.delete(listener)
      this.#schedule()
    }
  }

  async logIn(credentials: NewSession): Promise<LoggedIn> {
    const body = { ...this.#device(credentials), ...credentials }
    const answer = await this.send<LoggedIn>('POST', '/v1/sessions', { body })
    this.#adopt(answer)
    this.onLoggedIn(answer)
    return answer
  }

  /** With it, wrong passwords that others try keep nobody out here, and it is no new device. */
  #device({ password, passkey }: NewSession): { deviceToken?: string } {
    const deviceToken = this.#storage?.getItem(`${this.#key}:device`)
    return deviceToken && (password !== undefined || passkey) ? { deviceToken } : {}
  }

  async register(user: NewUser): Promise<SignedIn> {
    const answer = await this.send<SignedIn>('POST', '/v1/users', { body: user })
    this.#adopt(answer)
    return answer
  }

  /** Forgets the session here, and ends it there if the service can be reached. */
  async end(): Promise<void> {
    const token = this.#grant?.accessToken
    this.#forget()
    if (token) await this.send('DELETE', '/v1/sessions/current', { token }).catch(() => {})
  }

  /** What to give to another `Chat` as its `session`. */
  export(): StoredSession | undefined {
    const { id, refreshToken } = this.#grant ?? {}
    return id && refreshToken ? (this.#grant as StoredSession) : undefined
  }

  async #obtain(refused?: string): Promise<string> {
    const { token, guest = true } = this.options
    if (token) return this.#keepToken(await token(refused))
    // Another tab may have refreshed meanwhile; a token used twice would end the session.
    const stored = this.#stored()
    const isOwn = this.#grant ? stored?.id === this.#grant.id : !this.#hasEnded
    const shared = isOwn ? stored : undefined
    if (shared && shared.accessToken !== this.#grant?.accessToken) {
      this.#grant = shared
      if (shared.expiresAt > Date.now()) return this.#announce(shared)
    }
    if (this.#grant?.refreshToken) return this.#refresh(this.#grant.refreshToken)
    if (!guest || this.#hasEnded)
      throw new ProblemError({ code: 'unauthenticated', detail: 'Nobody is signed in.' })
    await this.register({ guest: true, ...(guest === true ? {} : guest) })
    return this.token()
  }

  async #refresh(refreshToken: string): Promise<string> {
    try {
      const body = { refreshToken }
      this.#adopt(await this.send<SignedIn>('POST', '/v1/sessions/refresh', { body }))
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'unauthenticated') {
        this.#hasEnded = true
        this.#forget()
        this.onEnded()
      }
      throw error
    }
    return this.token()
  }

  #adopt({ me, session, deviceToken }: SignedIn): void {
    const { id, accessToken, accessExpiresIn, refreshToken } = session
    const expiresAt = Date.now() + accessExpiresIn * 1000
    const grant = { id, userId: me.id, accessToken, expiresAt, refreshToken }
    this.#storage?.setItem(this.#key, JSON.stringify(grant))
    this.#storage?.setItem(`${this.#key}:device`, deviceToken)
    this.#grant = grant
    this.#hasEnded = false
    this.onMe(me)
    this.#announce(grant)
  }

  #keepToken(accessToken: string): string {
    const { userId, expiresAt } = claimsOf(accessToken)
    const grant = {
      userId,
      accessToken,
      expiresAt: Math.max(expiresAt, Date.now() + LEAST_MS),
    }
    this.#grant = grant
    return this.#announce(grant)
  }

  #announce({ accessToken, userId }: Grant): string {
    this.#schedule()
    for (const listener of this.#listeners) listener(accessToken, userId)
    return accessToken
  }

  #forget(): void {
    // Another tab may keep the session of somebody else there by now.
    if (this.#stored()?.id === this.#grant?.id) this.#storage?.removeItem(this.#key)
    this.#grant = undefined
    this.#schedule()
  }

  #stored(): StoredSession | undefined {
    const text = this.#storage?.getItem(this.#key)
    return text ? JSON.parse(text) : undefined
  }

  /** Nobody listens, nothing to keep fresh: a timer would hold a program open. */
  #schedule(retryMs?: number): void {
    clearTimeout(this.#timer)
    if (!this.#grant || this.#listeners.size === 0) return
    const left = this.#grant.expiresAt - Date.now()
    const wait = retryMs ?? Math.max(left - Math.min(left / 5, EARLY_MS), 1000)
    const replaceLater = () => this.replace().catch(() => this.#schedule(5_000))
    this.#timer = setTimeout(replaceLater, Math.min(wait, 2 ** 31 - 1))
  }
}

function ownStorage(given: SessionStorage | null | undefined): SessionStorage | null {
  try {
    return given === undefined ? (globalThis.localStorage ?? null) : null
  } catch {
    // A browser that is told to keep nothing throws.
    return null
  }
}
