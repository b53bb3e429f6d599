import assert from 'node:assert/strict'
import { createConnection, type Socket } from 'node:net'
import { after, before, it } from 'node:test'
import { type Service, start } from '../proof/service.ts'
import { postJson, registerUser } from '../proof/users.ts'

// What a socket makes of text that is not UTF-8 (docs/socket.md). No library sends any, so this writes to the connection itself.
let service: Service

before(async () => {
  service = await start()
})

after(() => service.stop())

const PATIENCE_MS = 10_000

/** A text frame of a client, masked with zeros. */
function frame(payload: Buffer): Buffer {
  assert.ok(payload.length < 126)
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

/** A connection, and all that has come on it. */
class RawSocket {
  #heard = Buffer.alloc(0)
  readonly #socket: Socket

  constructor(port: number) {
    this.#socket = createConnection(port, '127.0.0.1')
    this.#socket.on('error', () => {})
    this.#socket.on('data', (bytes) => {
      this.#heard = Buffer.concat([this.#heard, bytes])
    })
  }

  write(bytes: Buffer | string): void {
    this.#socket.write(bytes)
  }

  /** Waits until the service has sent something; throws when it does not. */
  async hears(text: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS
    while (!this.#heard.includes(text)) {
      if (Date.now() > deadline) throw new Error(`no ${text} in ${this.#heard}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  end(): void {
    this.#socket.destroy()
  }
}

async function open(roomId: string, token: string): Promise<RawSocket> {
  const { port, host } = new URL(service.url)
  const socket = new RawSocket(Number(port))
  socket.write(
    [
      `GET /v1/rooms/${roomId}/socket HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: chat.v1, bearer.${token}`,
      '\r\n',
    ].join('\r\n'),
  )
  await socket.hears('"ready"')
  return socket
}

const post = (text: number[]) =>
  Buffer.concat([
    Buffer.from('{"do":"message.post","ref":1,"nonce":"n1","text":"caf'),
    Buffer.from(text),
    Buffer.from('"}'),
  ])

const cases: [string, number[]][] = [
  ['a byte of Latin-1', [0xe9]],
  ['a sequence that is cut', [0xe2, 0x82]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
]

for (const [name, bytes] of cases) {
  it(`${name} in a text frame is read as U+FFFD, and the socket goes on`, async () => {
    const ana = await registerUser(service.url)
    const made = await ana.fetch('/v1/rooms', postJson({ name: 'Harbour' }))
    const { id } = (await made.json()) as { id: string }
    const socket = await open(id, ana.token)
    socket.write(frame(post(bytes)))
    await socket.hears('"answers"')
    socket.write(frame(Buffer.from('ping')))
    await socket.hears('pong')
    socket.end()
    const page = await (await ana.fetch(`/v1/rooms/${id}/messages`)).json()
    const { items } = page as { items: { text: string }[] }
    assert.equal(items.length, 1)
    assert.match(items[0]?.text ?? '', /^caf\uFFFD+$/)
  })
}

it('bytes around the JSON that are not UTF-8 close the socket as malformed and store nothing', async () => {
  const ana = await registerUser(service.url)
  const made = await ana.fetch('/v1/rooms', postJson({ name: 'Harbour' }))
  const { id, seq } = (await made.json()) as { id: string; seq: number }
  const socket = await open(id, ana.token)
  socket.write(frame(Buffer.concat([Buffer.from([0xff]), post([])])))
  await socket.hears('malformed')
  socket.end()
  const room = (await (await ana.fetch(`/v1/rooms/${id}`)).json()) as { seq: number; n: number }
  assert.deepEqual([room.n, room.seq], [0, seq])
})
