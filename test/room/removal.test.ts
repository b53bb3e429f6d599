import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createScenario } from '../fixtures/scenario'
import { connect, type RoomSocket } from '../fixtures/socket'

// `THOROUGH=1 npm test` does it a thousand times.
const REMOVALS = env.THOROUGH ? 1000 : 160

// Opening a socket counts as ten requests: more in one room would be a flood.
const ROUNDS_PER_ROOM = 80

it.each([
  ['removed', 'open'],
  ['banned', 'closed'],
] as const)(
  'a member %s at seq N receives nothing after N and posts nothing after N (%s room)',
  async (how, access) => {
    const moments = fc.sample(fc.tuple(fc.nat(6), fc.nat(3), fc.boolean()), {
      numRuns: REMOVALS / 2,
      seed: 7,
    })
    let inOneCommit = 0
    for (let at = 0; at < moments.length; at += ROUNDS_PER_ROOM) {
      inOneCommit += await race(how, access, moments.slice(at, at + ROUNDS_PER_ROOM))
    }
    expect(inOneCommit).toBeGreaterThan(REMOVALS / 20)
  },
  120_000,
)

/**
 * Bo's three sockets and Ana's post as fast as they can while Bo is removed, at a seeded moment, round
 * after round; in between he comes back. Whatever the timing, the removal's seq is exact. Returns how often
 * it shared a commit with posts.
 */
async function race(
  how: 'removed' | 'banned',
  access: 'open' | 'closed',
  moments: [before: number, pause: number, isTogether: boolean][],
): Promise<number> {
  const { ana, bo, room, path, stub } = await createScenario()
  const witness = await connect(ana.token, room.id)
  if (access === 'closed') await ana.patch(path, { access })
  const profile = {
    ...{ id: bo.id, username: null, displayName: 'Bo', avatar: null, version: 1 },
    ...{ suspendedUntil: null, deleted: false, erased: false },
  }
  const end = () =>
    how === 'removed'
      ? stub.removeMember({ userId: ana.id }, bo.id, undefined)
      : stub.ban({ userId: ana.id }, profile, { reason: undefined, expiresAt: null })
  const comeBack = async () => {
    if (how === 'banned') await stub.unban({ userId: ana.id }, bo.id)
    if (access === 'closed') await stub.addMember({ userId: ana.id }, profile, true)
    else await stub.join({ userId: bo.id }, {})
  }
  let inOneCommit = 0
  for (const [round, [before, pause, isTogether]] of moments.entries()) {
    const sockets: RoomSocket[] = []
    for (let i = 0; i < 3; i += 1) sockets.push(await connect(bo.token, room.id))
    const post = (i: number) =>
      sockets[i % 3]?.send({ do: 'message.post', nonce: `${how} ${round} ${i}`, text: `${i}` })
    for (let i = 0; i < before; i += 1) post(i)
    witness.send({ do: 'message.post', nonce: `${how} ${round}`, text: 'from ana' })
    if (!isTogether) await scheduler.wait(pause)
    // Over RPC, where calls come in one turn: the removal shares a commit with the second at least.
    const call = (i: number) =>
      stub.postMessage({ userId: bo.id }, { nonce: `${how} ${round} called ${i}`, text: `${i}` })
    const calls = isTogether ? [call(0), call(1), end(), call(2)] : [end()]
    for (let i = before; i < before + 6; i += 1) post(i)
    const answers = await Promise.all(calls)
    expect(answers.map(({ ok }) => ok)).toEqual(isTogether ? [true, true, true, false] : [true])
    const closes = await Promise.all(sockets.map((socket) => socket.end()))
    expect(closes.map(({ code }) => code)).toEqual([4403, 4403, 4403])
    witness.send({
      do: 'message.post',
      ref: round,
      nonce: `${how} after ${round}`,
      text: 'after',
    })
    const last = await witness.answer(round)
    if (!('seq' in last)) throw new Error('the witness may post')
    await witness.event(last.seq)
    const removal = witness.events.findLast(({ type }) => type === `member.${how}`)
    if (!removal) throw new Error('the witness saw the removal')
    for (const socket of sockets) {
      expect(socket.events.at(-1)?.seq).toBe(removal.seq)
    }
    const late = witness.events.filter(({ seq, by }) => by === bo.id && seq > removal.seq)
    expect(late).toEqual([])
    const frame = witness.frames.findLast(
      (one) => 'events' in one && one.events.some(({ seq }) => seq === removal.seq),
    )
    if (frame && 'events' in frame && frame.events.length > 1) inOneCommit += 1
    witness.frames.length = 0
    await comeBack()
  }
  return inOneCommit
}
