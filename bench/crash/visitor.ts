import { Connections } from '../clients/connections'
import type { Room } from '../targets/target'
import { insist } from './patience'

/** Leaves and joins, so that the roster moves while the runtime dies; leaves last, for somebody to be gone in the end. */
export async function visit(room: Room, index: number, signal: AbortSignal): Promise<void> {
  const connections = new Connections(room.url, 1)
  const path = `/v1/rooms/${room.roomId}/members/@me`
  const headers = { Authorization: `Bearer ${room.tokens[index]}` }
  for (let isIn = true; isIn || !signal.aborted; isIn = !isIn) {
    await insist(async () => {
      const call = { method: isIn ? 'DELETE' : 'PUT', path, headers }
      const { status } = await connections.call(call)
      return status < 300 ? status : undefined
    })
  }
  connections.close()
}
