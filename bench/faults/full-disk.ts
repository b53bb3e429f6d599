import { setTimeout as wait } from 'node:timers/promises'
import type { Reply } from '../clients/connections'
import { writeOverHttp } from '../crash/http-writer'
import { differences } from '../crash/index-audit'
import { Ledger } from '../crash/ledger'
import { Reader } from '../crash/reader'
import * as contents from '../crash/room-contents'
import { writeOverSocket } from '../crash/socket-writer'
import type { Pool } from '../runtime/pool'
import { type Findings, type Scenario, until } from './scenario'
import { SmallDisk } from './small-disk'

const MEGABYTES = { small: 1, large: 64 }
const REFUSALS = 50
const MORE = 200
const FULL_MS = 3000

/** A disk that is full under the rooms: problems, and no acknowledgement without a commit. */
export const fullDisk: Scenario = {
  name: 'full disk',
  async run(pool) {
    const disk = SmallDisk.mount(MEGABYTES.small)
    if (!disk) return { facts: { skipped: 'only root may mount a small disk' }, problems: [] }
    try {
      return await fill(pool, disk)
    } finally {
      await pool.stop()
      disk.unmount()
    }
  },
}

async function fill(pool: Pool, disk: SmallDisk): Promise<Findings> {
  const logged = new Map<string, number>()
  const target = await pool.ours({
    directory: disk.directory,
    onLog: ({ level, message }) => {
      if (level === 'error') note(logged, /SQLITE_\w+/.exec(message)?.[0] ?? message)
    },
  })
  const room = await target.room(2)
  const ledger = new Ledger()
  const refusals = new Map<string, number>()
  const writing = new AbortController()
  const reading = new AbortController()
  const onRefusal = ({ status, headers, body }: Reply) => {
    note(refusals, `${status} ${JSON.parse(body).code}, Retry-After ${headers['retry-after']}`)
  }
  const reader = new Reader(room, 0, ledger)
  const listening = reader.listen(reading.signal)
  const writers = [
    writeOverHttp(room, ledger, writing.signal, onRefusal),
    writeOverHttp(room, ledger, writing.signal, onRefusal),
    writeOverSocket(room, 1, ledger, writing.signal),
  ]
  await until('posts are refused', () => sum(refusals) >= REFUSALS)
  const [before, free] = [ledger.acknowledged, disk.freeBytes]
  await wait(FULL_MS)
  const during = ledger.acknowledged - before
  // What was acknowledged must not have been in memory only.
  await target.server.crash()
  disk.grow(MEGABYTES.large)
  const freed = ledger.acknowledged
  await until('posting goes on', () => ledger.acknowledged > freed + MORE)
  writing.abort()
  await Promise.all(writers)
  const kept = await contents.read(room)
  await until('the reader has everything', () => reader.marked >= kept.room.seq)
  reading.abort()
  await listening
  ledger.audit(kept.messages)
  const audit = () => differences(target.server, room.roomId, kept)
  await until('index and room agree', async () => (await audit()).length === 0)
  return {
    facts: {
      'acknowledged until it was full': before,
      'bytes free then': free,
      'acknowledged while it was full': during,
      'refusals over HTTP': Object.fromEntries(refusals),
      'errors logged': Object.fromEntries(logged),
      'acknowledged in all': ledger.acknowledged,
      lost: ledger.count('lost'),
      doubled: ledger.count('doubled'),
    },
    problems: [
      ...ledger.problems.map(({ fault, detail }) => `${fault}: ${detail}`),
      ...[...refusals.keys()].filter(
        (refusal) => !/^503 unavailable, Retry-After \d/.test(refusal),
      ),
    ],
  }
}

function note(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

const sum = (counts: Map<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0)
