import { setTimeout as wait } from 'node:timers/promises'
import { progress } from '../report'
import { Pool } from '../runtime/pool'
import type { Target } from '../targets/target'
import * as args from './arguments'
import { writeOverHttp } from './http-writer'
import { differences } from './index-audit'
import { Ledger } from './ledger'
import { Reader } from './reader'
import * as contents from './room-contents'
import { writeOverSocket } from './socket-writer'
import { visit } from './visitor'

const READERS = 3
const LIFE_MS = { shortest: 30, longest: 1000 }
// The outbox's own retry after a crash is its slowest road to the index.
const SETTLE_MS = 30_000

const { kills, seed } = args.read()
const random = args.random(seed)
progress(`seed ${seed}: building`)
const pool = await Pool.build()
let isSound = false
try {
  isSound = await run(await pool.ours())
} finally {
  await pool.stop()
}
process.exit(isSound ? 0 : 1)

async function run(target: Target): Promise<boolean> {
  const ledger = new Ledger()
  const writing = new AbortController()
  const reading = new AbortController()
  const room = await target.room(4)
  const readers = Array.from({ length: READERS }, (_, index) => new Reader(room, index, ledger))
  const listening = readers.map((reader) => reader.listen(reading.signal))
  const writers = [
    writeOverHttp(room, ledger, writing.signal),
    writeOverHttp(room, ledger, writing.signal),
    writeOverSocket(room, 1, ledger, writing.signal),
    writeOverSocket(room, 2, ledger, writing.signal),
    visit(room, 3, writing.signal),
  ]
  for (let kill = 1; kill <= kills; kill += 1) {
    await wait(LIFE_MS.shortest + random() * (LIFE_MS.longest - LIFE_MS.shortest))
    await target.server.crash()
    progress(`kill ${kill}/${kills}: ${ledger.acknowledged} acknowledged`)
  }
  writing.abort()
  await Promise.all(writers)
  const kept = await contents.read(room)
  await until(() => readers.every(({ seq }) => seq >= kept.room.seq))
  reading.abort()
  await Promise.all(listening)
  if (readers.some(({ seq }) => seq !== kept.room.seq))
    ledger.fail('a reader did not get to the end')
  const { lost, doubled } = ledger.audit(kept.messages)
  const database = await target.server.database('DB')
  const audit = () => differences(database, room.roomId, kept)
  await until(async () => (await audit()).length === 0)
  for (const difference of await audit()) ledger.fail(difference)
  progress('')
  const { acknowledged, delivered, problems } = ledger
  console.log({ seed, kills, acknowledged, delivered, lost, doubled, problems })
  return problems.length === 0
}

/** Waits until something holds, but not for ever: whoever asks looks again. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + SETTLE_MS
  while (!(await holds()) && Date.now() < deadline) await wait(100)
}
