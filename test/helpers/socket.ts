import { exports } from 'cloudflare:workers'
import type { Event } from '../../src/schemas/events'
import {
  type CommandAnswer,
  Frame,
  type Live,
  PROTOCOL,
  type Ready,
} from '../../src/schemas/socket'
import { tell } from './witness'

/** A client of one room's socket that holds every frame against its published schema. */
export class RoomSocket {
  frames: Frame[] = []
  /** What broke the order of frames. */
  fault: string | undefined
  /** Called for each answered ping. */
  onPong: () => void = () => {}
  closed: { code: number; reason: string } | undefined
  #isReady = false
  #waiting: (() => void)[] = []

  constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      tell('SOCKET', String(data))
      if (data === 'pong') {
        this.onPong()
        this.#wake()
        return
      }
      const frame = Frame.parse(JSON.parse(data as string))
      if (!this.#isReady && !('ready' in frame)) this.fault = `${data} came before ready`
      this.#isReady = true
      this.frames.push(frame)
      this.#wake()
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason }
      this.#wake()
    })
    socket.accept()
  }

  get ready(): Ready | undefined {
    return this.frames.flatMap((frame) => ('ready' in frame ? [frame.ready] : []))[0]
  }

  get events(): Event[] {
    return this.frames.flatMap((frame) => ('events' in frame ? frame.events : []))
  }

  get live(): Live[] {
    return this.frames.flatMap((frame) => ('live' in frame ? frame.live : []))
  }

  get answers(): CommandAnswer[] {
    return this.frames.flatMap((frame) => ('answers' in frame ? frame.answers : []))
  }

  send(command: unknown): void {
    this.socket.send(typeof command === 'string' ? command : JSON.stringify(command))
  }

  sendBytes(bytes: ArrayBuffer): void {
    this.socket.send(bytes)
  }

  close(): void {
    this.socket.close(1000, 'bye')
  }

  /** Waits until something holds; fails by itself after fifteen seconds. */
  async until<T>(find: () => T | undefined | false, what = 'something'): Promise<T> {
    const deadline = Date.now() + 15_000
    for (;;) {
      if (this.fault) throw new Error(this.fault)
      const found = find()
      if (found) return found
      if (Date.now() > deadline) {
        throw new Error(
          `waited in vain for ${what}; got ${JSON.stringify(this.frames).slice(0, 2000)}`,
        )
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
        setTimeout(resolve, 100)
      })
    }
  }

  /** Waits for the answer to one command. */
  answer(ref: string | number): Promise<CommandAnswer> {
    return this.until(() => this.answers.find((answer) => answer.ref === ref), `answer ${ref}`)
  }

  /** Waits until the event with this seq arrived. */
  event(seq: number): Promise<Event> {
    return this.until(() => this.events.find((event) => event.seq === seq), `event ${seq}`)
  }

  end(): Promise<{ code: number; reason: string }> {
    return this.until(() => this.closed, 'the close')
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

interface Options {
  after?: number
  /** Instead of the browser's subprotocols. */
  headers?: Record<string, string>
}

/** Opens a room's socket as a browser does. */
export async function connect(
  token: string | undefined,
  roomId: string,
  { after, headers }: Options = {},
): Promise<RoomSocket> {
  const query = after === undefined ? '' : `?after=${after}`
  const protocols = token ? `${PROTOCOL}, bearer.${token}` : PROTOCOL
  const response = await exports.default.fetch(
    new Request(`https://chat.test/v1/rooms/${roomId}/socket${query}`, {
      headers: { Upgrade: 'websocket', ...(headers ?? { 'Sec-WebSocket-Protocol': protocols }) },
    }),
  )
  if (!response.webSocket) throw new Error(`no socket: ${response.status}`)
  const socket = new RoomSocket(response.webSocket)
  await socket.until(() => socket.ready || socket.closed, 'ready or a close')
  return socket
}
