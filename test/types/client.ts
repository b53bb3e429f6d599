// Compiled by tsc, never run: what the types of the app promise to a client in the same repository.
import { hc } from 'hono/client'
import type { app } from '../../src/app'

type Same<A, B> = [A, B] extends [B, A] ? true : false
const holds = <_ extends true>() => {}

const client = hc<typeof app>('https://chat.test')

export async function readAndWrite(roomId: string) {
  const messages = client.v1.rooms[':roomId'].messages
  const posted = await messages.$post({
    param: { roomId },
    header: {},
    json: { nonce: 'a', text: 'hello' },
  })
  if (posted.ok) {
    const message = await posted.json()
    holds<Same<typeof message.seq, number>>()
    holds<Same<typeof message.text, string | null>>()
    holds<Same<typeof message.replyTo, number | null>>()
  }
  // What has a default may be left out.
  await client.v1.rooms.$post({ json: { name: 'Harbour crew' } })

  const listed = await client.v1.me.rooms.$get({ query: { sort: 'unread' } })
  const { items, nextCursor } = await listed.json()
  holds<Same<typeof nextCursor, string | null>>()
  holds<Same<(typeof items)[number]['kind'], 'channel' | 'direct'>>()

  // @ts-expect-error: a message has a nonce
  await messages.$post({ param: { roomId }, header: {}, json: { text: 'hello' } })
  // @ts-expect-error: there is no such order
  await client.v1.me.rooms.$get({ query: { sort: 'oldest' } })
  // @ts-expect-error: there is no such path
  client.v1.nowhere.$get()
}
