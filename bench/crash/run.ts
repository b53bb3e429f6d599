import { setTimeout as wait } from 'node:timers/promises'
import { progress } from '../report'
import type { Target } from '../targets/target'
import { type Arguments, random as seeded } from './arguments'
import { writeOverHttp } from './http-writer'
import { InboxListener } from './inbox-listener'
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

/** Kills the runtime again and again while people write, read, come and go; then looks what is left. */
export async function run(target: Target, { kills, seed }: Arguments): Promise<Ledger> {
  const random = seeded(seed)
  const ledger = new Ledger()
  const writing = new AbortController()
  const reading = new AbortController()
  const room = await target.room(4)
  const readers = Array.from({ length: READERS }, (_, index) => new Reader(room, index, ledger))
  const listening = readers.map((reader) => reader.listen(reading.signal))
  const inboxes = readers.map((_, index) => new InboxListener(room, index))
  const watching = new AbortController()
  const told = inboxes.map((inbox) => inbox.listen(watching.signal))
  const writers = [
    writeOverHttp(room, ledger, writing.signal),
    writeOverHttp(room, ledger, writing.signal),
    writeOverSocket(room, 1, ledger, writing.signal),
    writeOverSocket(room, 2, ledger, writing.signal),
    visit(room, 3, writing.signal),
  ]
  for (let kill = 1; kill < kills; kill += 1) {
    await wait(LIFE_MS.shortest + random() * (LIFE_MS.longest - LIFE_MS.shortest))
    await target.server.crash()
    progress(`kill ${kill}/${kills}: ${ledger.acknowledged} acknowledged`)
  }
  writing.abort()
  await Promise.all(writers)
  const { seq } = (await contents.read(room)).room
  await until(() => readers.every((reader) => Math.min(reader.seq, reader.marked) >= seq))
  reading.abort()
  await Promise.all(listening)
  // The last kill: nobody writes after it, so nothing but what is stored brings the index up to date.
  await target.server.crash()
  const kept = await contents.read(room)
  for (const reader of readers) {
    if (reader.seq !== kept.room.seq) ledger.fail('gap', `a reader got no further: ${reader.seq}`)
  }
  ledger.audit(kept.messages)
  ledger.auditMarkers(kept.markers)
  const audit = () => differences(target.server, room.roomId, kept)
  await until(async () => (await audit()).length === 0)
  for (const difference of await audit()) ledger.fail('index', difference)
  const misled = () => inboxes.flatMap((inbox, index) => misleading(inbox, index, kept))
  await until(() => misled().length === 0)
  for (const fault of misled()) ledger.fail('inbox', fault)
  watching.abort()
  await Promise.all(told)
  return ledger
}

/** What an inbox said that the room does not hold. */
function misleading(
  { told }: InboxListener,
  index: number,
  { room: { seq, n }, markers, unread }: contents.Contents,
): string[] {
  const held = { seq, n, unread: unread[index], readSeq: markers[index] }
  return Object.entries(held).flatMap(([name, value]) => {
    const said = told?.[name as keyof typeof held]
    return said === value ? [] : [`${name} of ${index}: told ${said}, held ${value}`]
  })
}

/** Waits until something holds, but not for ever: whoever asks looks again. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + SETTLE_MS
  while (!(await holds()) && Date.now() < deadline) await wait(100)
}
