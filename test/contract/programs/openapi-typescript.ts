import createClient from 'openapi-fetch'
import type { components, paths } from '../../../dist/contract/openapi-typescript'

const api = createClient<paths>({ baseUrl: 'http://localhost:8787' })

export async function talk(roomId: string, file: Blob) {
  const made = await api.POST('/v1/rooms', { body: { name: 'Harbour crew' } })
  const room: components['schemas']['Room'] | undefined = made.data
  const lastPost: string | undefined = room?.lastMessage?.createdAt

  const upload = await api.POST('/v1/rooms/{roomId}/media', {
    params: { path: { roomId }, header: { 'content-disposition': 'attachment; filename="a.png"' } },
    body: file as unknown as string,
    bodySerializer: (body) => body,
    headers: { 'Content-Type': file.type },
  })
  if (upload.error) return `${upload.error.code}: ${upload.error.detail}`

  const posted = await api.POST('/v1/rooms/{roomId}/messages', {
    params: { path: { roomId } },
    body: { nonce: crypto.randomUUID(), attachments: [upload.data.id] },
  })
  const text: string | null | undefined = posted.data?.text

  const { data } = await api.GET('/v1/rooms/{roomId}/messages', {
    params: { path: { roomId }, query: { limit: 10 } },
  })
  const older: number | null | undefined = data?.older
  return { lastPost, text, older }
}

export function told(event: components['schemas']['Event']): string {
  switch (event.type) {
    case 'message.posted':
      return event.message.text ?? '(deleted)'
    case 'reaction.added':
      return `${event.emoji} ${event.count}`
    case 'member.changed':
      return event.member.role ?? 'no member'
    default:
      return event.type
  }
}

export function received(frame: components['schemas']['Frame']): number {
  if ('ready' in frame) return frame.ready.seq
  return 'events' in frame ? frame.events.length : 0
}

export const typing: components['schemas']['Command'] = { do: 'typing' }
export const post: components['schemas']['Command'] = { do: 'message.post', nonce: 'a' }
