import { Connections } from '../clients/connections'
import type { Room } from '../targets/target'

export interface KeptMessage {
  seq: number
  n: number
  nonce: string
  author: { id: string }
}

export interface Contents {
  room: { seq: number; n: number; memberCount: number; lastMessage: { seq: number } | null }
  /** Oldest first. */
  messages: KeptMessage[]
  /** How far each of the room's people has read, by their index; 0 for who is not in it. */
  markers: number[]
  /** What is unread for each, by their index; null for who is not in it. */
  unread: (number | null)[]
}

/** Everything that the room says it has, over HTTP. */
export async function read(room: Room): Promise<Contents> {
  const connections = new Connections(room.url, 1)
  const get = <T>(path: string, token = room.tokens[0]) =>
    connections.json<T>('GET', `/v1/rooms/${room.roomId}${path}`, token)
  const messages: KeptMessage[] = []
  for (let before: number | null = Number.MAX_SAFE_INTEGER % 1e15; before !== null; ) {
    const page: { items: KeptMessage[]; older: number | null } = await get(
      `/messages?before=${before}&limit=100`,
    )
    messages.push(...page.items)
    before = page.older
  }
  const markers: number[] = []
  const unread: (number | null)[] = []
  for (const token of room.tokens) {
    const { me } = await get<{ me: { readSeq: number; unread: number } | null }>('', token)
    markers.push(me?.readSeq ?? 0)
    unread.push(me?.unread ?? null)
  }
  const kept = {
    room: await get<Contents['room']>(''),
    messages: messages.reverse(),
    markers,
    unread,
  }
  connections.close()
  return kept
}
