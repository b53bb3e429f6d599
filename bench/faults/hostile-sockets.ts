import { setTimeout as wait } from 'node:timers/promises'
import { Listener } from '../clients/listener'
import type { LogEntry } from '../runtime/server'
import type { Room } from '../targets/target'
import { Bystander, p99 } from './bystander'
import { type Scenario, until } from './scenario'

const SECRET = 'a sentence that no log may hold'
const MASK = Buffer.alloc(4)

/** A frame of any opcode, with a mask of zeros; `length` lies where it is given. */
function frame(opcode: number, payload: Buffer, length = payload.length): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : 10)
  head[0] = 128 | opcode
  head[1] = 128 | (length < 126 ? length : 127)
  if (length >= 126) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, MASK, payload])
}

const text = (content: string) => frame(1, Buffer.from(content))

// The runtime puts U+FFFD in the place of each wrong byte, and what remains is a message.
const READABLE = 'invalid UTF-8 in a command'

// What only raw bytes can say; the tests of the socket have what a browser can.
const attacks: Record<string, Buffer> = {
  'invalid UTF-8': frame(1, Buffer.from([0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22])),
  [READABLE]: frame(
    1,
    Buffer.concat([
      Buffer.from('{"do":"message.post","nonce":"u","text":"'),
      Buffer.from([0xed, 0xa0, 0x80, 0xff]),
      Buffer.from('"}'),
    ]),
  ),
  binary: frame(2, Buffer.from('{"do":"typing"}')),
  'a reserved opcode': frame(7, Buffer.from(SECRET)),
  'no mask': Buffer.from([0x81, 0x02, 0x7b, 0x7d]),
  'reserved bits': Buffer.concat([Buffer.from([0xf1, 0x80]), MASK]),
  'a frame of 2 GB that never comes': frame(1, Buffer.from(SECRET), 2 ** 31),
  'a frame of 40 KB': text(`"${'x'.repeat(40_000)}"`),
  'a frame of 2 MB': text(`"${'x'.repeat(2_000_000)}"`),
  'deep JSON': text('['.repeat(30_000)),
  'an unknown command': text(`{"do":"${SECRET}"}`),
  'a continuation of nothing': frame(0, Buffer.from(SECRET)),
  'bytes that are no frame': Buffer.from(`GET / HTTP/1.1\r\n\r\n${SECRET}`.repeat(9)),
}

/** Bytes that no client sends end their socket, and nobody else notices or can read of it in a log. */
export const hostileSockets: Scenario = {
  name: 'hostile sockets',
  async run(pool) {
    const logs: LogEntry[] = []
    const target = await pool.ours({ onLog: (entry) => logs.push(entry) })
    const room = await target.room(4)
    const bystander = await Bystander.in(room)
    const quiet = p99(await bystander.latencies(3000))
    const ends: Record<string, number | undefined> = {}
    const [meanwhile] = await Promise.all([
      bystander.latencies(3000).then(p99),
      attackAll(room, ends),
    ])
    const { memory } = target.server
    const said = logs.map(({ message }) => message).join('\n')
    const secrets = [
      SECRET,
      ...room.tokens,
      ...room.tokens.map((token) => token.split('.')[2] ?? ''),
    ]
    return {
      facts: {
        'closed with': ends,
        'p99 of the same room in ms, quiet': quiet,
        'p99 of the same room in ms, meanwhile': meanwhile,
        'lines logged': logs.length,
        'memory of the runtime in MB': Math.round(memory / 1024 / 1024),
      },
      problems: [
        ...Object.entries(ends)
          .filter(([attack, code]) => code === undefined && attack !== READABLE)
          .map(([attack]) => `${attack} did not end its socket`),
        ...(secrets.some((secret) => said.includes(secret)) ? ['a secret is in a log'] : []),
        ...logs.filter(({ level }) => level === 'error').map(({ message }) => `logged: ${message}`),
      ],
    }
  },
}

async function attackAll(room: Room, ends: Record<string, number | undefined>): Promise<void> {
  for (const [attack, bytes] of Object.entries(attacks)) {
    const socket = new Listener(room, 0)
    await socket.ready
    socket.wire.sendRaw(bytes)
    await until('it ends', () => socket.closed !== undefined, 2000).catch(() => {})
    ends[attack] = socket.closed
    socket.wire.cut()
    await wait(20)
  }
}
