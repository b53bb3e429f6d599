import { Connections, type Reply } from '../clients/connections'
import { newNonce } from '../clients/member'
import type { Room } from '../targets/target'
import type { Ledger } from './ledger'
import { insist } from './patience'

/** Posts over HTTP, one message at a time, each until it is acknowledged. */
export async function writeOverHttp(
  room: Room,
  ledger: Ledger,
  signal: AbortSignal,
  onRefusal: (reply: Reply) => void = () => {},
): Promise<void> {
  const connections = new Connections(room.url, 1)
  while (!signal.aborted) {
    const nonce = newNonce()
    const call = room.dialect.httpPost(room, nonce, `over HTTP: ${nonce}`)
    const { body } = await insist(async () => {
      const reply = await connections.call(call)
      if (reply.status < 300) return reply
      onRefusal(reply)
      return undefined
    })
    ledger.acknowledge(nonce, JSON.parse(body).seq)
  }
  connections.close()
}
