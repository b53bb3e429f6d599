import { request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { median } from '../statistics'
import type { Room, Target } from '../targets/target'
import { Bystander, p99 } from './bystander'
import type { Scenario } from './scenario'

const BYSTANDERS = 6
const ROUND_MS = 4000
const ROUNDS = 3
// Below this, twice as slow is noise of the machine.
const FLOOR_MS = 10
const MEGABYTE = 1024 * 1024
const WAITING = 90
const TUS = { 'Tus-Resumable': '1.0.0' }

/** Bytes that come one by one behind a part that is nearly full cost what they cost behind nothing. */
const trickle: Scenario = {
  name: 'uploads byte by byte',
  async run(pool) {
    const target = await pool.ours(await pool.elsewhere())
    const [room, elsewhere] = [await target.room(1), await target.room(BYSTANDERS)]
    const bystander = await Bystander.in(elsewhere)
    const [near, far] = [new Trickle(room), new Trickle(room)]
    await near.begin(1)
    await far.begin(4.9 * MEGABYTE)
    const quiet: number[] = []
    const meanwhile: number[] = []
    const growth: number[] = []
    const cpu = { near: [] as number[], far: [] as number[] }
    for (let round = 0; round < ROUNDS; round += 1) {
      quiet.push(p99(await bystander.latencies(ROUND_MS)))
      const [, light] = await Promise.all([bystander.latencies(ROUND_MS), cpuOf(target, near)])
      const before = target.server.memory
      const [late, spent] = await Promise.all([bystander.latencies(ROUND_MS), cpuOf(target, far)])
      growth.push((target.server.memory - before) / MEGABYTE)
      cpu.near.push(light)
      cpu.far.push(spent)
      meanwhile.push(p99(late))
    }
    // What a busy isolate takes at first is no fault of the bytes.
    const grown = median(growth)
    const bound = 2 * Math.max(FLOOR_MS, median(quiet))
    const price = median(cpu.far) / median(cpu.near)
    return {
      facts: {
        'p99 elsewhere in ms, quiet': quiet,
        'p99 elsewhere in ms, meanwhile': meanwhile,
        'bytes sent one by one': [near.sent, far.sent],
        'CPU in ms for each (and what goes on elsewhere), behind nothing': cpu.near.map(round),
        'and behind 4.9 MB': cpu.far.map(round),
        'megabytes the runtime grew by, each time': growth.map(round),
      },
      problems: [
        ...(median(meanwhile) > bound ? [`p99 of ${median(meanwhile)} ms elsewhere`] : []),
        ...(price > 2 ? [`a byte behind 4.9 MB costs ${round(price)} times as much`] : []),
        ...(grown > 60 ? ['the runtime keeps what it copies'] : []),
      ],
    }
  },
}

/** Clients that send a byte and wait hold about what they sent, and end. */
const silence: Scenario = {
  name: 'uploads that wait',
  async run(pool) {
    const target = await pool.ours(await pool.elsewhere())
    const [room, elsewhere] = [await target.room(WAITING), await target.room(BYSTANDERS)]
    const bystander = await Bystander.in(elsewhere)
    const paths = await Promise.all(room.tokens.map((token) => create(room, token)))
    const quiet = await rounds(bystander)
    const memory = target.server.memory
    const answers = paths.map((path, index) => stall(room, path, room.tokens[index] as string))
    let peak = memory
    const watch = setInterval(() => {
      peak = Math.max(peak, target.server.memory)
    }, 200)
    // They are cut off later than this ends.
    const meanwhile = await rounds(bystander)
    const statuses = await Promise.race([Promise.all(answers), wait(60_000).then(() => [])])
    clearInterval(watch)
    const grown = (peak - memory) / MEGABYTE
    const bound = 2 * Math.max(FLOOR_MS, median(quiet))
    return {
      facts: {
        'p99 elsewhere in ms, quiet': quiet,
        'p99 elsewhere in ms, meanwhile': meanwhile,
        'requests that wait': WAITING,
        'megabytes the runtime grew by': round(grown),
        'answered with': [...new Set(statuses)],
      },
      problems: [
        ...(median(meanwhile) > bound ? [`p99 of ${median(meanwhile)} ms elsewhere`] : []),
        ...(grown > 100 ? [`${round(grown)} MB for ${WAITING} bytes`] : []),
        ...(statuses.length === 0 ? ['some were never cut off'] : []),
        ...statuses.filter((status) => status !== 204).map((status) => `answered with ${status}`),
      ],
    }
  },
}

export const hostileUploads = [trickle, silence]

async function rounds(bystander: Bystander): Promise<number[]> {
  const late: number[] = []
  while (late.length < ROUNDS) late.push(p99(await bystander.latencies(ROUND_MS)))
  return late
}

const round = (value: number): number => Math.round(value * 100) / 100

async function create(room: Room, token: string): Promise<string> {
  const connections = new Connections(room.url, 1)
  const { headers } = await connections.call({
    method: 'POST',
    path: `/v1/rooms/${room.roomId}/uploads`,
    headers: {
      ...TUS,
      Authorization: `Bearer ${token}`,
      'Upload-Length': String(15 * MEGABYTE),
      'Upload-Metadata': `filetype ${btoa('video/mp4')}`,
    },
  })
  connections.close()
  return String(headers.location)
}

const patch = (token: string, offset: number) => ({
  ...TUS,
  Authorization: `Bearer ${token}`,
  'Upload-Offset': String(offset),
  'Content-Type': 'application/offset+octet-stream',
})

/** Someone who sends an upload byte by byte. */
class Trickle {
  sent = 0
  #path = ''
  #offset = 0
  #connections: Connections

  constructor(private readonly room: Room) {
    this.#connections = new Connections(room.url, 1)
  }

  async begin(bytes: number): Promise<void> {
    this.#path = await create(this.room, this.#token)
    await this.#send(Math.floor(bytes))
  }

  async trickle(ms: number): Promise<number> {
    const until = performance.now() + ms
    const before = this.sent
    while (performance.now() < until) {
      await this.#send(1)
      this.sent += 1
    }
    return this.sent - before
  }

  get #token(): string {
    return this.room.tokens[0] as string
  }

  async #send(bytes: number): Promise<void> {
    const headers = patch(this.#token, this.#offset)
    const body = 'x'.repeat(bytes)
    const { status } = await this.#connections.call({
      method: 'PATCH',
      path: this.#path,
      headers,
      body,
    })
    if (status !== 204) throw new Error(`A byte was answered with ${status}.`)
    this.#offset += bytes
  }
}

/** CPU time of the runtime for each byte, in ms. */
async function cpuOf({ server }: Target, trickle: Trickle): Promise<number> {
  const before = server.cpuMs
  const sent = await trickle.trickle(ROUND_MS)
  return (server.cpuMs - before) / sent
}

/** Sends one byte of a body and waits; answers the status. */
function stall(room: Room, path: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, room.url).href, {
      method: 'PATCH',
      headers: { ...patch(token, 0), 'Content-Length': '1000000' },
      agent: false,
    })
    sent.on('response', (response) => {
      response.resume()
      resolve(response.statusCode as number)
    })
    sent.on('error', reject)
    sent.write('x')
  })
}
