import { Wire } from './wire'

interface InboxFrame {
  ready?: { rooms: unknown[] }
  updates?: { type: string; roomId?: string; seq?: number }[]
}

/** One device on somebody's inbox. Throws, which ends the run, when its socket ends by itself. */
export class Inbox {
  /** Called for each update as it arrives. */
  onUpdate: (update: NonNullable<InboxFrame['updates']>[number]) => void = () => {}
  #wire: Wire | undefined

  constructor(
    private readonly url: URL,
    private readonly token: string,
  ) {}

  /** Opens the socket; waits until `ready` is there. */
  async connect(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const protocols = ['chat.v1', `bearer.${this.token}`]
    this.#wire = new Wire(new URL('/v1/me/socket', this.url), protocols, {
      frame: (bytes) => {
        const text = bytes.toString()
        if (text === 'pong') return
        const { ready, updates = [] } = JSON.parse(text) as InboxFrame
        if (ready) resolve()
        for (const update of updates) this.onUpdate(update)
      },
      end: (code) => {
        throw new Error(`An inbox ended by itself: ${code}`)
      },
    })
    await this.#wire.opened
    await promise
  }

  ping(): void {
    this.#wire?.send('ping')
  }

  close(): void {
    this.#wire?.close()
  }
}
