import { connect, type Socket } from 'node:net'

export interface Handlers {
  /** One text frame; the bytes are overwritten after the call. */
  frame: (bytes: Buffer) => void
  /** Why it ended: the close code of the server, 1006 when the connection broke, or the refused upgrade. */
  end: (code: number) => void
}

// All sockets read into this one, in turns: a read is handled before the next begins.
const shared = Buffer.allocUnsafe(1024 * 1024)

const TEXT = 1
const CLOSE = 8

/**
 * The least a WebSocket client can do, so that what is measured is the server: unfragmented text
 * frames, no compression, a mask of zeros.
 */
export class Wire {
  static #open = new Set<Wire>()
  #socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #isOpen = false
  #isEnded = false
  readonly opened: Promise<void>
  #resolveOpened = () => {}

  constructor(
    url: URL,
    protocols: string[],
    private readonly handlers: Handlers,
  ) {
    this.opened = new Promise((resolve) => {
      this.#resolveOpened = resolve
    })
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: { buffer: shared, callback: (length) => this.#read(length) },
    })
    this.#socket.write(upgrade(url, protocols))
    this.#socket.on('error', () => this.#end(1006))
    Wire.#open.add(this)
    this.#socket.on('close', () => this.#end(1006))
  }

  send(text: string): void {
    this.#socket.write(encode(TEXT, Buffer.from(text)))
  }

  /** Sends bytes that need not be a frame. */
  sendRaw(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Says goodbye and goes. */
  close(): void {
    this.#forget()
    this.#socket.end(encode(CLOSE, Buffer.from([1000 >> 8, 1000 & 255])))
  }

  /** Cuts the connection, as a lost network does. */
  cut(): void {
    this.#forget()
    this.#socket.resetAndDestroy()
  }

  /** Cuts all that are open, before their server stops. */
  static cutAll(): void {
    for (const wire of Wire.#open) wire.cut()
  }

  /** Stops reading, as a stuck client does. */
  stall(): void {
    this.#socket.pause()
  }

  /** Goes on reading. */
  resume(): void {
    this.#socket.resume()
  }

  #end(code: number): void {
    if (this.#isEnded) return
    this.#forget()
    this.#socket.destroy()
    this.handlers.end(code)
  }

  #forget(): void {
    this.#isEnded = true
    Wire.#open.delete(this)
    this.#resolveOpened()
  }

  #read(length: number): boolean {
    const fresh = shared.subarray(0, length)
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, fresh]) : fresh
    if (!this.#isOpen) bytes = this.#greet(bytes)
    if (this.#isOpen) bytes = this.#frames(bytes)
    this.#rest = bytes.length > 0 ? Buffer.from(bytes) : bytes
    return true
  }

  #greet(bytes: Buffer): Buffer {
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1) return bytes
    const status = Number(bytes.toString('latin1', 9, 12))
    if (status !== 101) {
      this.#end(status)
      return bytes.subarray(0, 0)
    }
    this.#isOpen = true
    this.#resolveOpened()
    return bytes.subarray(end + 4)
  }

  /** Hands over every whole frame and returns what is left. */
  #frames(bytes: Buffer): Buffer {
    let at = 0
    while (!this.#isEnded && bytes.length - at >= 2) {
      const short = (bytes[at + 1] as number) & 127
      const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
      if (bytes.length < start) break
      const end =
        start +
        (short < 126
          ? short
          : bytes.readUIntBE(short === 126 ? at + 2 : at + 4, short === 126 ? 2 : 6))
      if (bytes.length < end) break
      this.#obey((bytes[at] as number) & 15, bytes.subarray(start, end))
      at = end
    }
    return bytes.subarray(at)
  }

  #obey(opcode: number, payload: Buffer): void {
    if (opcode === TEXT) this.handlers.frame(payload)
    else if (opcode === CLOSE) this.#end(payload.length >= 2 ? payload.readUInt16BE() : 1005)
  }
}

function upgrade(url: URL, protocols: string[]): string {
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`] : []),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

function encode(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head =
    length < 126
      ? Buffer.from([128 | opcode, 128 | length])
      : Buffer.from([128 | opcode, 254, length >> 8, length & 255])
  return Buffer.concat([head, Buffer.alloc(4), payload])
}
