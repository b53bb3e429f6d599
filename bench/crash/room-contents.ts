import { Connections } from '../clients/connections'
import type { Room } from '../targets/target'

export interface KeptMessage {
  seq: number
  n: number
  nonce: string
  author: { id: string }
}

export interface KeptMember {
  user: { id: string }
  role: string
  joinedAt: string
}

export interface Contents {
  room: { seq: number; n: number; memberCount: number; lastMessage: { seq: number } | null }
  /** Oldest first. */
  messages: KeptMessage[]
  members: KeptMember[]
}

/** Everything that the room says it has, over HTTP. */
export async function read(room: Room): Promise<Contents> {
  const connections = new Connections(room.url, 1)
  const get = <T>(path: string) =>
    connections.json<T>('GET', `/v1/rooms/${room.roomId}${path}`, room.tokens[0])
  const messages: KeptMessage[] = []
  for (let before: number | null = Number.MAX_SAFE_INTEGER % 1e15; before !== null; ) {
    const page: { items: KeptMessage[]; older: number | null } = await get(
      `/messages?before=${before}&limit=100`,
    )
    messages.push(...page.items)
    before = page.older
  }
  const { items: members } = await get<{ items: KeptMember[] }>('/members?limit=100')
  const contents = { room: await get<Contents['room']>(''), messages: messages.reverse(), members }
  connections.close()
  return contents
}
