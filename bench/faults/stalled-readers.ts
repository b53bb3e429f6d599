import { Listener } from '../clients/listener'
import { percentile } from '../statistics'
import { type Scenario, until } from './scenario'

const STALLED = 5
const QUIET_POSTS = 1000
const TEXT = 'x'.repeat(4000)
// The kernel takes megabytes for each socket before the runtime has to keep anything.
const MAX_POSTS = 20_000
const MEGABYTE = 1024 * 1024
// What the runtime may hold for each of them: our limit, and what garbage collection lets lie.
const MAX_GROWTH = 100 * MEGABYTE

/** Sockets that stop reading are closed with 4408; the others keep their latency. */
export const stalledReaders: Scenario = {
  name: 'stalled readers',
  async run(pool) {
    const target = await pool.ours()
    const room = await target.room(2 + STALLED)
    const [writer, reader] = [new Listener(room, 0), new Listener(room, 1)]
    const stalled = Array.from({ length: STALLED }, (_, index) => new Listener(room, 2 + index))
    await Promise.all([writer, reader, ...stalled].map(({ ready }) => ready))
    // Presence is told once a second: before that the reader knows of itself and the writer only.
    await until('all are told to be online', () => reader.online === 2 + STALLED)
    const quiet: number[] = []
    while (quiet.length < QUIET_POSTS) quiet.push(await latency(writer, reader))
    const memory = target.server.memory
    let peak = 0
    for (const { wire } of stalled) wire.stall()
    const busy: number[] = []
    while (reader.online > 2 && busy.length < MAX_POSTS) {
      busy.push(await latency(writer, reader))
      if (busy.length % 100 === 0) peak = Math.max(peak, target.server.memory)
    }
    const online = reader.online
    for (const { wire } of stalled) wire.resume()
    await until('stalled sockets end', () => stalled.every(({ closed }) => closed !== undefined))
    const codes = stalled.map(({ closed }) => closed)
    const limit = 2 * percentile(quiet, 0.99)
    return {
      facts: {
        'p50 and p99 in ms before': [percentile(quiet, 0.5), percentile(quiet, 0.99)].map(round),
        'p50 and p99 in ms meanwhile': [percentile(busy, 0.5), percentile(busy, 0.99)].map(round),
        'messages until they were closed': busy.length,
        'megabytes sent to each': round((busy.length * TEXT.length) / MEGABYTE),
        'megabytes the runtime grew by': round((peak - memory) / MEGABYTE),
        codes,
      },
      problems: [
        ...(online > 2 ? [`${online - 2} stalled sockets were never closed`] : []),
        ...codes.filter((code) => code !== 4408).map((code) => `closed with ${code}`),
        ...(percentile(busy, 0.99) > limit ? [`p99 over ${round(limit)} ms`] : []),
        ...(peak - memory > MAX_GROWTH ? ['the runtime kept what they did not read'] : []),
      ],
    }
  },
}

/** From sending to the other's delivery, in ms. */
async function latency(writer: Listener, reader: Listener): Promise<number> {
  reader.wire.send('ping')
  const sentAt = performance.now()
  await reader.arrival(writer.post(TEXT))
  return performance.now() - sentAt
}

const round = (value: number): number => Math.round(value * 100) / 100
