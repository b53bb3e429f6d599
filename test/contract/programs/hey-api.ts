import {
  type Command,
  createRoom,
  type Event,
  type Frame,
  listMessages,
  postMessage,
  type User,
  uploadMedia,
} from '../../../dist/contract/hey-api'

export async function talk(roomId: string, file: Blob, user: User) {
  const role: 'user' | 'moderator' | 'admin' | null = user.role
  const made = await createRoom({ body: { name: 'Harbour crew' } })
  const lastPost: string | undefined = made.data?.lastMessage?.createdAt

  const upload = await uploadMedia({
    path: { roomId },
    body: file,
    headers: { 'content-type': file.type, 'content-disposition': 'attachment; filename="a.png"' },
  })
  if (!upload.data) return `${upload.error.code}: ${upload.error.detail}`

  const { data: message } = await postMessage({
    path: { roomId },
    body: { nonce: crypto.randomUUID(), attachments: [upload.data.id] },
  })
  const replyTo: number | null | undefined = message?.replyTo

  const { data } = await listMessages({ path: { roomId }, query: { limit: 10 } })
  const older: number | null | undefined = data?.older
  return { role, lastPost, replyTo, older }
}

export function told(event: Event): string {
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

export function received(frame: Frame): number {
  if ('ready' in frame) return frame.ready.seq
  return 'events' in frame ? frame.events.length : 0
}

export const typing: Command = { do: 'typing' }
export const post: Command = { do: 'message.post', nonce: 'a' }
