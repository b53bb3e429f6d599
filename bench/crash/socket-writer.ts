import { setTimeout as wait } from 'node:timers/promises'
import { newNonce } from '../clients/member'
import { Wire } from '../clients/wire'
import type { Room } from '../targets/target'
import type { Ledger } from './ledger'

const IN_FLIGHT = 8
const RETRY_MS = 20

/** Posts over one socket, several at once; what is not acknowledged when it breaks is sent again. */
export async function writeOverSocket(
  room: Room,
  index: number,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const pending = new Set<string>()
  while (!signal.aborted || pending.size > 0) {
    await session(room, index, ledger, pending, signal)
    await wait(RETRY_MS)
  }
}

/** One life of the socket: until it breaks, or until there is nothing left to say. */
function session(
  room: Room,
  index: number,
  ledger: Ledger,
  pending: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { path, protocols } = room.dialect.socket(room, index, undefined)
  const post = (nonce: string) =>
    wire.send(room.dialect.post(room, index, nonce, `socket: ${nonce}`))
  const fill = () => {
    while (!signal.aborted && pending.size < IN_FLIGHT) {
      const nonce = newNonce()
      pending.add(nonce)
      post(nonce)
    }
    if (pending.size > 0) return
    wire.close()
    resolve()
  }
  const wire = new Wire(new URL(path, room.url), protocols, {
    frame: (bytes) => {
      const frame = JSON.parse(bytes.toString())
      if (frame.ready) for (const nonce of pending) post(nonce)
      for (const { ref, seq, problem } of frame.answers ?? []) {
        if (problem?.code === 'unavailable') {
          setTimeout(() => post(ref), problem.retryAfter * 1000)
          continue
        }
        if (problem) ledger.fail('refused', `${ref}: ${problem.code}`)
        else ledger.acknowledge(ref, seq)
        pending.delete(ref)
      }
      if (frame.ready || frame.answers) fill()
    },
    end: () => resolve(),
  })
  return promise
}
