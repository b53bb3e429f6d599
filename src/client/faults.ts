import type { ChatOptions, Transfer } from './chat-options'
import type { SocketClass } from './connection/connection'

/** Of a hundred, as in '5%', or of one. */
export type Share = number | `${number}%`

export interface Faults {
  /** How many requests fail before they are sent, or while they are if they upload pieces; and at how many frames the socket is cut. */
  cut?: Share
  /** How late everything arrives: at least and at most, in milliseconds. */
  delayMs?: [least: number, most: number]
  /** How many answers never arrive, though what was asked for was done. */
  loseAnswers?: Share
}

/** A piece of an upload is cut within this time. */
const CUT_MS = 200

type Network = Pick<ChatOptions, 'fetch' | 'WebSocket' | 'transfer'>

/** A bad network, to be spread into the options of a `Chat`: for trying out what a front end does on one. Changes of `faults` hold at once. */
export function faults(options: Faults, real: Omit<Network, 'transfer'> = {}): Required<Network> {
  const Real = real.WebSocket ?? (globalThis.WebSocket as SocketClass)
  const fetcher = real.fetch ?? globalThis.fetch
  const delay = () => {
    const [least, most] = options.delayMs ?? [0, 0]
    return least + Math.random() * (most - least)
  }

  class FaultySocket {
    onopen: WebSocket['onopen'] = null
    onmessage: WebSocket['onmessage'] = null
    onclose: WebSocket['onclose'] = null
    onerror: WebSocket['onerror'] = null
    readonly #real: WebSocket
    #isCut = false
    /** What comes later arrives later. */
    #last = Promise.resolve()

    constructor(url: string, protocols: string[]) {
      this.#real = new Real(url, protocols)
      const self = this as unknown as WebSocket
      this.#real.onopen = (event) => this.#later(() => this.onopen?.call(self, event))
      this.#real.onerror = (event) => this.#later(() => this.onerror?.call(self, event))
      this.#real.onclose = (event) => this.#later(() => this.onclose?.call(self, event))
      this.#real.onmessage = (event) => {
        const isAnswer = String(event.data).includes('"answers"')
        if (happens(options.cut) || (isAnswer && happens(options.loseAnswers))) this.#cut()
        else this.#later(() => this.onmessage?.call(self, event))
      }
    }

    get readyState(): number {
      return this.#isCut ? 3 : this.#real.readyState
    }

    send(text: string): void {
      if (happens(options.cut)) this.#cut()
      else this.#later(() => this.#real.readyState === 1 && this.#real.send(text))
    }

    close(code?: number): void {
      this.#real.close(code)
    }

    #cut(): void {
      if (this.#isCut) return
      this.#isCut = true
      this.#real.close(1000)
      const event = { code: 1006, reason: '' } as CloseEvent
      setTimeout(() => this.onclose?.call(this as unknown as WebSocket, event))
    }

    #later(act: () => unknown): void {
      const wait = new Promise((resolve) => setTimeout(resolve, delay()))
      this.#last = this.#last.then(async () => {
        await wait
        if (!this.#isCut) act()
      })
    }
  }

  const isLate = () => new Promise((resolve) => setTimeout(resolve, delay()))
  const losable = <T>(answer: T): T => {
    if (happens(options.loseAnswers)) throw new TypeError('The answer was lost.')
    return answer
  }

  return {
    WebSocket: FaultySocket as unknown as SocketClass,
    fetch: async (...asked) => {
      await isLate()
      if (happens(options.cut)) throw new TypeError('The request was cut.')
      return losable(await fetcher(...asked))
    },
    transfer: async (send, abort) => {
      await isLate()
      return losable(await (happens(options.cut) ? cut(send, abort) : send()))
    },
  }
}

/** Some of what is sent arrives, or all of it. */
async function cut(send: Parameters<Transfer>[0], abort: () => void): Promise<never> {
  const sent = send().catch(() => {})
  const end = new Promise((resolve) => setTimeout(resolve, Math.random() * CUT_MS))
  await Promise.race([sent, end])
  abort()
  throw new TypeError('The request was cut.')
}

function happens(share: Share = 0): boolean {
  const part = typeof share === 'number' ? share : Number.parseFloat(share) / 100
  return Math.random() < part
}
