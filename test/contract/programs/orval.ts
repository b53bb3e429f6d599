import {
  type Command,
  createRoom,
  type Event,
  type Frame,
  listMessages,
  postMessage,
  type User,
  uploadMedia,
} from '../../../dist/contract/orval'

export async function talk(roomId: string, file: Blob, user: User) {
  const role: 'user' | 'moderator' | 'admin' | null = user.role
  const made = await createRoom({ name: 'Harbour crew' })
  const lastPost = made.status === 201 ? made.data.lastMessage?.createdAt : undefined

  const upload = await uploadMedia(roomId, file)
  if (upload.status !== 201) return `${upload.data.code}: ${upload.data.detail}`

  const posted = await postMessage(roomId, {
    nonce: crypto.randomUUID(),
    attachments: [upload.data.id],
  })
  const replyTo: number | null = posted.status === 201 ? posted.data.replyTo : null

  const listed = await listMessages(roomId, { limit: 10 })
  const older: number | null = listed.status === 200 ? listed.data.older : null
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
